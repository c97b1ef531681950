import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../../../config/paths.ts';
import type { Stage } from './stage.ts';
import { chaosAccount } from './worker-settings.ts';

/**
 * Keeps what is needed to understand a failed episode: schedule and findings, the exchange's journal, the store, the
 * processes' lines, every history, and what each running workflow waits for. Gives the folder.
 */
export async function keepFailure(
  stage: Stage,
  name: string,
  report: object,
  lines: readonly string[],
): Promise<string> {
  const folder = join(stateFolder(), 'chaos', name);
  mkdirSync(folder, { recursive: true });
  const write = (file: string, content: unknown) =>
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  write('report.json', report);
  write('lines.txt', lines.join('\n'));
  write('truth.json', await (await fetch(`${stage.control}/truth`)).text());
  for (const suffix of ['', '-wal']) {
    if (existsSync(stage.storeFile + suffix))
      copyFileSync(stage.storeFile + suffix, join(folder, `orders.sqlite${suffix}`));
  }
  write('alerts.json', await stage.store.alerts({ account: chaosAccount, limit: 1_000 }));
  write('decisions.json', await stage.store.decisions({ account: chaosAccount, limit: 5_000 }));
  try {
    write('pending.json', await pendingOf(stage));
    for await (const { workflowId } of stage.client.workflow.list()) {
      const history = await stage.client.workflow.getHandle(workflowId).fetchHistory();
      write(`${workflowId.replace(/\W/g, '-')}.json`, historyToJSON(history));
    }
  } catch (error) {
    write('not-answered.txt', String(error)); // the server may be what failed
  }
  return folder;
}

/** What each running workflow waits for: its activities with their last failures, its workflow task. */
async function pendingOf({ client }: Stage): Promise<Record<string, unknown>> {
  const pending: Record<string, unknown> = {};
  for await (const { workflowId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    const activities = raw.pendingActivities?.map(({ activityType, attempt, heartbeatDetails, lastFailure }) => ({
      type: activityType?.name,
      attempt,
      lastFailure: causesOf(lastFailure),
      heartbeat: heartbeatDetails?.payloads?.map(({ data }) => Buffer.from(data ?? []).toString('utf8')),
    }));
    pending[workflowId] = { task: raw.pendingWorkflowTask, activities };
  }
  return pending;
}

type Failure = Readonly<{ message?: string | null; cause?: Failure | null }> | null | undefined;

const causesOf = (failure: Failure): string[] => (failure ? [failure.message ?? '', ...causesOf(failure.cause)] : []);
