import type { BacktestResult, MarketInput } from '../backtest/types.ts';
import { DeskError } from '../errors.ts';
import { countGaps, maxMissingShare, missingShare } from '../market/gaps.ts';
import { seedOf } from './seed.ts';
import type { GateThresholds } from './thresholds.ts';
import { runnableTiers, tierRules } from './tiers/index.ts';
import type { TierOutcome } from './tiers/tier-rule.ts';
import type { FailureCategory, Gate, Tier, Verdict } from './verdict.ts';

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
  hasForecast: boolean;
  backtest(markets: readonly MarketInput[]): BacktestResult;
  /** SHA-256 of the columns used. */
  hashMarkets(markets: readonly MarketInput[]): string;
}>;

export type TierResult = Readonly<{ verdict: Verdict; outcome: TierOutcome }>;

/** Judges one strategy at one tier. Throws DeskError for a tier that cannot be run and for data with holes. */
export function validateTier(input: TierInput): TierResult {
  const rule = tierRules[input.tier];
  if (rule === undefined) throw unknownTier(input.tier);
  const seed = seedOf(input.strategyHash);
  const outcome = rule.judge({
    markets: rule.scope === 'primary' ? input.markets.slice(0, 1) : input.markets,
    thresholds: input.thresholds,
    seed,
    hasForecast: input.hasForecast,
    backtest(markets) {
      if (!input.allowGaps) for (const market of markets) refuseGaps(market);
      return input.backtest(markets);
    },
  });
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
    warnings: outcome.warnings,
  };
  return { verdict, outcome };
}

/** The error for a tier of the ladder that nobody has built yet. */
export const unknownTier = (tier: string): DeskError =>
  new DeskError('BadInput', 'no such tier yet', { path: 'tier', expected: runnableTiers.join(', '), found: tier });

/** The failed rows as reasons, each error type once, in row order. */
export function failuresOf(gates: readonly Gate[]): readonly FailureCategory[] {
  const byType = new Map<string, FailureCategory>();
  for (const gate of gates) {
    if (gate.passed) continue;
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
export function gateText({ name, value, threshold, test, note }: Gate): string {
  const number = value === undefined ? (note ?? 'not available') : shortNumber(value);
  const p = test === undefined ? '' : ` (p ${shortNumber(test.pValue)})`;
  return `${name} ${number}${p}, needs ${threshold}`;
}

const shortNumber = (value: number) => String(Number(value.toPrecision(4)));

function refuseGaps({ bars }: MarketInput): void {
  const gaps = countGaps(bars.timeMs, bars.timeframe);
  const share = missingShare(gaps, bars.timeMs.length);
  if (share <= maxMissingShare) return;
  throw new DeskError('BadInput', `${bars.symbol} ${bars.timeframe} has holes`, {
    path: 'bars',
    expected: `at most ${maxMissingShare * 100} % of the window's bars missing, or --allow-gaps`,
    found: `${gaps.missingBars} missing in ${gaps.gaps} gaps (${(share * 100).toFixed(2)} %)`,
  });
}
