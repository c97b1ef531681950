import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { DeskError } from '../../core/errors.ts';
import { beginKeeping, oneRound } from './keep-account.ts';
import type { OrderActivityPorts } from './ports.ts';

export type FirstRounds = Readonly<{
  /**
   * Resolves when the account was reconciled as a whole since this process began, which the first who asks does.
   * NotReachable where the venue or the guard did not answer all of it: then nothing is known of what the desk has
   * missed, and the next who asks tries again.
   */
  before(desk: OrderDesk): Promise<void>;
  /** The account's keeper has done it. */
  done(account: string): void;
}>;

/** Longest that one attempt waits for the venue, look-ups of unknown orders among it. */
const limitMs = 120_000;

/** Between two looks at a guard that is being loaded. */
const loadingMs = 250;

/**
 * The reconciliation before the first order (orders.md 8): while no process of the desk ran, orders were filled, somebody
 * traded by hand, or the store was restored, and the guard must not decide by what was before.
 */
export function createFirstRounds(ports: OrderActivityPorts): FirstRounds {
  const rounds = new Map<string, Promise<void>>();
  return {
    before(desk) {
      const known = rounds.get(desk.account);
      if (known !== undefined) return known;
      const round = wholeRound(ports, desk);
      rounds.set(desk.account, round);
      round.catch(() => rounds.delete(desk.account));
      return round;
    },
    done: (account) => void rounds.set(account, Promise.resolve()),
  };
}

async function wholeRound(ports: OrderActivityPorts, desk: OrderDesk): Promise<void> {
  const { account } = desk;
  const signal = AbortSignal.timeout(limitMs);
  for (;;) {
    const kept = beginKeeping();
    kept.last = await oneRound(ports, desk, { kept, signal });
    if (!kept.isComplete) {
      throw new DeskError('NotReachable', `${account} could not be reconciled before its first order: ${kept.last}`);
    }
    // A guard that began to load in the middle may have read the store as it was before.
    const view = await ports.guards.view(account);
    if (view === undefined || kept.hasToldGuard) return;
    if (view.loading) await desk.pause(loadingMs, signal);
  }
}
