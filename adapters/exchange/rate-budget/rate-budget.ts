import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VenueError } from '../../../core/ports/exchange.ts';
import type { Purpose } from '../ccxt/session.ts';
import { openLevelFile, type LevelFile } from './level-file.ts';
import { levelNow, waitFor, type Charge } from './meters.ts';
import { createTurns, type Turn } from './turns.ts';

export type RateBudget = Readonly<{
  /**
   * Takes what a request costs, all of it or nothing; waits for it as long as the purpose may. Throws VenueError
   * `rateLimited` when that would take longer, or while the venue wants to hear nothing.
   */
  spend(charges: readonly Charge[], purpose: Purpose, signal?: AbortSignal): Promise<void>;
  /** The venue's own figure: it counts what others used too, so ours is never below it. */
  correct(charge: Omit<Charge, 'amount'>, used: number): void;
  /**
   * Nothing may be asked in a scope for so long: `Retry-After`, bans. Where the length is `guessed` that holds for reads
   * and orders; cancels and look-ups try again after a few seconds, and then one a second until they are refused.
   */
  pause(scope: string, ms: number, how?: Readonly<{ guessed: boolean }>): void;
  /**
   * Waits for a key's turn among the processes that share the file; its number is at least so high and higher than any
   * before. The caller ends it when its request is answered.
   */
  takeTurn(key: string, least: number): Promise<Turn>;
  close(): void;
}>;

/**
 * How much of a meter a purpose may use, so that a look-up or cancel always finds room: reads leave three tenths, orders
 * one and a half. The last twentieth is for requests that nobody told us of.
 */
const shares: Readonly<Record<Purpose, number>> = { read: 0.7, send: 0.85, look: 0.95, cancel: 0.95 };

/** At a small counter (Kraken: 15) a twentieth is less than one such request, and one too many costs 15 s of silence. */
const leastUnseen = 2;

/** An order is signed already when it gets here: it is refused rather than kept. */
const patienceMs: Readonly<Record<Purpose, number>> = { read: 10_000, send: 1_000, look: 10_000, cancel: 10_000 };

/** How long even what is urgent keeps still after a refusal whose end nobody knows, and between two of its tries then. */
const guessedPauseMs = 5_000;
const betweenTriesMs = 1_000;

const isUrgent = (purpose: Purpose): boolean => purpose === 'look' || purpose === 'cancel';

/** Where the pause of what is not urgent is kept. */
const restOf = (scope: string) => `${scope} (not urgent)`;

/** A venue that wants to hear nothing for longer than this is left to whoever asked. */
const shortPauseMs = 1_000;

/** Time of this machine since its start, the same in all its processes. */
export const machineMs = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;

/** Where the processes of a desk keep what they have used. */
export const budgetFile = (stateFolder: string): string => join(stateFolder, 'rate-budget.db');

export type BudgetOptions = Readonly<{
  /** Shared by the processes of a desk; without it the budget is this process's own. */
  file?: string;
  /** Whose turns keep their own order; default: this process. */
  owner?: string;
  nowMs?: () => number;
  pauseFor?: (ms: number, signal?: AbortSignal) => Promise<void>;
}>;

const sleepFor = async (ms: number, signal?: AbortSignal) => {
  await sleep(ms, undefined, signal === undefined ? {} : { signal });
};

/** The budget of an address and its keys, over the processes that share a file. */
export function createRateBudget({
  file,
  owner,
  nowMs = machineMs,
  pauseFor = sleepFor,
}: BudgetOptions = {}): RateBudget {
  const shared = file === undefined ? undefined : levelsOr(() => openLevelFile(file));
  const own = openLevelFile(undefined);
  /** A full disk or a held file stops no cancel: then this process counts for itself. */
  const exclusively: LevelFile['exclusively'] = (work) => {
    const done = levelsOr(() => shared?.exclusively((levels) => ({ result: work(levels) })));
    return done === undefined ? own.exclusively(work) : done.result;
  };

  const takeTurn = createTurns({ exclusively, nowMs, pauseFor, ...(owner !== undefined && { owner }) });
  let isClosed = false;

  /** Zero when it was taken, else how long to wait for it. */
  const take = (charges: readonly Charge[], purpose: Purpose): number =>
    exclusively((levels) => {
      const now = nowMs();
      const tried = new Set<string>();
      const asked = charges.map((charge) => {
        const { meter, scope, amount } = charge;
        const key = `${scope} ${meter.name}`;
        const used = levelNow(charge, levels.level(key), now);
        // A single request larger than its share still goes when nothing else was used.
        const share = Math.min(meter.limit * shares[purpose], meter.limit - leastUnseen);
        const limit = Math.max(share, Math.min(amount, meter.limit));
        const restMs = levels.pausedUntilMs(restOf(scope)) - now;
        const paused = Math.max(0, levels.pausedUntilMs(scope) - now, isUrgent(purpose) ? 0 : restMs);
        if (paused > shortPauseMs) throw exhausted(paused);
        if (restMs > 0) tried.add(scope);
        return { key, used, amount, waitMs: Math.max(paused, waitFor(charge, { used, limit, nowMs: now })) };
      });
      const waitMs = Math.max(0, ...asked.map((each) => each.waitMs));
      if (waitMs > 0) return waitMs;
      for (const { key, used, amount } of asked) levels.setLevel(key, { used: used + amount, atMs: now });
      for (const scope of tried) levels.pause(scope, now + betweenTriesMs);
      return 0;
    });

  return {
    spend: async (charges, purpose, signal) => {
      if (charges.length === 0) return;
      const startMs = nowMs();
      for (let waitMs = take(charges, purpose); waitMs > 0; waitMs = take(charges, purpose)) {
        if (nowMs() - startMs + waitMs > patienceMs[purpose]) throw exhausted(waitMs);
        await pauseFor(waitMs, signal);
      }
    },
    correct: (charge, used) =>
      exclusively((levels) => {
        const key = `${charge.scope} ${charge.meter.name}`;
        const now = nowMs();
        if (used > levelNow(charge, levels.level(key), now)) levels.setLevel(key, { used, atMs: now });
      }),
    pause: (scope, ms, { guessed } = { guessed: false }) =>
      exclusively((levels) => {
        levels.pause(scope, nowMs() + (guessed ? Math.min(ms, guessedPauseMs) : ms));
        if (guessed) levels.pause(restOf(scope), nowMs() + ms);
      }),
    takeTurn: async (key, least) => {
      const { number, end } = await takeTurn(key, least);
      return { number, end: () => (isClosed ? undefined : end()) };
    },
    close: () => {
      isClosed = true;
      shared?.close();
      own.close();
    },
  };
}

/** Undefined where SQLite cannot do it. */
function levelsOr<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof Error && 'errcode' in thrown) return undefined;
    throw thrown;
  }
}

const exhausted = (waitMs: number) =>
  new VenueError({
    kind: 'rateLimited',
    code: '',
    message: `not sent: there is no room in the rate budget for ${Math.ceil(waitMs / 1000)} s`,
    retryAfterMs: Math.ceil(waitMs),
  });
