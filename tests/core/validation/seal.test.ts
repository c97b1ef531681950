import { describe, expect, test } from 'vitest';
import { hashColumns } from '../../../adapters/hashing.ts';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { loadValidationGates } from '../../../config/validation-gates.ts';
import type { MarketInput } from '../../../core/backtest/types.ts';
import { dayMs } from '../../../core/market/timeframe.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import { type TierInput, validateTier } from '../../../core/validation/validate-tier.ts';
import type { Tier } from '../../../core/validation/verdict.ts';
import { holdoutFromMs } from '../../../core/validation/windows.ts';
import { trendingBarMs, trendingBars, trendingStartMs } from '../../trending-bars.ts';

const barMs = trendingBarMs;
const count = 4 * 365 * 5;
const startMs = trendingStartMs;
const trending = (symbol: string, seed: number, length = count): MarketInput => ({
  bars: trendingBars(symbol, seed, length),
});

/** The same market with other bars from a time on. */
function changedFrom({ bars }: MarketInput, fromMs: number): MarketInput {
  const changed = (column: Float64Array) =>
    column.map((value, i) => (bars.timeMs[i] + barMs > fromMs ? value * (2 + Math.sin(i)) : value));
  const [open, close] = [changed(bars.open), changed(bars.close)];
  return {
    bars: {
      ...bars,
      open,
      close,
      high: open.map((value, i) => Math.max(value, close[i])),
      low: open.map((value, i) => Math.min(value, close[i])),
    },
  };
}

const { strategy } = checkStrategyText(`id: STR-001
name: Momentum
hypothesis: What rose goes on rising.
universe: [BTC/USDT, ETH/USDT]
timeframe: 6h
parameters: { back: { default: 2, min: 1, max: 4 } }
signals: { enterLong: "close > lag(close, back)", exitLong: "close < lag(close, back)" }
costs: { feeBps: 1, slippageBps: 0 }`);
if (strategy === undefined) throw new Error('the strategy of the test is not valid');
const compiled = compileStrategy(strategy);

const gates = loadValidationGates();
const thresholds = {
  ...gates,
  L0: { ...gates.L0, informationCoefficient: -1 },
  L2: { ...gates.L2, maxPoints: 8, monteCarloRuns: 20 },
};

const judge = (tier: Tier, markets: readonly MarketInput[], change: Partial<TierInput> = {}) =>
  validateTier({
    strategyId: 'STR-001',
    tier,
    strategyHash: 'deadbeef'.repeat(8),
    codeVersion: '0.1.0+test',
    trialsBefore: 0,
    markets,
    thresholds,
    allowGaps: false,
    strategy: compiled,
    options: { fill: 'nextOpen', startEquity: 10_000, closeAtEnd: true, returns: 'daily', costs: strategy.costs },
    hashMarkets: hashColumns,
    ...change,
  });

const markets = [trending('BTC/USDT', 1), trending('ETH/USDT', 2)];
const sealedFromMs = holdoutFromMs(trending('BTC/USDT', 1).bars);
const noise = markets.map((market) => changedFrom(market, sealedFromMs));
const lastClose = (used: readonly MarketInput[]) =>
  Math.max(...used.map(({ bars }) => (bars.timeMs.at(-1) ?? 0) + barMs));

describe.each<Tier>(['L0', 'L1', 'L2'])('%s', (tier) => {
  test('uses no bar that had not closed when the holdout begins, in any market', () => {
    const { outcome, verdict } = judge(tier, markets);
    expect(outcome.trials).toBeGreaterThan(0);
    expect(lastClose(outcome.used)).toBeLessThanOrEqual(sealedFromMs);
    for (const { toMs } of verdict.windows) expect(toMs + barMs).toBeLessThanOrEqual(sealedFromMs);
  });

  test('gives the same bytes whatever the sealed bars are', () => {
    const [one, other] = [markets, noise].map((each) => JSON.stringify(judge(tier, each).verdict));
    expect(other).toBe(one);
  });

  test('seals at one moment, also where a market goes on after the primary one', () => {
    const longer = [markets[0], trending('ETH/USDT', 2, count + 400)];
    expect(lastClose(judge(tier, longer).outcome.used)).toBeLessThanOrEqual(sealedFromMs);
  });
});

describe('L3', () => {
  const gateOf = ({ verdict }: ReturnType<typeof judge>, name: string) =>
    verdict.gates.find((gate) => gate.name === name);

  test('opens the holdout of a strategy that has passed all else', () => {
    const judged = judge('L3', markets);
    expect(judged.verdict.status).toBe('PASS');
    expect(gateOf(judged, 'holdoutSharpe')).toMatchObject({ passed: true, value: expect.any(Number) });
    expect(lastClose(judged.outcome.used)).toBe(startMs + count * barMs);
  });

  test('refuses a family that has seen it, and then looks at no sealed bar', () => {
    const seen = { holdoutSeen: 'results of this family were seen up to 2023-12-31' };
    const judged = judge('L3', markets, seen);
    expect(judged.verdict.status).toBe('FAIL');
    expect(gateOf(judged, 'holdoutSharpe')).toMatchObject({ passed: false, note: seen.holdoutSeen });
    expect(lastClose(judged.outcome.used)).toBeLessThanOrEqual(sealedFromMs);
    expect(JSON.stringify(judge('L3', noise, seen).verdict)).toBe(JSON.stringify(judged.verdict));
  });

  test('begins the holdout where the family stopped looking', () => {
    const unseenFromMs = sealedFromMs + 100 * dayMs;
    const { verdict } = judge('L3', markets, { unseenFromMs });
    const holdout = verdict.windows.find(({ name }) => name === 'holdout');
    expect(holdout?.fromMs).toBeGreaterThanOrEqual(unseenFromMs);
    expect((holdout?.fromMs ?? 0) - unseenFromMs).toBeLessThan(barMs);
  });
});
