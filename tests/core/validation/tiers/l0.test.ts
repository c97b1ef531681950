import { describe, expect, test } from 'vitest';
import type { Trade } from '../../../../core/backtest/types.ts';
import { l0Gates } from '../../../../core/validation/tiers/l0.ts';
import { runnableTiers } from '../../../../core/validation/tiers/index.ts';
import { tierRuleNames } from '../../../../core/validation/tier-names.ts';

const thresholds = {
  historyDays: 182.5,
  signals: 10,
  winRateDistance: 0.005,
  informationCoefficient: 0.01,
  futilityP: 0.5,
  futilityResamples: 1_000,
};

const trade = (returnFraction: number): Trade => ({
  symbol: 'BTC/USDT',
  side: 'long',
  entryBar: 0,
  exitBar: 1,
  entryTimeMs: 0,
  exitTimeMs: 3_600_000,
  entryPrice: 100,
  exitPrice: 100 * (1 + returnFraction),
  quantity: 1,
  fees: 0,
  funding: 0,
  pnl: 100 * returnFraction,
  returnFraction,
  bars: 1,
  exitReason: 'exitSignal',
});

type Facts = { entries?: number; winRate?: number; ic?: number; pairs?: number; returns?: number[] };

function gates({ entries = 40, winRate = 0.6, ic = 0.05, pairs = 4_380, returns = [0.01, 0.02] }: Facts = {}) {
  const counts = { entries, conflicts: 0, entryExitClashes: 0, noSize: 0, bankrupt: 0, openAtEnd: 0 };
  return l0Gates({
    result: { counts, metrics: Number.isNaN(winRate) ? {} : { winRate }, trades: returns.map(trade) },
    forecast: Number.isNaN(ic) ? undefined : { ic, pairs },
    thresholds,
    seed: 1,
  });
}

const passed = (facts: Facts) => Object.fromEntries(gates(facts).map((gate) => [gate.name, gate.passed]));

describe('l0Gates', () => {
  test('passes what is above every threshold', () => {
    expect(passed({})).toEqual({ signals: true, winRate: true, informationCoefficient: true, futility: true });
  });

  test.each<[string, Facts, string]>([
    ['10 entries: more than 10 are needed', { entries: 10 }, 'signals'],
    ['8 signals, as STR-205 of the worked case', { entries: 8 }, 'signals'],
    ['a win rate of 49.8 %, as STR-207 of the worked case', { winRate: 0.498 }, 'winRate'],
    ['no win rate at all', { winRate: Number.NaN }, 'winRate'],
    ['an IC of exactly 0.01', { ic: 0.01 }, 'informationCoefficient'],
    ['no IC', { ic: Number.NaN }, 'informationCoefficient'],
    ['trades that lose', { returns: [-0.01, -0.02, 0.001] }, 'futility'],
    ['no trades', { returns: [] }, 'futility'],
  ])('stops %s', (_, facts, name) => {
    const failed = gates(facts).filter((gate) => !gate.passed);
    expect(failed.map((gate) => gate.name)).toEqual([name]);
    expect(failed[0]?.fixable).toBe(true);
  });

  test.each([
    ['11 entries', { entries: 11 }],
    ['a win rate 0.5 points off', { winRate: 0.495 }],
    ['a win rate above one half', { winRate: 0.505 }],
  ])('lets %s through', (_, facts) => {
    expect(gates(facts).every((gate) => gate.passed)).toBe(true);
  });

  test('names the error types that auto-retry reads', () => {
    expect(gates().map(({ name, errorType }) => [name, errorType])).toEqual([
      ['signals', 'signal_frequency_low'],
      ['winRate', 'win_rate_suspicious'],
      ['informationCoefficient', 'sharpe_below_threshold'],
      ['futility', 'sharpe_below_threshold'],
    ]);
  });

  // statistics.md: with 4,380 hourly points the standard error is 0.0151, so an IC threshold of 0.01 lets 25 % of noise
  // pass (0.66 sigma); scipy: norm.sf(0.01 * sqrt(4379)) = 0.2540568, norm.sf(0.05 * sqrt(4379)) = 0.000468.
  test('states what noise passes beside the IC', () => {
    const gate = gates().find(({ name }) => name === 'informationCoefficient');
    expect(gate?.test?.alpha).toBeCloseTo(0.254, 3);
    expect(gate?.test?.pValue).toBeCloseTo(0.000468, 5);
  });
});

test('workflows know by name exactly the tiers that have a rule', () => {
  expect(tierRuleNames).toEqual(runnableTiers);
});
