import { runBacktest } from '../../backtest/engine.ts';
import type { Metrics } from '../../backtest/types.ts';
import { dayMs } from '../../market/timeframe.ts';
import { parameterValues } from '../../strategy/strategy.ts';
import { gateDefinitions, gateRow } from '../gates.ts';
import { refuseHoles } from '../holes.ts';
import { type RandomEntry, randomEntry } from '../random-entry.ts';
import { sharpeTest } from '../sharpe-test.ts';
import type { L1Thresholds } from '../thresholds.ts';
import type { Gate } from '../verdict.ts';
import { windowBeforeHoldout } from '../windows.ts';
import { refusedForData, windowWarnings } from './refused.ts';
import type { TierRule, TierSubject } from './tier-rule.ts';

const definitions = gateDefinitions.L1;

/** L1, quick: a year of the primary asset with default parameters, its entries against random ones. */
export const l1: TierRule = {
  scope: 'primary',
  history: 'a year of the primary asset before the holdout',
  judge({ strategy, markets, holdoutMs, options, thresholds: { L1: thresholds }, seed, allowGaps }: TierSubject) {
    const [primary] = markets;
    const askedMs = thresholds.historyDays * dayMs;
    const { bars, window, tooShort } = windowBeforeHoldout(primary.bars, 'L1', askedMs, holdoutMs);
    if (tooShort) return refusedForData(window);
    const market = { ...primary, bars };
    if (!allowGaps) refuseHoles([market]);
    const result = runBacktest(strategy, [market], { ...options, parameters: parameterValues(strategy.strategy) });
    const entries = randomEntry(result.trades, bars, {
      draws: thresholds.randomEntryDraws,
      seed,
      costs: options.costs,
    });
    const days = (window.toMs - window.fromMs) / dayMs;
    const gates = l1Gates({ metrics: result.metrics, entries, days, thresholds });
    return {
      passed: gates.every(({ passed }) => passed),
      gates,
      metrics: result.metrics,
      windows: [window],
      used: [market],
      trials: 1,
      result,
      ...(entries && { details: { randomEntry: entries } }),
      warnings: [...windowWarnings(window), ...result.warnings],
    };
  },
};

type L1Facts = Readonly<{
  metrics: Metrics;
  entries: RandomEntry | undefined;
  /** Length of the window. */
  days: number;
  thresholds: L1Thresholds;
}>;

/** The rows of L1 for a run. */
export function l1Gates({ metrics, entries, days, thresholds }: L1Facts): readonly Gate[] {
  const own = { L1: thresholds };
  const { sharpe, profitFactor, trades = 0 } = metrics;
  return [
    gateRow(definitions.sharpe, own, {
      ...(sharpe === undefined ? { note: 'no returns that vary' } : { value: sharpe }),
      passed: sharpe !== undefined && sharpe > thresholds.sharpe,
      ...(sharpe !== undefined && {
        test: sharpeTest(definitions.sharpe.test, sharpe, { days, limit: thresholds.sharpe }),
      }),
    }),
    gateRow(definitions.profitFactor, own, profitFactorRow(metrics, profitFactor, thresholds.profitFactor)),
    gateRow(definitions.trades, own, { value: trades, passed: trades > thresholds.trades }),
    gateRow(definitions.randomEntry, own, {
      ...(entries === undefined ? { note: 'no trades, or never out of the market' } : { value: entries.pValue }),
      passed: entries !== undefined && entries.pValue < thresholds.randomEntryP,
      ...(entries && {
        test: {
          name: definitions.randomEntry.test,
          statistic: entries.mean,
          pValue: entries.pValue,
          alpha: thresholds.randomEntryP,
        },
        note: `mean trade ${entries.mean}, of random ones ${entries.median}`,
      }),
    }),
  ];
}

/** Without a losing trade there is no factor; what won and never lost passes. */
function profitFactorRow({ winRate = 0 }: Metrics, factor: number | undefined, limit: number) {
  if (factor !== undefined) return { value: factor, passed: factor > limit };
  return winRate > 0 ? { passed: true, note: 'no losing trade' } : { passed: false, note: 'no trades' };
}
