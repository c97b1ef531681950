import { describe, expect, test } from 'vitest';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import type { Bars } from '../../../core/market/bars.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import { failuresOf, gateText, type TierInput, validateTier } from '../../../core/validation/validate-tier.ts';
import type { Gate } from '../../../core/validation/verdict.ts';
import { loadValidationGates } from '../../../config/validation-gates.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2021, 0, 1);

function bars(count: number, missing: ReadonlySet<number> = new Set()): Bars {
  const kept = Array.from({ length: count }, (_, i) => i).filter((i) => !missing.has(i));
  const timeMs = Float64Array.from(kept, (i) => startMs + i * hourMs);
  const close = Float64Array.from(kept, (i) => 100 + Math.sin(i / 9));
  return { symbol: 'BTC/USDT', timeframe: '1h', timeMs, open: close, high: close, low: close, close, volume: close };
}

const { strategy } = checkStrategyText(`id: STR-001
name: Sine
hypothesis: A sine goes up when it has gone up.
universe: [BTC/USDT, ETH/USDT]
timeframe: 1h
signals: { enterLong: "close > lag(close, 3)", exitLong: "close < lag(close, 3)" }
costs: { feeBps: 1, slippageBps: 0 }`);
if (strategy === undefined) throw new Error('the strategy of the test is not valid');

const input = (history: Bars, change: Partial<TierInput> = {}): TierInput => ({
  strategyId: 'STR-001',
  tier: 'L0',
  strategyHash: 'deadbeef'.repeat(8),
  codeVersion: '0.1.0+test',
  trialsBefore: 5,
  markets: [{ bars: history }, { bars: bars(10) }],
  thresholds: loadValidationGates(),
  allowGaps: false,
  strategy: compileStrategy(strategy),
  options: { fill: 'nextOpen', startEquity: 10_000, closeAtEnd: true, returns: 'daily', costs: strategy.costs },
  hashMarkets: (markets) => `${markets.length} markets of ${markets[0]?.bars.timeMs.length ?? 0} bars`,
  ...change,
});

describe('validateTier', () => {
  test('judges the primary asset alone, on its window, with the seed of the strategy', () => {
    const { verdict } = validateTier(input(bars(10_000)));
    expect(verdict).toMatchObject({
      trials: { ownRun: 1, total: 5 },
      dataHash: '1 markets of 4380 bars',
      seed: 0xdeadbeef,
    });
    expect(verdict.gates.map(({ name }) => name)).toEqual([
      'signals',
      'winRate',
      'informationCoefficient',
      'futility',
      'plausibility', // of a sine it knows too much
    ]);
  });

  test('a Sharpe ratio that nobody has fails as what is checked for look-ahead', () => {
    const { verdict } = validateTier(input(bars(10_000)));
    expect(verdict.metrics.sharpe).toBeGreaterThan(10);
    expect(verdict.status).toBe('FAIL');
    expect(verdict.gates.at(-1)).toMatchObject({ name: 'plausibility', passed: false, threshold: '<= 10' });
    expect(verdict.failures).toContainEqual(
      expect.objectContaining({ errorType: 'win_rate_suspicious', fixable: true }),
    );
  });

  test('gives the same bytes for the same inputs', () => {
    const once = () => JSON.stringify(validateTier(input(bars(10_000))).verdict);
    expect(once()).toBe(once());
  });

  test('too little history is a FAIL for lack of data that no fix helps, and no trial', () => {
    const { verdict } = validateTier(input(bars(1_000)));
    expect(verdict).toMatchObject({
      status: 'FAIL',
      trials: { ownRun: 0 },
      gates: [{ name: 'data', passed: false, fixable: false, errorType: 'data_unavailable' }],
      failures: [{ errorType: 'data_unavailable', fixable: false }],
    });
  });

  test('refuses a window of which more than 1 % is missing, unless gaps are allowed', () => {
    // 10,000 hours: the holdout takes 2,000, so the window is bars 3,620 to 7,999; 50 of its 4,380 are 1.14 %.
    const holes = new Set(Array.from({ length: 50 }, (_, i) => 5_000 + i));
    expect(() => validateTier(input(bars(10_000, holes)))).toThrow(/BTC\/USDT 1h has holes/);
    expect(validateTier(input(bars(10_000, holes), { allowGaps: true })).verdict.trials.ownRun).toBe(1);
    const outside = new Set(Array.from({ length: 50 }, (_, i) => 1_000 + i));
    expect(validateTier(input(bars(10_000, outside))).verdict.trials.ownRun).toBe(1);
  });
});

const gate = (change: Partial<Gate>): Gate => ({
  name: 'signals',
  value: 8,
  threshold: '> 10',
  passed: false,
  fixable: true,
  errorType: 'signal_frequency_low',
  ...change,
});

test('failuresOf names each error type once, fixable only when all of its rows are', () => {
  const rows = [
    gate({}),
    gate({ name: 'trades', value: 3 }),
    gate({ name: 'data', errorType: 'data_unavailable', fixable: false }),
    gate({ name: 'fine', passed: true, errorType: 'other' }),
  ];
  expect(failuresOf(rows)).toEqual([
    { errorType: 'signal_frequency_low', fixable: true, message: 'signals 8, needs > 10; trades 3, needs > 10' },
    { errorType: 'data_unavailable', fixable: false, message: 'data 8, needs > 10' },
  ]);
});

test('gateText says the number, its p and the threshold', () => {
  const half = { name: 't', pValue: 0.12345678, alpha: 0.5 };
  expect(gateText(gate({ value: 0.123456789, test: half }))).toBe('signals 0.1235 (p 0.1235), needs > 10');
  const { name, threshold, passed, fixable, errorType } = gate({});
  const without = { name, threshold, passed, fixable, errorType, note: 'no trades' };
  expect(gateText(without)).toBe('signals no trades, needs > 10');
});
