import type { OrderIntent, Submission, TradingMode } from '../../core/orders/types.ts';

/** When the store had which mode; `untilMs`: not ended by a person before it. */
export type ModeLog = { mode: TradingMode; fromMs: number; untilMs: number }[];

/** What the invariants are judged by, beside what the venue keeps itself: written by the simulation, never by the desk. */
export type Truth = Readonly<{
  modes: ModeLog;
  /** When a halt's cancel-all was said to be done, and when trading went on. */
  haltsDone: { doneMs: number; resumedMs: number }[];
  symbolHalts: Readonly<{ symbol: string; fromMs: number; untilMs: number }>[];
  badPrices: Readonly<{ symbol: string; fromMs: number; untilMs: number }>[];
  outages: Readonly<{ fromMs: number; untilMs: number }>[];
  /** What was seen while the run went on. */
  seen: Readonly<{ rule: string; text: string }>[];
  /** Order requests whose first byte left. */
  sent: Readonly<{ clientOrderId: string; sentMs: number; deadlineMs: number; persistedBefore: boolean }>[];
  /** Submissions that won, by id: when, and what was written. */
  submitted: Map<string, Readonly<{ atMs: number; submission: Submission }>>;
  /** Every intent that was ever stored, also where a backup has forgotten it. */
  persisted: Map<string, OrderIntent>;
}>;

export const createTruth = (): Truth => ({
  modes: [],
  haltsDone: [],
  symbolHalts: [],
  badPrices: [],
  outages: [],
  seen: [],
  sent: [],
  submitted: new Map(),
  persisted: new Map(),
});
