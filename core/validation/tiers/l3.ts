import type { BacktestResult, MarketInput } from '../../backtest/types.ts';
import { periodEquity, periodReturns } from '../../backtest/period-returns.ts';
import { dayMs } from '../../market/timeframe.ts';
import { deflate, type Deflated } from '../deflate.ts';
import { type DeployedCorrelation, deployedCorrelations } from '../deployed-correlation.ts';
import type { HoldoutDetails, TierDetails } from '../details.ts';
import { coinTail, gateDefinitions, gateRow } from '../gates.ts';
import { refuseHoles } from '../holes.ts';
import { type KnownAgain, knownAgain } from '../known-again.ts';
import { type Regime, regimeTable } from '../regimes.ts';
import { sharpeTest } from '../sharpe-test.ts';
import { createSliceRunner } from '../slice-run.ts';
import { blockLength } from '../statistics/block-length.ts';
import { bootstrapMean, type BootstrapMean } from '../statistics/bootstrap-mean.ts';
import { spread } from '../../math/moments.ts';
import { type Study, studyStrategy, studyTrials, sweepDetails, walkForwardDetails } from '../study.ts';
import type { TierThresholds } from '../thresholds.ts';
import { type Gate, holdoutSeenType, type Window } from '../verdict.ts';
import { holdoutWindow, universeWindow, windowWithHoldout } from '../windows.ts';
import { refusedForData, windowWarnings } from './refused.ts';
import type { TierOutcome, TierRule, TierSubject } from './tier-rule.ts';

const definitions = gateDefinitions.L3;

/**
 * L3, extended: up to five years of the universe, then the holdout. Here the decision is taken, once and on everything.
 * The holdout is opened last, and only for what has passed all else: a strategy that fails leaves it sealed.
 */
export const l3: TierRule = {
  scope: 'universe',
  history: 'up to five years of the universe before the holdout, then the holdout',
  judge(subject: TierSubject): TierOutcome {
    const { thresholds, markets: histories, holdoutMs, allowGaps } = subject;
    const extended = universeWindow(histories, { name: 'L3', askedMs: thresholds.L3.historyDays * dayMs, holdoutMs });
    // Five years are the most that is used, not the least that is needed: L2's window is.
    const needed = universeWindow(histories, { name: 'L2', askedMs: thresholds.L2.historyDays * dayMs, holdoutMs });
    if (needed.tooShort) return refusedForData(needed.window);
    if (!allowGaps) refuseHoles(extended.markets);
    const study = studyStrategy(subject, extended.markets);
    const looked = lookAround(subject, study, extended.markets);
    const before = [
      windowsRow(study, thresholds),
      intervalRow(looked.interval, thresholds),
      regimesRow(looked.regimes, thresholds),
      deployedRow(looked.deployed, thresholds),
    ];
    const twin = knownAgain(dailyOf(study), subject.openedTwins);
    const seen = subject.holdoutSeen ?? (twin && twinText(twin));
    const sealed = seen ?? failedBefore(before);
    const opened = sealed === undefined ? openHoldout(subject, study, needed.window) : undefined;
    const holdout = holdoutWindow(histories, holdoutMs).window;
    const sealedRows = [holdoutRow(opened, sealed, thresholds), deflatedRow(opened, sealed, thresholds)];
    // What was not looked at says nothing of the strategy: a refusal is no flaw of it.
    const errorType = seen === undefined ? {} : { errorType: holdoutSeenType };
    const gates = [...before, ...sealedRows.map((row) => ({ ...row, ...errorType }))];
    const { stitched } = study.forward;
    return {
      passed: gates.every(({ passed }) => passed),
      gates,
      metrics: stitched.metrics,
      windows: [extended.window, ...(opened ? [holdout, { ...needed.window, name: 'L2' }] : [])],
      used: opened?.used ?? extended.markets,
      trials: studyTrials(study) + (opened === undefined ? 0 : 2),
      result: stitched,
      table: study.table,
      ...(twin && { sameAs: twin.twin.shape }),
      details: l3Details({ study, looked, opened, sealed, holdout }),
      warnings: [...windowWarnings(extended.window, extended.missing), ...stitched.warnings],
    };
  },
};

type Looked = Readonly<{
  interval: (BootstrapMean & Readonly<{ blockLength: number }>) | undefined;
  regimes: readonly Regime[];
  deployed: readonly DeployedCorrelation[] | Readonly<{ unread: string }>;
}>;

function lookAround(
  { thresholds: { L3: rules }, options, seed, deployed }: TierSubject,
  study: Study,
  markets: readonly MarketInput[],
): Looked {
  const { stitched, returns } = study.forward;
  return {
    interval: intervalOf(returns, { reps: rules.bootstrapResamples, seed, confidence: rules.confidence }),
    regimes: regimeTable(stitched.trades, markets, {
      days: rules.regimeDays,
      leastTrades: rules.regimeTrades,
      startEquity: options.startEquity,
    }),
    deployed:
      'unread' in deployed ? deployed : deployedCorrelations(study.table.returns(0), study.table.firstDayMs, deployed),
  };
}

/** Undefined when the returns do not vary. */
function intervalOf(
  values: Float64Array,
  rules: Readonly<{ reps: number; seed: number; confidence: number }>,
): Looked['interval'] {
  if (values.length < 30 || !(spread(values) > 0)) return undefined;
  const returns = Array.from(values);
  const length = Math.max(1, blockLength({ returns }).stationary);
  return { ...bootstrapMean({ returns, blockSize: length, ...rules }), blockLength: length };
}

function windowsRow({ forward: { steps } }: Study, thresholds: TierThresholds): Gate {
  const earned = steps.filter(({ result }) => result.finalEquity > result.startEquity).length;
  const least = thresholds.L3.profitableWindows;
  return gateRow(definitions.walkForwardWindows, thresholds, {
    value: earned,
    passed: earned >= least,
    test: {
      name: definitions.walkForwardWindows.test,
      statistic: earned,
      pValue: coinTail(steps.length, earned),
      alpha: coinTail(steps.length, least),
    },
  });
}

function intervalRow(interval: Looked['interval'], thresholds: TierThresholds): Gate {
  const definition = definitions.bootstrapInterval;
  if (interval === undefined) return gateRow(definition, thresholds, { passed: false, note: 'no returns that vary' });
  return gateRow(definition, thresholds, {
    value: interval.low,
    passed: interval.low > 0,
    test: {
      name: definition.test,
      statistic: interval.mean,
      pValue: interval.pValue,
      alpha: (1 - thresholds.L3.confidence) / 2,
    },
    note: `mean ${interval.mean} a day, ${interval.low} to ${interval.high}, blocks of ${interval.blockLength.toFixed(1)} days`,
  });
}

function regimesRow(regimes: readonly Regime[], thresholds: TierThresholds): Gate {
  const spoken = regimes.filter(({ profitable }) => profitable !== undefined);
  const earned = spoken.filter(({ profitable }) => profitable).length;
  const least = thresholds.L3.profitableRegimes;
  const note = regimes
    .map(({ name, trades, profitable }) =>
      profitable === undefined ? `${name} ${trades} trades, too few` : `${name} ${profitable ? 'earned' : 'lost'}`,
    )
    .join(', ');
  // With enough trades in each, the regimes that say nothing might have earned: then it is trades that are missing.
  const mightPass = earned + regimes.length - spoken.length >= least;
  const reason = mightPass ? ({ fixable: true, errorType: 'signal_frequency_low' } as const) : {};
  return gateRow({ ...definitions.regimes, ...(earned < least && reason) }, thresholds, {
    value: earned,
    passed: earned >= least,
    ...(spoken.length > 0 && {
      test: {
        name: definitions.regimes.test,
        statistic: earned,
        pValue: coinTail(spoken.length, earned),
        alpha: coinTail(3, least),
      },
    }),
    note,
  });
}

function deployedRow(deployed: Looked['deployed'], thresholds: TierThresholds): Gate {
  const definition = definitions.deployedCorrelation;
  const informs = (note: string) => gateRow(definition, thresholds, { passed: true, informs: true, note });
  if ('unread' in deployed) return informs(`not checked: ${deployed.unread}`);
  if (deployed.length === 0) return informs('nothing is deployed');
  const unknown = deployed.filter(({ correlation }) => correlation === undefined);
  const known = deployed.flatMap(({ strategyId, correlation }) =>
    correlation === undefined ? [] : [{ strategyId, correlation }],
  );
  const [nearest] = known.toSorted((a, b) => b.correlation - a.correlation);
  const notes = [
    ...(nearest ? [`nearest ${nearest.strategyId}`] : []),
    ...(unknown.length > 0
      ? [`too few shared days with ${unknown.map(({ strategyId }) => strategyId).join(', ')}`]
      : []),
  ];
  return gateRow(definition, thresholds, {
    ...(nearest && { value: nearest.correlation }),
    passed: unknown.length === 0 && nearest !== undefined && nearest.correlation < thresholds.L3.correlation,
    note: notes.join('; '),
  });
}

/** What the defaults earned a day before the holdout. */
const dailyOf = ({ table }: Study) => ({ firstDay: Math.floor(table.firstDayMs / dayMs), returns: table.returns(0) });

const twinText = ({ twin: { strategyId, refusal }, correlation }: KnownAgain): string =>
  `it earns the same as ${strategyId} (correlation ${correlation.toFixed(3)} a day), so it is of that family: ${refusal}`;

function failedBefore(before: readonly Gate[]): string | undefined {
  const failed = before.filter(({ passed }) => !passed).map(({ name }) => name);
  return failed.length === 0 ? undefined : `not opened, since ${failed.join(', ')} failed`;
}

type Opened = Readonly<{
  holdout: BacktestResult;
  /** Days from the first bar of the holdout to its last. */
  days: number;
  /** Over L2's window and the holdout, as one run of the defaults. */
  deflated: Deflated | undefined;
  used: readonly MarketInput[];
}>;

/** Runs the defaults on the holdout, and on L2's window with the holdout behind it. */
function openHoldout(
  { strategy, markets, holdoutMs, options, thresholds, allowGaps, otherTrials, sharpeVariance }: TierSubject,
  study: Study,
  decided: Window,
): Opened {
  const sealed = holdoutWindow(markets, holdoutMs);
  if (!allowGaps) refuseHoles(sealed.markets);
  const { markets: used } = windowWithHoldout(markets, {
    name: 'L3',
    askedMs: thresholds.L3.historyDays * dayMs,
    holdoutMs,
  });
  const run = createSliceRunner(strategy, used, options);
  const parameters = study.defaults;
  const holdout = run({ fromMs: sealed.window.fromMs, toMs: Infinity, parameters });
  const whole = run({ fromMs: decided.fromMs, toMs: Infinity, parameters });
  const returns = periodReturns(periodEquity(whole.equity, dayMs), whole.startEquity);
  return {
    holdout,
    days: (sealed.window.toMs - sealed.window.fromMs) / dayMs,
    deflated: deflate(returns, study.independentTrials + otherTrials, sharpeVariance),
    used,
  };
}

function holdoutRow(opened: Opened | undefined, sealed: string | undefined, thresholds: TierThresholds): Gate {
  const definition = definitions.holdoutSharpe;
  const sharpe = opened?.holdout.metrics.sharpe;
  if (opened === undefined || sharpe === undefined) {
    return gateRow(definition, thresholds, { passed: false, note: sealed ?? 'no returns that vary' });
  }
  const limit = thresholds.L3.holdoutSharpe;
  return gateRow(definition, thresholds, {
    value: sharpe,
    passed: sharpe > limit,
    test: sharpeTest(definition.test, sharpe, { days: opened.days, limit }),
    note: `${Math.round(opened.days)} days, ${opened.holdout.trades.length} trades`,
  });
}

function deflatedRow(opened: Opened | undefined, sealed: string | undefined, thresholds: TierThresholds): Gate {
  const definition = definitions.deflatedSharpe;
  const deflated = opened?.deflated;
  if (deflated === undefined) {
    return gateRow(definition, thresholds, { passed: false, note: sealed ?? 'no returns that vary' });
  }
  const limit = thresholds.L3.deflatedSharpeP;
  const { measured } = deflated;
  return gateRow(definition, thresholds, {
    value: deflated.pValue,
    passed: deflated.pValue <= limit,
    test: { name: definition.test, statistic: deflated.statistic, pValue: deflated.pValue, alpha: limit },
    note:
      `Sharpe ${deflated.sharpe}, by luck ${deflated.luckySharpe} of ${deflated.trials} independent trials` +
      (measured
        ? `; with the spread that the family's trials have, by luck ${measured.luckySharpe}, p ${measured.pValue}`
        : ''),
  });
}

type Seen = Readonly<{
  study: Study;
  looked: Looked;
  opened: Opened | undefined;
  sealed: string | undefined;
  holdout: Window;
}>;

function l3Details({ study, looked, opened, sealed, holdout }: Seen): TierDetails {
  const { interval, regimes, deployed } = looked;
  return {
    sweep: sweepDetails(study),
    walkForward: walkForwardDetails(study),
    regimes,
    ...(interval && { bootstrap: interval }),
    ...('unread' in deployed ? {} : { deployed }),
    ...(opened?.deflated && { deflated: opened.deflated }),
    holdout: holdoutDetails(opened, sealed, holdout),
  };
}

function holdoutDetails(opened: Opened | undefined, sealed: string | undefined, holdout: Window): HoldoutDetails {
  const { fromMs, toMs } = holdout;
  if (opened === undefined) return { fromMs, toMs, sealed: sealed ?? 'not opened' };
  const { metrics, trades, finalEquity, startEquity } = opened.holdout;
  return {
    fromMs,
    toMs,
    ...(metrics.sharpe !== undefined && { sharpe: metrics.sharpe }),
    totalReturn: finalEquity / startEquity - 1,
    trades: trades.length,
  };
}
