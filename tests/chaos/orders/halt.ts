import { setTimeout as pause } from 'node:timers/promises';
import { createAccountGuards } from '../../../adapters/temporal/client/account-guards.ts';
import { readJournal } from './journal.ts';
import type { Finding } from './judge.ts';
import type { ModeSpan } from './judge-modes.ts';
import { until } from './processes.ts';
import type { Stage } from './stage.ts';
import { chaosAccount } from './worker-settings.ts';

const quietLimitMs = 60_000;

/**
 * The kill switch in the middle of what is still under way; a person resumes when nothing rests any more. Once the halt
 * has had its second, what waits for the venue's clock need not wait for ours: then `quicken` may make it jump.
 */
export async function haltAndResume(
  stage: Stage,
  quicken: () => void,
): Promise<Readonly<{ modes: readonly ModeSpan[]; findings: readonly Finding[] }>> {
  // Started where there is none yet, and asked again while its workers come back.
  const guards = createAccountGuards({ client: stage.client, taskQueue: 'orders' });
  const tell = async (name: string, argument: object) => {
    const send = () =>
      guards.update(chaosAccount, { name, argument, updateId: `chaos-${name}` }).then(
        () => true,
        () => false,
      );
    if (!(await until(send, quietLimitMs, 200))) throw new Error(`the guard does not answer ${name}`);
  };
  await tell('halt', { reason: 'kill switch', by: 'chaos' });
  const [fromMs, fromVenueMs] = [Date.now(), await stage.venueMs()];
  await pause(1_500);
  quicken();
  const quiet = async () => (await readJournal(stage)).orders.every(({ status }) => status !== 'open');
  const isQuiet = await until(quiet, quietLimitMs, 500);
  const [toMs, toVenueMs] = [Date.now(), await stage.venueMs()];
  await tell('resume', { reason: 'over', by: 'chaos' });
  return {
    modes: [{ mode: 'HALTED', fromVenueMs, toVenueMs, fromMs, toMs }],
    findings: isQuiet ? [] : [{ invariant: 'S7', what: `orders rest ${quietLimitMs} ms after a halt` }],
  };
}
