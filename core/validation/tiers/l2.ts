import type { MarketInput } from '../../backtest/types.ts';
import { dayMs } from '../../market/timeframe.ts';
import { orderedParameters } from '../../strategy/compile.ts';
import { deflate } from '../deflate.ts';
import type { TierDetails } from '../details.ts';
import { gateDefinitions, gateRow, inBand } from '../gates.ts';
import { heatMapOf } from '../heat-map.ts';
import { refuseHoles } from '../holes.ts';
import { accountReturns, monteCarloOfTrades } from '../monte-carlo.ts';
import { overfittingOf } from '../overfitting.ts';
import { neighboursOf, plateauScore } from '../plateau.ts';
import { type PointTable, runPoints } from '../point-table.ts';
import { regimeTable } from '../regimes.ts';
import { monteCarloOfBars } from '../resampled-bars.ts';
import { sharpeTest } from '../sharpe-test.ts';
import { namedPoint } from '../slice-run.ts';
import {
  daysOutOfSample,
  numberOrNull,
  type Study,
  studyStrategy,
  studyTrials,
  sweepDetails,
  walkForwardDetails,
} from '../study.ts';
import type { TierThresholds } from '../thresholds.ts';
import type { Gate } from '../verdict.ts';
import { universeWindow } from '../windows.ts';
import { bestPoint } from '../walk-forward.ts';
import { refusedForData, windowWarnings } from './refused.ts';
import type { TierOutcome, TierRule, TierSubject } from './tier-rule.ts';

const definitions = gateDefinitions.L2;

/** Multiples of the costs that a report shows, beside the one that the gate asks for. */
const shownCosts = [1, 2, 3];

/**
 * L2, full: the whole universe over three years, a sweep over the parameters and a walk-forward over the sweep. Only
 * figures out of sample decide; those in sample are reported.
 */
export const l2: TierRule = {
  scope: 'universe',
  history: 'three years of the universe before the holdout, sweep and walk-forward',
  judge(subject: TierSubject): TierOutcome {
    const { thresholds, markets: histories, holdoutMs, allowGaps } = subject;
    const askedMs = thresholds.L2.historyDays * dayMs;
    const { markets, window, tooShort, missing } = universeWindow(histories, { name: 'L2', askedMs, holdoutMs });
    if (tooShort) return refusedForData(window);
    if (!allowGaps) refuseHoles(markets);
    const study = studyStrategy(subject, markets);
    const neighbours = studyNeighbours(subject, markets);
    const facts = gatherFacts(subject, study, neighbours);
    const gates = l2Gates(facts, thresholds);
    const marginals = gates.filter(({ marginal }) => marginal).length;
    return {
      passed: gates.every(({ passed }) => passed) && marginals <= thresholds.L2.marginals,
      gates,
      metrics: study.forward.stitched.metrics,
      windows: [window],
      used: markets,
      trials: studyTrials(study) + (neighbours?.table.count ?? 0),
      result: study.forward.stitched,
      table: study.table,
      details: l2Details(subject, { study, neighbours, markets, facts }),
      warnings: [
        ...windowWarnings(window, missing),
        ...(marginals > 0 ? [`${marginals} marginal gates, more than ${thresholds.L2.marginals} fail`] : []),
        ...study.forward.stitched.warnings,
      ],
    };
  },
};

type Neighbours = Readonly<{ points: readonly Float64Array[]; table: PointTable }>;

function studyNeighbours(
  { strategy, options, loops }: TierSubject,
  markets: readonly MarketInput[],
): Neighbours | undefined {
  const points = neighboursOf(strategy);
  if (points.length === 0) return undefined;
  return { points, table: runPoints({ compiled: strategy, markets, options, points, loops, name: 'neighbours' }) };
}

/** Everything that the rows of L2 are made of. */
type L2Facts = Readonly<{
  sharpe: number | undefined;
  maxDrawdown: number | undefined;
  profitFactor: number | undefined;
  trades: number;
  /** Days out of sample. */
  days: number;
  efficiency: number | undefined;
  plateau: Readonly<{ score: number | undefined; neighbours: number }>;
  /** Undefined where there are no costs to multiply. */
  stressedReturn: number | undefined;
  overfitting: ReturnType<typeof overfittingOf>;
  deflated: ReturnType<typeof deflate>;
}>;

function gatherFacts(
  { thresholds: { L2: rules }, options: { costs }, otherTrials }: TierSubject,
  study: Study,
  neighbours: Neighbours | undefined,
): L2Facts {
  const { stitched, efficiency } = study.forward;
  const { from, to } = study.outOfSample;
  const stressed = study.atCosts(rules.costStressMultiple);
  const best = bestPoint(study.table, { from: 0, to: study.table.days });
  const others = neighbours?.points.map((_, point) => neighbours.table.sharpe(point, from, to)) ?? [];
  return {
    sharpe: stitched.metrics.sharpe,
    maxDrawdown: stitched.metrics.maxDrawdown,
    profitFactor: profitFactorOf(stitched.metrics),
    trades: stitched.trades.length,
    days: daysOutOfSample(study),
    efficiency,
    plateau: {
      score: others.length === 0 ? undefined : plateauScore(study.table.sharpe(0, from, to), others),
      neighbours: others.length,
    },
    stressedReturn: costs.feeBps + costs.slippageBps > 0 ? stressed.finalEquity / stressed.startEquity - 1 : undefined,
    overfitting: overfittingOf(study.table, rules.pboBlocks),
    deflated: deflate(study.table.returns(best), study.independentTrials + otherTrials),
  };
}

/** Won and never lost is more than any factor. */
const profitFactorOf = ({ profitFactor, winRate = 0 }: Readonly<{ profitFactor?: number; winRate?: number }>) =>
  profitFactor ?? (winRate > 0 ? Infinity : undefined);

/** The rows of L2. */
export function l2Gates(facts: L2Facts, thresholds: TierThresholds): readonly Gate[] {
  const { L2: rules } = thresholds;
  const { sharpe, profitFactor, days, overfitting, deflated } = facts;
  return [
    gateRow(definitions.oosSharpe, thresholds, {
      ...inBand(sharpe, rules.oosSharpe, 'more'),
      ...(sharpe !== undefined && {
        test: sharpeTest(definitions.oosSharpe.test, sharpe, { days, limit: rules.oosSharpe.marginal }),
      }),
      note: sharpe === undefined ? 'no returns that vary' : `${days} days out of sample`,
    }),
    gateRow(definitions.maxDrawdown, thresholds, inBand(facts.maxDrawdown, rules.maxDrawdown, 'less')),
    gateRow(definitions.profitFactor, thresholds, {
      ...inBand(profitFactor, rules.profitFactor, 'more'),
      ...(profitFactor === undefined && { note: 'no trades' }),
      ...(profitFactor === Infinity && { note: 'no losing trade' }),
    }),
    gateRow(definitions.trades, thresholds, inBand(facts.trades, rules.trades, 'more')),
    gateRow(definitions.walkForwardEfficiency, thresholds, {
      ...inBand(facts.efficiency, rules.walkForwardEfficiency, 'more'),
      ...(facts.efficiency === undefined && { note: 'nothing was earned in sample' }),
    }),
    plateauRow(facts.plateau, thresholds),
    stressRow(facts.stressedReturn, thresholds),
    pboRow(overfitting, thresholds),
    gateRow(definitions.deflatedSharpe, thresholds, {
      ...(deflated && {
        value: deflated.pValue,
        test: {
          name: definitions.deflatedSharpe.test,
          statistic: deflated.statistic,
          pValue: deflated.pValue,
          alpha: 1,
        },
      }),
      passed: true,
      note: deflated
        ? `best of the sweep ${deflated.sharpe}, by luck ${deflated.luckySharpe} of ${deflated.trials} independent trials`
        : 'no returns that vary',
    }),
  ];
}

function stressRow(earned: number | undefined, thresholds: TierThresholds): Gate {
  if (earned !== undefined) {
    return gateRow(definitions.costStress, thresholds, { value: earned, passed: earned > 0 });
  }
  return gateRow(definitions.costStress, thresholds, {
    passed: false,
    note: 'no costs: a multiple of nothing asks nothing',
  });
}

function plateauRow({ score, neighbours }: L2Facts['plateau'], thresholds: TierThresholds): Gate {
  if (neighbours === 0) {
    return gateRow(definitions.plateau, thresholds, { value: 1, passed: true, note: 'no parameters to move' });
  }
  return gateRow(definitions.plateau, thresholds, {
    ...inBand(score, thresholds.L2.plateau, 'more'),
    note: score === undefined ? 'the defaults earn nothing out of sample' : `${neighbours} neighbours`,
  });
}

function pboRow({ pbo, points }: L2Facts['overfitting'], thresholds: TierThresholds): Gate {
  const note = points === 1 && pbo === 0 ? 'one point, nothing was chosen' : `${points} points that trade often enough`;
  if (pbo === undefined) return gateRow(definitions.pbo, thresholds, { passed: false, note });
  const { pbo: limit } = thresholds.L2;
  return gateRow(definitions.pbo, thresholds, {
    value: pbo,
    passed: pbo < limit,
    // No test: PBO is a share of splits, not the chance of anything under a null. Noise has 0.5 of it on average.
    note,
  });
}

type Looked = Readonly<{
  study: Study;
  neighbours: Neighbours | undefined;
  markets: readonly MarketInput[];
  facts: L2Facts;
}>;

function l2Details(
  { strategy, options, thresholds: { L2: rules, L3: later }, seed, loops }: TierSubject,
  { study, neighbours, markets, facts }: Looked,
): TierDetails {
  const { from, to } = study.outOfSample;
  const { stitched, steps } = study.forward;
  const point = orderedParameters(strategy.strategy, {});
  const earned = Float64Array.from(steps.flatMap(({ result }) => [...accountReturns(result)]));
  const monteCarlo = { runs: rules.monteCarloRuns, seed, loops };
  const blockWeeks = rules.monteCarloBlockWeeks;
  const trades = monteCarloOfTrades(earned, monteCarlo);
  const bars = monteCarloOfBars({ compiled: strategy, markets, options, point }, { ...monteCarlo, blockWeeks });
  const heatMap = heatMapOf(strategy.strategy, study);
  return {
    sweep: sweepDetails(study),
    walkForward: walkForwardDetails(study),
    plateau: {
      centre: { parameters: study.defaults, sharpe: numberOrNull(study.table.sharpe(0, from, to)) },
      neighbours: (neighbours?.points ?? []).map((each, index) => ({
        parameters: namedPoint(strategy.strategy, each),
        sharpe: numberOrNull(neighbours?.table.sharpe(index, from, to)),
      })),
      ...(heatMap && { heatMap }),
    },
    costs: shownCosts.map((multiple) => {
      const result = study.atCosts(multiple);
      const totalReturn = result.finalEquity / result.startEquity - 1;
      return { multiple, totalReturn, sharpe: numberOrNull(result.metrics.sharpe) };
    }),
    monteCarlo: { ...(trades && { trades }), ...(bars && { bars }) },
    regimes: regimeTable(stitched.trades, markets, {
      days: later.regimeDays,
      leastTrades: later.regimeTrades,
      startEquity: options.startEquity,
    }),
    ...(facts.deflated && { deflated: facts.deflated }),
  };
}
