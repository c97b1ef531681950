import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Finding } from './judge.ts';
import type { Plan } from './plans.ts';
import { until } from './processes.ts';
import type { Stage } from './stage.ts';

const convergeMs = 120_000;

const ours = `(WorkflowType = 'orderPlan' OR WorkflowType = 'orderExecution')`;

/** Every plan and order ends, whatever came of it; those that do not are findings. */
export async function converge({ client: { workflow } }: Stage, plans: readonly Plan[]): Promise<Finding[]> {
  const running = () => Array.fromAsync(workflow.list({ query: `${ours} AND ExecutionStatus = 'Running'` }));
  await until(async () => (await running()).length === 0, convergeMs, 500);
  const left = (await running()).map(({ workflowId }) => workflowId);
  const failed = await Array.fromAsync(workflow.list({ query: `${ours} AND ExecutionStatus = 'Failed'` }));
  const findings = [
    ...left.map((workflowId) => `${workflowId} did not end`),
    ...failed.map(({ workflowId }) => `${workflowId} failed`),
    ...(plans.length === 0 ? ['no plan was started'] : []),
  ];
  return findings.map((what) => ({ invariant: 'E3', what }));
}

/** Every history of the episode replays with the code that wrote it (invariant 13). */
export async function replayFindings({ client, bundle }: Stage): Promise<Finding[]> {
  quieten();
  const histories = client.workflow.list().intoHistories({ concurrency: 4 });
  const findings: Finding[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: { codePath: bundle } },
    histories,
  )) {
    if (error !== undefined) findings.push({ invariant: 'E13', what: `${workflowId}: ${error.message}` });
  }
  return findings;
}

let quiet = false;

/** Replay workers come and go without a word. */
function quieten(): void {
  if (!quiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  quiet = true;
}
