import pc from 'picocolors';
import { openStore } from '../../../adapters/store/open-store.ts';
import { parseRunInput } from '../../../core/validation/run-input.ts';
import { writeReport } from '../../report/write-report.ts';
import { type Desk, provideDesk } from '../desk/provide-desk.ts';
import { version } from '../main.ts';
import { notice, print } from '../output.ts';
import { aborted, stopSignal } from '../stop-signal.ts';
import { createProgressLines } from '../validate/progress-lines.ts';
import { runValidation } from '../validate/run-validation.ts';
import { printRun } from '../validate/validate-now.ts';

const workflowTaskTimeoutMs = 3_000;
const pollMs = 250;

/** Brings the desk up, validates every strategy file on the bars that are there, and says where to look. */
export async function runDemo({ stay }: Readonly<{ stay: boolean }>): Promise<void> {
  const { signal, release } = stopSignal();
  try {
    step(1, 'a Temporal server and a worker');
    const desk = await provideDesk({ onProgress: notice, signal });
    try {
      step(2, 'validating every strategy file on recorded bars, each in a workflow of its own');
      const runId = await validateEverything(desk, signal);
      step(3, 'the report');
      const { file } = await writeReport({ version, runId });
      printPlaces({ file, runId, uiAddress: desk.uiAddress });
      if (!stay) return;
      print(pc.dim('\nServer and worker stay up. Ctrl-C ends them.'));
      await Promise.race([desk.whenLost, aborted(signal)]);
    } finally {
      notice('ending what was started here');
      await desk.stop();
    }
  } finally {
    release();
  }
}

const step = (number: number, text: string) => notice(`${pc.bold(`[${number}/3]`)} ${text}`);

async function validateEverything(desk: Desk, signal: AbortSignal): Promise<string> {
  const store = await openStore();
  const lines = createProgressLines('L0');
  try {
    const run = runValidation({
      desk,
      store,
      // The demo does not wait for a person: when many fail, it goes on with what passed.
      input: parseRunInput({ tier: 'L0', escalationTimeoutSeconds: 0 }),
      taskTimeoutMs: workflowTaskTimeoutMs,
      everyMs: pollMs,
      onStart: (runId) => notice(`run ${runId}`),
      onPlan: () => {},
      onProgress: lines.update,
      onNobody: () => notice('no worker has taken the run up yet'),
      signal,
    });
    const outcome = await Promise.race([run, desk.whenLost.then(() => run)]);
    lines.finish();
    if (!('finished' in outcome)) throw signal.reason;
    printRun(outcome.finished);
    return outcome.finished.runId;
  } finally {
    lines.finish();
    store.close();
  }
}

type Places = Readonly<{ file: string; runId: string; uiAddress: string | undefined }>;

function printPlaces({ file, runId, uiAddress }: Places): void {
  const workflow = `${uiAddress}/namespaces/default/workflows/parallel-validation:${runId}`;
  const rows = [
    ['Report', file],
    ...(uiAddress === undefined ? [] : [['Web UI', workflow]]),
    ['Why', `npx nightdesk why ${runId}`],
    ['Yours', 'npx nightdesk strategies new, then npx nightdesk validate'],
  ];
  print();
  for (const [name = '', value = ''] of rows) print(`${pc.bold(name.padEnd(8))}${value}`);
}
