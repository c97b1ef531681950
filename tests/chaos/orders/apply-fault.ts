import type { Toxic } from '../toxics.ts';
import { resetNewest } from './reset-workflow.ts';
import { type FaultName, groupOf, type ScheduledFault } from './schedule.ts';
import type { Stage } from './stage.ts';
import type { ChaosVenue } from './venues.ts';

/** What goes on after a fault was applied, to be undone when the link is healed. */
export type Healing = { readonly timers: Set<NodeJS.Timeout>; serverIsDown: boolean };

export const createHealing = (): Healing => ({ timers: new Set(), serverIsDown: false });

/** Faults that last, in ms, where the schedule says nothing. */
const briefMs = 50;
const linkMs = 3_000;

/** Does what the schedule says; comes back at once. */
export async function applyFault(stage: Stage, fault: ScheduledFault, healing: Healing): Promise<void> {
  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      healing.timers.delete(timer);
      act();
    }, ms);
    healing.timers.add(timer);
  };
  switch (groupOf(fault.kind)) {
    case 'process':
      return strikeProcess(stage, fault, { healing, later });
    case 'link': {
      const link = stage.links[fault.target as keyof Stage['links']];
      const id = link.add(toxicOf(fault));
      const lasts =
        fault.kind === 'latency' ? linkMs : fault.kind === 'resetPeer' ? briefMs : Math.max(fault.ms, briefMs);
      if (fault.kind !== 'dropRequest' && fault.kind !== 'dropResponse') later(lasts, () => link.remove(id));
      return;
    }
    case 'venue':
      await stage.fault(venueFault(fault, stage.venue, await stage.venueMs()));
      // Kraken's goes on until it is taken away, with whatever else there is.
      if (fault.kind === 'maintenance' && stage.venue.desk === 'kraken')
        later(fault.ms, () => void stage.clearFaults());
      return;
    case 'temporal':
      return resetNewest(stage.client, fault.kind === 'resetParent' ? 'orderPlan' : 'orderExecution');
  }
}

type Doing = Readonly<{ healing: Healing; later: (ms: number, act: () => void) => void }>;

async function strikeProcess(
  stage: Stage,
  { kind, target, ms }: ScheduledFault,
  { healing, later }: Doing,
): Promise<void> {
  const worker = stage.workers[target === 'worker-1' ? 1 : 0];
  if (kind === 'killWorker') worker?.signal('SIGKILL');
  if (kind === 'stopWorker') {
    worker?.signal('SIGSTOP');
    later(ms, () => worker?.signal('SIGCONT'));
  }
  if (kind !== 'killServer' || healing.serverIsDown) return;
  healing.serverIsDown = true;
  await stage.killServer();
  later(ms, () => {
    void stage.startServer().then(() => (healing.serverIsDown = false));
  });
}

const toxics: Readonly<Partial<Record<FaultName, (fault: ScheduledFault) => Toxic>>> = {
  latency: ({ ms }) => ({ kind: 'latency', ms: Math.min(ms, 2_000), jitterMs: 100 }),
  hold: ({ ms }) => ({ kind: 'hold', ms }),
  timeout: ({ ms }) => ({ kind: 'timeout', ms }),
  slicer: () => ({ kind: 'slicer', bytes: 7, pauseMs: 1 }),
  halfOpen: () => ({ kind: 'halfOpen' }),
  dropRequest: () => ({ kind: 'dropRequest' }),
  dropResponse: ({ seed, at }) => ({ kind: 'dropResponse', hang: (seed + at) % 3 === 0 }),
};

const toxicOf = (fault: ScheduledFault): Toxic => toxics[fault.kind]?.(fault) ?? { kind: 'resetPeer', ms: 0 };

const streamFaults: readonly FaultName[] = ['dup-fill', 'lost-fill', 'late-fill', 'ws-close', 'ws-half-open'];

/**
 * Where an answer is lost, that of an order or of a cancel. No 403: the desk keeps still for minutes after it, as it
 * should, and an episode has only one.
 */
function venueFault(
  { kind, ms, at }: ScheduledFault,
  { desk, simulated: venue, orderPath, fillsPath }: ChaosVenue,
  nowMs: number,
): object {
  if (streamFaults.includes(kind)) return { kind, count: 2, match: { venue }, args: { ms } };
  if (kind === 'dup-rows' || kind === 'short-rows') return { kind, count: 2, match: { venue, path: fillsPath } };
  if (kind === 'ban') return { kind, count: 1, match: { venue }, args: { ms } };
  if (kind === 'clock-skew') return { kind, args: { ms } };
  if (kind === 'maintenance') {
    if (desk === 'kraken') return { kind, args: { mode: at % 2 === 0 ? 'maintenance' : 'cancel_only' } };
    return { kind: 'http', match: { venue }, toMs: nowMs + ms, args: { status: 503, html: true } };
  }
  const args = kind === 'http' ? { status: [500, 502, 503, 429][at % 4], retryAfter: 1 } : { ms };
  return { kind, count: 1, match: { venue, path: orderPath }, args };
}
