import { highestPlausible } from '../backtest/plausibility.ts';
import type { SweepOptions } from '../backtest/sweep/sweep.ts';
import type { MarketInput } from '../backtest/types.ts';
import { DeskError } from '../errors.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';
import type { DeployedReturns } from './deployed-correlation.ts';
import type { OpenedTwin } from './known-again.ts';
import { type Loops, plainLoops } from './loops.ts';
import { seedOf } from './seed.ts';
import { type GateThresholds, thresholdsOf } from './thresholds.ts';
import { runnableTiers, tierRules } from './tiers/index.ts';
import type { TierOutcome } from './tiers/tier-rule.ts';
import { type FailureCategory, type Gate, type Tier, tiers, type Verdict } from './verdict.ts';
import { holdoutFromMs, marketBefore } from './windows.ts';

/** Everything that a verdict depends on: same inputs, same bytes. */
export type TierInput = Readonly<{
  strategyId: string;
  tier: Tier;
  strategyHash: string;
  codeVersion: string;
  /** Trials that the strategy's family had spent when the run began. */
  trialsBefore: number;
  /** Whole histories by place in the universe. */
  markets: readonly MarketInput[];
  thresholds: GateThresholds;
  /** Uses a window although more than 1 % of its bars are missing. */
  allowGaps: boolean;
  strategy: CompiledStrategy;
  /** Fills, costs and start equity of every run. */
  options: SweepOptions;
  /** Independent trials that the family has spent on other strategies than this one; default none. */
  otherTrials?: number;
  /** Variance of the daily Sharpe ratios of the family's trials; it informs. */
  sharpeVariance?: number;
  /** Daily returns of what is deployed; absent where nobody could tell, `deployedUnread` says why. */
  deployed?: readonly DeployedReturns[];
  deployedUnread?: string;
  /** Where the holdout begins for L3 when the family has seen its first part; default: as for everybody. */
  unseenFromMs?: number;
  /** Why L3 may not open the holdout: the family has seen it. */
  holdoutSeen?: string;
  /** What other families have opened of this holdout; default nothing. */
  openedTwins?: readonly OpenedTwin[];
  /** Watches and keeps the long loops; what it does changes nothing in the verdict. */
  loops?: Loops;
  /** SHA-256 of the columns used. */
  hashMarkets(markets: readonly MarketInput[]): string;
}>;

export type TierResult = Readonly<{ verdict: Verdict; outcome: TierOutcome }>;

/** Judges one strategy at one tier. Throws DeskError for a tier that cannot be run and for data with holes. */
export function validateTier(input: TierInput): TierResult {
  const rule = tierRules[input.tier];
  if (rule === undefined) throw unknownTier(input.tier);
  const seed = seedOf(input.strategyHash);
  const { thresholds, overrides } = thresholdsOf(input.thresholds, input.strategyId, input.tier);
  const scope = rule.scope === 'primary' ? input.markets.slice(0, 1) : input.markets;
  const sealedFromMs = holdoutFromMs(input.markets[0].bars);
  const isLast = input.tier === tiers.at(-1);
  const judged = rule.judge({
    strategy: input.strategy,
    // Sealed here and not by the tier: what is not handed over cannot be looked at.
    markets: isLast ? scope : scope.map((market) => marketBefore(market, sealedFromMs)),
    holdoutMs: isLast ? (input.unseenFromMs ?? sealedFromMs) : sealedFromMs,
    options: input.options,
    thresholds,
    seed,
    allowGaps: input.allowGaps,
    otherTrials: input.otherTrials ?? 0,
    ...(input.sharpeVariance !== undefined && { sharpeVariance: input.sharpeVariance }),
    deployed: input.deployed ?? { unread: input.deployedUnread ?? 'nobody was asked what is deployed' },
    ...(input.holdoutSeen !== undefined && { holdoutSeen: input.holdoutSeen }),
    openedTwins: input.openedTwins ?? [],
    loops: input.loops ?? plainLoops,
  });
  const outcome = withoutMiracles(judged);
  const verdict: Verdict = {
    strategyId: input.strategyId,
    tier: input.tier,
    status: outcome.passed ? 'PASS' : 'FAIL',
    gates: outcome.gates,
    metrics: outcome.metrics,
    trials: { ownRun: outcome.trials, total: input.trialsBefore },
    windows: outcome.windows,
    dataHash: input.hashMarkets(outcome.used),
    strategyHash: input.strategyHash,
    codeVersion: input.codeVersion,
    seed,
    failures: outcome.passed ? [] : failuresOf(outcome.gates),
    ...(overrides && { overrides }),
    warnings: [...(overrides ? [`thresholds of its own: ${overrides.reason}`] : []), ...outcome.warnings],
  };
  return { verdict, outcome };
}

/**
 * A Sharpe ratio that nobody has is a leak, a cost that is not there or a fault in the bars, more often than an edge: the
 * verdict fails with a row that says so. What is plausible has no such row.
 */
function withoutMiracles(outcome: TierOutcome): TierOutcome {
  const { sharpe } = outcome.metrics;
  if (sharpe === undefined || sharpe <= highestPlausible.sharpe) return outcome;
  const row: Gate = {
    name: 'plausibility',
    value: sharpe,
    threshold: `<= ${highestPlausible.sharpe}`,
    passed: false,
    fixable: true,
    errorType: 'win_rate_suspicious',
    note: 'a Sharpe ratio that is hardly plausible: look for look-ahead, missing costs and bad bars',
  };
  return { ...outcome, passed: false, gates: [...outcome.gates, row] };
}

/** The error for a tier of the ladder that nobody has built yet. */
export const unknownTier = (tier: string): DeskError =>
  new DeskError('BadInput', 'no such tier yet', { path: 'tier', expected: runnableTiers.join(', '), found: tier });

/** The failed rows as reasons, each error type once, in row order; without a failed row, the marginal ones. */
export function failuresOf(gates: readonly Gate[]): readonly FailureCategory[] {
  const byType = new Map<string, FailureCategory>();
  const failed = gates.filter(({ passed }) => !passed);
  for (const gate of failed.length > 0 ? failed : gates.filter(({ marginal }) => marginal)) {
    const known = byType.get(gate.errorType);
    const message = known === undefined ? gateText(gate) : `${known.message}; ${gateText(gate)}`;
    byType.set(gate.errorType, {
      errorType: gate.errorType,
      fixable: gate.fixable && (known?.fixable ?? true),
      message,
    });
  }
  return [...byType.values()];
}

/** `signals 8, needs > 10`. */
export function gateText({ name, value, threshold, test, note, passed, marginal }: Gate): string {
  const number = value === undefined ? (note ?? 'not available') : shortNumber(value);
  const p = test === undefined ? '' : ` (p ${shortNumber(test.pValue)})`;
  return `${name} ${number}${p}, ${passed && marginal === true ? 'marginal' : 'needs'} ${threshold}`;
}

const shortNumber = (value: number) => String(Number(value.toPrecision(4)));
