import { Client } from '@temporalio/client';
import { connectTemporal } from '../../../adapters/temporal/client/connect.ts';
import type { RunProgress } from '../../../core/validation/run-board.ts';
import { deskQueues, type Poller, pollersOf } from '../desk/pollers.ts';
import { print, printJson } from '../output.ts';
import { duration } from '../progress.ts';
import { renderTable } from '../table.ts';

type RunningRun = Readonly<{ workflowId: string; startedMs: number; progress: RunProgress | undefined }>;

/** Runs that are asked how they stand, at most. */
const shownRuns = 20;
const connectLimitMs = 3_000;

export async function showStatus(json: boolean): Promise<void> {
  const { connection, address, namespace } = await connectTemporal({ limitMs: connectLimitMs });
  try {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    const queues = await Promise.all(
      deskQueues.map(async (queue) => ({ queue, pollers: await pollersOf(connection, namespace, queue) })),
    );
    const runs = await runningRuns(new Client({ connection, namespace }));
    if (json) printJson({ server: { address, namespace, version: serverVersion }, queues, runs });
    else {
      print(`server ${serverVersion ?? ''} at ${address}, namespace ${namespace}`);
      for (const { queue, pollers } of queues) print(`${queue.padEnd(8)} ${pollersText(pollers)}`);
      print();
      printRuns(runs);
    }
  } finally {
    await connection.close();
  }
}

async function runningRuns(client: Client): Promise<RunningRun[]> {
  const runs: RunningRun[] = [];
  const query = `WorkflowType = 'parallelValidation' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId, startTime } of client.workflow.list({ query, pageSize: shownRuns })) {
    if (runs.length === shownRuns) break;
    // Without a worker nobody can answer; the run itself is not hurt by that.
    const progress = await client.workflow
      .getHandle(workflowId)
      .query<RunProgress | undefined>('progress')
      .catch(() => undefined);
    runs.push({ workflowId, startedMs: startTime.getTime(), progress });
  }
  return runs;
}

const pollersText = (pollers: readonly Poller[]): string =>
  pollers.length === 0
    ? 'nobody polls: start nightdesk worker or nightdesk up'
    : `${pollers.length} ${pollers.length === 1 ? 'worker' : 'workers'}: ${pollers.map(({ identity }) => identity).join(', ')}`;

function printRuns(runs: readonly RunningRun[]): void {
  if (runs.length === 0) {
    print('no run is under way');
    return;
  }
  const rows = runs.map(({ workflowId, startedMs, progress }) => [
    workflowId,
    progress?.phase ?? 'no answer',
    progress === undefined ? '' : `${progress.done}/${progress.total}`,
    progress === undefined ? '' : String(progress.counts.PASS),
    duration(Date.now() - startedMs),
  ]);
  print(
    renderTable(
      [
        { title: 'run' },
        { title: 'phase' },
        { title: 'done', align: 'right' },
        { title: 'passed', align: 'right' },
        { title: 'since', align: 'right' },
      ],
      rows,
    ),
  );
}
