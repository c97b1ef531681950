import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardWorkflowId } from '../../../adapters/temporal/client/account-guards.ts';
import { stateFolder } from '../../../config/paths.ts';
import type { Stage } from './stage.ts';
import { chaosAccount } from './worker-settings.ts';

/**
 * Keeps what is needed to understand a failed episode: schedule and findings, the exchange's journal, the store, the
 * processes' lines, the guard's history and what its keeper said last. Gives the folder.
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
    const guard = stage.client.workflow.getHandle(guardWorkflowId(chaosAccount));
    const { raw } = await guard.describe();
    write(
      'guard-pending.json',
      raw.pendingActivities?.map(({ activityType, attempt, heartbeatDetails, lastFailure }) => ({
        type: activityType?.name,
        attempt,
        lastFailure: lastFailure?.message,
        heartbeat: heartbeatDetails?.payloads?.map(({ data }) => Buffer.from(data ?? []).toString('utf8')),
      })),
    );
  } catch (error) {
    write('guard-pending.json', String(error)); // the server may be what failed
  }
  return folder;
}
