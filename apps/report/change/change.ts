import type { Gate, Tier, Verdict } from '../../../core/validation/verdict.ts';
import type { StrategyReport } from '../model.ts';
import type { Limit } from './limits.ts';

/** One thing that would have to be true, and how that follows from the numbers of the verdict. */
export type Change = Readonly<{ gate: string; claim: string; arithmetic?: string }>;

/** What the arithmetic may use. */
export type Facts = Readonly<{
  report: StrategyReport;
  verdict: Verdict;
  /** Days over which the verdict's figures were made. */
  days: number;
}>;

export type Question = Readonly<{
  gate: Gate;
  limit: Limit;
  /** What has to be reached: the bound, or what is wanted where too many rows are marginal. */
  target: number;
  facts: Facts;
}>;

/** Says what would have to be true for one gate; undefined where its numbers do not tell. */
export type Answer = (question: Question) => Omit<Change, 'gate'> | undefined;

export type Answers = Readonly<Partial<Record<Tier, Readonly<Record<string, Answer>>>>>;
