import pc from 'picocolors';
import { openStore } from '../../../adapters/store/open-store.ts';
import { asker } from '../../../adapters/trial-ledger/asker.ts';
import { parseRunInput } from '../../../core/validation/run-input.ts';
import { tiers } from '../../../core/validation/verdict.ts';
import { writeReport } from '../../report/write-report.ts';
import { type Desk, provideDesk } from '../desk/provide-desk.ts';
import { version } from '../main.ts';
import { notice, print } from '../output.ts';
import { aborted, stopSignal } from '../stop-signal.ts';
import { printRuns } from '../validate/print-run.ts';
import { runLadder } from '../validate/run-ladder.ts';

const workflowTaskTimeoutMs = 3_000;
const pollMs = 250;

/** Brings the desk up, validates every strategy file on the bars that are there, and says where to look. */
export async function runDemo({ stay }: Readonly<{ stay: boolean }>): Promise<void> {
  const { signal, release } = stopSignal();
  try {
    step(1, 'a Temporal server and a worker');
    const desk = await provideDesk({ onProgress: notice, signal });
    try {
      step(2, 'every strategy file through L0, each in a workflow of its own; what passes goes on to L1, L2 and L3');
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

/** Every strategy through L0, what passes through the tiers above it; the id of the last run. */
async function validateEverything(desk: Desk, signal: AbortSignal): Promise<string> {
  const store = await openStore();
  try {
    const { finished } = await runLadder({
      desk,
      store,
      // The demo does not wait for a person: when many fail, it goes on with what passed.
      input: parseRunInput({ escalationTimeoutSeconds: 0, askedBy: asker() }),
      ladder: tiers,
      taskTimeoutMs: workflowTaskTimeoutMs,
      everyMs: pollMs,
      onPlan: () => {},
      signal,
    });
    signal.throwIfAborted();
    printRuns(finished);
    return finished[finished.length - 1].runId;
  } finally {
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
