import type { LedgerReport, ReportModel, StrategyReport, TierReport } from '../../../apps/report/model.ts';
import { createIdea, type Freedom } from '../../../bench/gate-power/idea.ts';
import { simulateBars, simulateScores, simulateShocks } from '../../../bench/gate-power/simulate.ts';
import { usualThresholds } from '../../../config/validation-gates.ts';
import { sliceBars } from '../../../core/market/bars.ts';
import { dayMs } from '../../../core/market/timeframe.ts';
import { parameterValues } from '../../../core/strategy/strategy.ts';
import type { DeployedReturns } from '../../../core/validation/deployed-correlation.ts';
import type { GatePower, Rate } from '../../../core/validation/gate-power.ts';
import { type TierInput, type TierResult, validateTier } from '../../../core/validation/validate-tier.ts';
import { type Tier, tiers } from '../../../core/validation/verdict.ts';

const hours = Math.round(3.66 * 365 * 24);
const thresholds = { ...usualThresholds, L2: { ...usualThresholds.L2, monteCarloRuns: 60 } };

type Case = Readonly<{
  strategyId: string;
  name: string;
  /** Strength of the simulated edge; 0 is noise. */
  edge: number;
  freedom: Freedom;
  /** The highest tier that it is judged at. */
  top: Tier;
  change?: Partial<TierInput>;
}>;

/** One of each kind of end: a pass with the holdout opened, L3 with the holdout shut, L2, L1 and L0. */
const cases: readonly Case[] = [
  { strategyId: 'STR-901', name: 'Strong score', edge: 0.006, freedom: 'wide', top: 'L3' },
  { strategyId: 'STR-902', name: 'Noise at L3', edge: 0, freedom: 'near', top: 'L3' },
  { strategyId: 'STR-903', name: 'Noise at L2', edge: 0, freedom: 'wide', top: 'L2' },
  { strategyId: 'STR-904', name: 'Noise at L1', edge: 0, freedom: 'fixed', top: 'L1' },
  { strategyId: 'STR-905', name: 'Noise at L0', edge: 0, freedom: 'fixed', top: 'L0' },
];

/** Five simulated strategies at the tiers of a ladder, judged by the functions that `nightdesk validate` runs. */
export function ladderModel(): ReportModel {
  const strategies = cases.map(climbed);
  return {
    run: {
      runId: '20261126-021500-9f3a',
      tier: 'L3',
      workflowId: 'parallel-validation:20261126-021500-9f3a',
      ladder: tiers.map((tier, index) => ({
        runId: index === 0 ? '20261126-021500-9f3a' : `20261126-021500-9f3a-${tier}`,
        tier,
        strategies: cases.filter(({ top }) => tiers.indexOf(top) >= index).length,
      })),
      startedAtMs: Date.UTC(2026, 10, 26, 2, 15),
      finishedAtMs: Date.UTC(2026, 10, 26, 2, 16, 4),
      wallSeconds: 64,
      sequentialSeconds: 101,
      strategies: strategies.length,
      notices: [],
    },
    strategies,
    power,
    version: '0.1.0',
  };
}

function climbed({ strategyId, name, edge, freedom, top }: Case, seed: number): StrategyReport {
  const { compiled, options } = createIdea(12, freedom);
  const simulated = { edge, hold: 12, seed: seed + 5 };
  const bars = simulateBars(simulateShocks(hours, seed + 5), simulateScores(hours, seed + 5), simulated);
  const judge = (tier: Tier): TierResult =>
    validateTier({
      strategyId,
      tier,
      strategyHash: `c0ffee${seed}0`.repeat(8),
      codeVersion: '0.1.0+3eafea5',
      trialsBefore: 3,
      otherTrials: 2.5,
      markets: [{ bars }],
      thresholds,
      allowGaps: false,
      strategy: compiled,
      options,
      deployed: deployed(bars.timeMs),
      hashMarkets: () => 'd'.repeat(64),
    });
  const climb = tiers.slice(0, tiers.indexOf(top) + 1).map(judge);
  const { verdict, outcome } = climb[climb.length - 1];
  const [window] = verdict.windows;
  const from = bars.timeMs.findIndex((time) => time >= window.fromMs);
  const to = bars.timeMs.findIndex((time) => time > window.toMs);
  return {
    strategyId,
    name,
    hypothesis: 'A strong score is followed by a drift in its direction.',
    file: `strategies/${strategyId}.yaml`,
    symbols: ['SIM/USDT'],
    timeframe: '1h',
    parameters: parameterValues(compiled.strategy),
    verdict,
    seconds: 3 + seed,
    ...(outcome.details && { details: outcome.details }),
    earlier: climb.slice(0, -1).map(earlierOf),
    ledger: ledger(bars.timeMs, outcome.details?.holdout?.sealed === undefined && top === 'L3'),
    ...(outcome.result && { result: outcome.result }),
    bars: sliceBars(bars, from, to === -1 ? bars.timeMs.length : to),
  };
}

const earlierOf = ({ verdict, outcome: { details } }: TierResult): TierReport => ({
  runId: '20261126-021500-9f3a',
  verdict,
  seconds: 1,
  ...(details && { details }),
});

/** A deployed strategy that was there on all days. */
function deployed(timeMs: Float64Array): readonly DeployedReturns[] {
  const days = Array.from({ length: Math.floor(timeMs.length / 24) }, (_, day) => timeMs[0] + day * dayMs);
  const returns = days.map((_, day) => Math.sin(day * 1.7) / 100);
  return [{ strategyId: 'STR-801', dayMs: days, returns }];
}

function ledger(timeMs: Float64Array, opened: boolean): LedgerReport {
  const toMs = (timeMs.at(-1) ?? 0) + 3_600_000;
  const sealedFromMs = toMs - 0.2 * (toMs - timeMs[0]);
  const seen = { market: 'SIM/USDT', toMs: opened ? toMs : sealedFromMs, by: 'ada', face: 'validate', atMs: toMs };
  return {
    members: [
      { strategyId: 'STR-901', name: 'Strong score', edits: 1 },
      { strategyId: 'STR-777', name: 'The same with a longer hold', edits: 3 },
    ],
    trials: 97,
    effectiveTrials: 21.4,
    meanCorrelation: 0.79,
    sampledTrials: 32,
    byFace: { validate: 71, sweep: 22, backtest: 4 },
    byPerson: [
      { by: 'ada', trials: 90 },
      { by: 'grace', trials: 7 },
    ],
    counted: 97,
    seen: [seen],
    holdout: opened
      ? { state: 'seen', fromMs: toMs, toMs, sealedFromMs, note: 'results of this family were seen up to the end' }
      : { state: 'sealed', fromMs: sealedFromMs, toMs, sealedFromMs, note: '' },
  };
}

const rate = (passed: number, of: number): Rate => ({ passed, of, rate: passed / of, low: 0, high: 1 });
const measured = (sharpe: number, passed: number) => ({
  name: `Sharpe ${sharpe}`,
  sharpe,
  freedom: 'fixed',
  strategies: 100,
  ladder: rate(passed, 100),
  tiers: Object.fromEntries(tiers.map((tier) => [tier, { ...rate(passed, 100), failedBy: {} }])),
  seconds: 1,
});
const power: GatePower = { method: [], thresholds: usualThresholds, cells: [measured(0, 16), measured(2, 88)] };
