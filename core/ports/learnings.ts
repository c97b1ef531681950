import type { Tier } from '../validation/verdict.ts';

/** Something that a failure taught, in the words of auto-retry. One record a key, counted. */
export type Learning = Readonly<{
  /** `L-` and 8 hex digits of the SHA-256 of the key. */
  id: string;
  /** errorType|fixer|outcome|change|tier|timeframe, and the subject where it is about one. */
  key: string;
  errorType: string;
  fixer: string;
  outcome: 'passed' | 'sliceFailed' | 'tierFailed' | 'noProposal' | 'rejected' | 'crashed' | 'timedOut';
  change: string;
  tier: Tier;
  timeframe: string;
  count: number;
  /** The last 20, newest first. */
  strategies: readonly string[];
  firstMs: number;
  lastMs: number;
  text: string;
}>;

/** What is known of a learning when it happens; the store counts. */
export type LearningNote = Omit<Learning, 'id' | 'count' | 'strategies' | 'firstMs' | 'lastMs'>;

/** Strategies that a learning names. */
export const strategiesPerLearning = 20;
