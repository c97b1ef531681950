import { setTimeout as pause } from 'node:timers/promises';
import { createAccountGuards } from '../../../adapters/temporal/client/account-guards.ts';
import type { ModeSpan } from './judge-modes.ts';
import type { Stage } from './stage.ts';
import { chaosAccount } from './worker-settings.ts';

/** One phase in so much of an episode, none in a short one, and how much of it. */
const everyMs = 60_000;
const leastMs = 40_000;
const share = 0.25;

/** When a person reduces the account and for how long, from the start of the faults. */
export function reducingPhases(faultsMs: number): readonly Readonly<{ at: number; forMs: number }>[] {
  const phases = faultsMs < leastMs ? 0 : Math.max(1, Math.round(faultsMs / everyMs));
  const periodMs = faultsMs / phases;
  return Array.from({ length: phases }, (_, index) => ({ at: (index + share) * periodMs, forMs: share * periodMs }));
}

/** In the middle of the faults, again and again, a person lets only reducing orders pass for a while. */
export async function reduceMeanwhile(stage: Stage, startMs: number, faultsMs: number): Promise<readonly ModeSpan[]> {
  const spans: ModeSpan[] = [];
  for (const { at, forMs } of reducingPhases(faultsMs)) {
    await pause(Math.max(0, startMs + at - performance.now()));
    spans.push(await reduceAndResume(stage, forMs));
  }
  return spans;
}

/**
 * As `nightdesk reduce` and `nightdesk resume` do it: first the store, by which every submission is judged, then the
 * guard, which hears of it from its keeper when nobody can tell it.
 */
async function reduceAndResume(stage: Stage, forMs: number): Promise<ModeSpan> {
  const guards = createAccountGuards({ client: stage.client, taskQueue: 'orders' });
  const tell = (name: string, argument: object) =>
    guards.update(chaosAccount, { name, argument, updateId: `chaos-${name}-${Date.now()}` }).catch(() => undefined);
  const venueMs = await stage.venueMs();
  const why = { reason: 'chaos', by: 'chaos' };
  await stage.store.setMode(chaosAccount, 'REDUCING', { ...why, person: false }, venueMs, Date.now());
  const [fromMs, fromVenueMs] = [Date.now(), await stage.venueMs()];
  await tell('setMode', { mode: 'REDUCING', ...why, person: false });
  await pause(Math.max(0, fromMs + forMs - Date.now()));
  const toVenueMs = await stage.venueMs();
  const toMs = Date.now();
  await stage.store.setMode(chaosAccount, 'ACTIVE', { ...why, person: true }, toVenueMs, Date.now());
  await tell('resume', why);
  return { mode: 'REDUCING', fromVenueMs, toVenueMs, fromMs, toMs };
}
