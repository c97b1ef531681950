import type { FamilyHistory } from '../validation/family-history.ts';
import type { SeenMarket } from '../validation/holdout.ts';
import type { DatedReturns } from '../validation/statistics/mean-correlation.ts';
import type { StrategyRecord } from './store.ts';

/** Where a number may be looked at. */
export type Face = 'backtest' | 'sweep' | 'validate' | 'retry';

/** A stretch of a market whose results were seen: open time of the first bar, close time of the last; epoch ms. */
export type MarketLook = Readonly<{ market: string; fromMs: number; toMs: number }>;

/** Daily returns of one trial. `rank` is the SHA-256 of its key: the lowest of a family are kept. */
export type TrialSample = DatedReturns & Readonly<{ rank: string }>;

/** What trials leave beside their number. */
export type TrialEvidence = Readonly<{
  looks: readonly MarketLook[];
  samples: readonly TrialSample[];
  /** Independent trials that the trials of a sweep are worth by the correlation of their own returns. */
  independent?: number;
  /** Daily returns of the defaults before the holdout, where the holdout was opened: it is known again by them. */
  opened?: DatedReturns;
  /** The shape of another family whose returns these are: one family with it from now on. */
  sameAs?: string;
}>;

/** A strategy of another family that has opened its holdout: what it earned a day before it, and what it has seen. */
export type OpenedElsewhere = DatedReturns &
  Readonly<{ strategyId: string; shape: string; seen: readonly SeenMarket[] }>;

/**
 * Backtests that somebody is about to see. `key` says what was computed (strategy with its parameters, data, costs):
 * the same numbers are the same trials however often, by whom and from where they are asked for, since looking at them
 * again selects nothing. A key that is known adds who asked and up to where; its trials stay as they are.
 */
export type TrialRecord = TrialEvidence &
  Readonly<{
    key: string;
    strategy: StrategyRecord;
    face: Face;
    /** Who asked. */
    by: string;
    /** Backtests behind the key, 1 for a single one. */
    count: number;
    atMs: number;
  }>;

/** A strategy of a family; edits of its file are further members. */
export type FamilyMember = Readonly<{
  strategyId: string;
  name: string;
  file: string;
  strategyHash: string;
  atMs: number;
}>;

/** Trials of one key. */
export type TrialEntry = Readonly<{
  key: string;
  strategyId: string;
  face: Face;
  count: number;
  /** Who asked, first to last. */
  by: readonly string[];
  atMs: number;
}>;

/** All that the ledger knows of a family. */
export type FamilyLedger = FamilyHistory &
  Readonly<{
    /** The shape that names the family. */
    family: string;
    members: readonly FamilyMember[];
    byFace: Readonly<Partial<Record<Face, number>>>;
    /** Newest first, at most as many as asked for. */
    entries: readonly TrialEntry[];
  }>;

/** Names a family by one of its strategies: a shape, or an id that was recorded. */
export type FamilyOf = Readonly<{ shape: string } | { strategyId: string }>;

/** The part of the store that counts. Every method is one transaction and may be called twice. */
export type TrialLedger = Readonly<{
  recordTrials(record: TrialRecord): Promise<void>;
  /** Trials of a strategy's family, all faces together; 0 for one that nobody has tried. */
  trials(strategyId: string): Promise<number>;
  family(of: FamilyOf, entries: number): Promise<FamilyLedger | undefined>;
  /** Every strategy that was ever registered or tried, each edit of its file; by id, oldest first. */
  members(): Promise<readonly FamilyMember[]>;
}>;
