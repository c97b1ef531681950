import type { Command } from 'commander';
import type { CliCommand } from './command.ts';
import { strategyCount } from './format.ts';

type Options = Readonly<{ out?: string; open?: boolean; strategy?: readonly string[]; json?: boolean }>;

/** `nightdesk report`: a run as one HTML page. */
export const reportCommand: CliCommand = {
  name: 'report',
  summary: 'Write a validation run as one self-contained HTML page',
  configure(command: Command) {
    command
      .argument('[runId]', 'the run; left out: the newest')
      .option('-o, --out <file.html>', 'where to; default: reports/<runId>.html in the state folder')
      .option('--strategy <id...>', 'only these strategies')
      .option('--open', 'open the page when it is written')
      .option('--json', 'print one JSON document')
      .action(run);
  },
};

async function run(runId: string | undefined, { out, open, strategy, json }: Options): Promise<void> {
  const [{ openFile, writeReport }, { createProgress }, { notice, print, printJson }, { version }] = await Promise.all([
    import('../report/write-report.ts'),
    import('./progress.ts'),
    import('./output.ts'),
    import('./main.ts'),
  ]);
  const progress = createProgress('report');
  const written = await writeReport({
    version,
    ...(runId !== undefined && { runId }),
    ...(out !== undefined && { out }),
    ...(strategy !== undefined && { strategyIds: strategy }),
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.finish());
  if (json) printJson(written);
  else {
    const { PASS, FAIL, TIMEOUT, ERROR } = written.verdicts;
    print(written.file);
    print(
      `${strategyCount(written.strategies)} (${PASS} passed, ${FAIL} failed, ${TIMEOUT} timed out, ${ERROR} errors), ${Math.ceil(written.bytes / 1024)} KiB, no network needed`,
    );
  }
  if (open && !(await openFile(written.file))) notice('no program to open it with was found; open the file yourself');
}
