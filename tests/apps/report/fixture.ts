import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashColumns } from '../../../adapters/hashing.ts';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { strategyHash } from '../../../adapters/strategy-files/strategy-hash.ts';
import type { ReportModel, StrategyReport } from '../../../apps/report/model.ts';
import { loadValidationGates } from '../../../config/validation-gates.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import { parameterValues } from '../../../core/strategy/strategy.ts';
import { validateTier } from '../../../core/validation/validate-tier.ts';

const bars = fileURLToPath(new URL('../../fixtures/data/ohlcv/', import.meta.url));

/** Where the bars of a symbol are, as `--data` takes it. */
export const fixtureSource = (symbol: string): string =>
  `${symbol}=${join(bars, `${symbol.replace('/', '-')}-1h.csv.gz`)}`;

type Idea = readonly [name: string, hypothesis: string, coin: string, body: string];

const sma = `parameters:
  fast: { default: 24, min: 2, max: 50, step: 1, role: lookback }
  slow: { default: 120, min: 10, max: 300, step: 5, role: lookback }
features: { quick: "ema(close, fast)", calm: "ema(close, slow)" }
signals: { enterLong: "crossover(quick, calm)", exitLong: "crossunder(quick, calm)" }
forecast: quick / calm - 1`;
const both = `features: { gap: "zscore(close, 96)" }
signals: { enterLong: "gap < -2", exitLong: "gap > 0", enterShort: "gap > 2", exitShort: "gap < 0" }
forecast: -gap
exits: { stopLoss: 0.05, maxBars: 96 }`;
const breakout = `signals: { enterLong: "close > lag(highest(high, 72), 1)", exitLong: "close < lag(lowest(low, 36), 1)" }
exits: { stopLoss: 0.03, takeProfit: 0.08, trailingStop: 0.06 }`;
const evening = `signals: { enterLong: "hour == 20", exitLong: "hour == 23" }`;
const quiet = `signals: { enterLong: "natr(24) < 0.0001", exitLong: "natr(24) > 0.02" }`;
const strength = `signals: { enterLong: "crossover(rsi(close, 14), 30)", exitLong: "rsi(close, 14) > 55" }
forecast: 50 - rsi(close, 14)`;

const ideas: readonly Idea[] = [
  ['Trend by two means', 'Hourly trends of large coins outlast the lag of a day-long mean.', 'BTC', sma],
  ['Trend by two means, ether', 'What holds for bitcoin holds for ether, which follows it.', 'ETH', sma],
  ['Stretched rubber band', 'Two deviations from the four-day mean are too far: price comes back.', 'BTC', both],
  ['Stretched rubber band, solana', 'Smaller coins overshoot more, and come back further.', 'SOL', both],
  ['Three-day breakout', 'A new three-day high means that somebody knows something.', 'SOL', breakout],
  ['Three-day breakout, ripple', 'The same, where news comes in lumps.', 'XRP', breakout],
  ['Evening drift', 'New York closes, Asia opens: the gap is filled by buyers.', 'ETH', evening],
  ['Evening drift, bitcoin', 'As for ether, with more depth and so less of it.', 'BTC', evening],
  ['Calm before', 'Very calm markets break upwards.', 'BTC', quiet],
  ['Oversold hour', 'An hour that everybody sold is bought back.', 'XRP', strength],
  ['Oversold hour, bitcoin', 'An hour that everybody sold is bought back, in the deepest market too.', 'BTC', strength],
  ['Oversold hour, solana', 'An hour that everybody sold is bought back, and solana most of all.', 'SOL', strength],
];

/** A run of twelve strategies on recorded hourly bars, judged at L0 by the real engine. Seconds are made up. */
export async function fixtureModel(): Promise<ReportModel> {
  const strategies: StrategyReport[] = [];
  for (const [index, idea] of ideas.entries()) strategies.push(await judge(idea, index));
  const sequentialSeconds = strategies.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  return {
    run: {
      runId: 'l0-20261126-021500',
      tier: 'L0',
      workflowId: 'parallel-validation:l0-20261126-021500',
      startedAtMs: Date.UTC(2026, 10, 26, 2, 15),
      finishedAtMs: Date.UTC(2026, 10, 26, 2, 15, 4),
      wallSeconds: 1.31,
      sequentialSeconds,
      strategies: strategies.length,
      notices: ['10 of 12 did not pass L0'],
    },
    strategies,
    version: '0.1.0',
  };
}

async function judge([name, hypothesis, coin, body]: Idea, index: number): Promise<StrategyReport> {
  const strategyId = `STR-${String(index + 1).padStart(3, '0')}`;
  const symbol = `${coin}/USDT`;
  const head = `id: ${strategyId}\nname: "${name}"\nhypothesis: "${hypothesis}"\nuniverse: [${symbol}]\ntimeframe: 1h\n`;
  const { strategy, errors } = checkStrategyText(head + body);
  if (!strategy) throw new Error(`fixture ${strategyId}: ${JSON.stringify(errors)}`);
  const { markets } = await loadMarkets({
    universe: [symbol],
    timeframe: '1h',
    data: [fixtureSource(symbol)],
  });
  const parameters = parameterValues(strategy);
  const { verdict, outcome } = validateTier({
    strategyId,
    tier: 'L0',
    strategyHash: strategyHash(strategy),
    codeVersion: '0.1.0+3eafea5',
    trialsBefore: index,
    markets,
    thresholds: loadValidationGates(),
    allowGaps: false,
    strategy: compileStrategy(strategy),
    options: { fill: 'nextOpen', startEquity: 10_000, closeAtEnd: true, returns: 'daily', costs: strategy.costs },
    hashMarkets: hashColumns,
  });
  const used = outcome.used[0]?.bars;
  return {
    strategyId,
    name,
    hypothesis,
    file: `strategies/${strategyId}-${name.toLowerCase().replaceAll(/\W+/g, '-')}.yaml`,
    symbols: strategy.universe,
    timeframe: strategy.timeframe,
    parameters,
    verdict,
    seconds: 0.18 + ((index * 7) % 12) / 40,
    workflowId: `strategy-validation:l0-20261126-021500:${strategyId}`,
    ...(outcome.result && { result: outcome.result }),
    ...(used && { bars: used }),
  };
}
