import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkStrategyText } from '../adapters/strategy-files/check-strategy.ts';
import { runBacktest } from '../core/backtest/engine.ts';
import type { BacktestOptions } from '../core/backtest/types.ts';
import type { Bars } from '../core/market/bars.ts';
import { compileStrategy } from '../core/strategy/compile.ts';
import { parameterValues } from '../core/strategy/strategy.ts';
import { type BenchRow, measure } from './measure.ts';
import { minuteBars } from './minute-bars.ts';

const bars = 100_000;
const [fast, slow] = [10, 50];

const head = `id: STR-900
name: bench
hypothesis: Only the time it takes is of interest.
universe: [FIL/USDT:USDT]
timeframe: 1m
features: { fastMean: "sma(close, ${fast})", slowMean: "sma(close, ${slow})" }
`;

/** The job of the peer, and one that uses more of the engine. */
const strategies = {
  cross: `${head}signals: { enterLong: "crossover(fastMean, slowMean)", exitLong: "crossunder(fastMean, slowMean)" }`,
  bothSides: `${head}signals:
  enterLong: crossover(fastMean, slowMean)
  exitLong: crossunder(fastMean, slowMean)
  enterShort: crossunder(fastMean, slowMean)
  exitShort: crossover(fastMean, slowMean)
exits: { stopLoss: 0.01, takeProfit: 0.02, trailingStop: 0.015, maxBars: 240 }
sizing: { method: volTarget, annualVol: 0.4, lookback: 60, maxFraction: 1 }`,
};

/** backtesting.py 0.6.6 on this job on 2026-11-21, an hour in which its machine was slow: only where it can't be run. */
const recordedPeer = { name: 'backtesting.py', version: '0.6.6', seconds: bars / 135_000, trades: 1386 };

/**
 * The event engine on 100,000 one-minute bars: indicators, signals, trades, equity and all metrics, everything but the
 * compilation. A peer is timed beside it where a Python that has it is found (NIGHTDESK_PEER_PYTHON, else python3).
 */
export async function benchEventEngine(): Promise<readonly BenchRow[]> {
  const { bars: market, source } = minuteBars(bars);
  const cross = await timed(strategies.cross, market);
  const both = await timed(strategies.bothSides, market);
  const measured = measurePeer(market);
  const { trades, ...peer } = measured ?? recordedPeer;
  const best = Math.min(...cross.seconds);
  return [
    {
      what: `event engine, SMA(${fast},${slow}), one strategy`,
      bars,
      seconds: cross.seconds,
      peakRssMb: cross.peakRssMb,
      peer,
      ratio: peer.seconds / best,
      goal: 'at least 100 x backtesting.py',
      notes: [
        source,
        measured === undefined ? 'peer: the recorded figure, another machine and hour' : 'peer: timed beside it',
        `${cross.trades} round trips, the peer ${trades}: its cross needs strictly below on the bar before, ours at or below, and prices of three decimals tie often`,
      ],
    },
    {
      what: 'event engine, both sides, stops, target, trailing, maxBars, volTarget',
      bars,
      seconds: both.seconds,
      peakRssMb: both.peakRssMb,
      notes: [source, `${both.trades} round trips`],
    },
  ];
}

async function timed(text: string, market: Bars) {
  const { strategy } = checkStrategyText(text);
  if (strategy === undefined) throw new Error('the strategy of the benchmark is not valid');
  const compiled = compileStrategy(strategy);
  const options: BacktestOptions = {
    fill: 'nextOpen',
    startEquity: 10_000,
    closeAtEnd: true,
    returns: 'daily',
    costs: { feeBps: 10, slippageBps: 0 },
    parameters: parameterValues(strategy),
  };
  const { seconds, peakRssMb, result } = await measure(() => runBacktest(compiled, [{ bars: market }], options));
  return { seconds, peakRssMb, trades: result.trades.length };
}

/** Runs the peer on the same bars; undefined where no Python has it. */
function measurePeer(market: Bars): typeof recordedPeer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bench-'));
  try {
    const file = join(folder, 'bars.csv');
    const rows = Array.from(market.timeMs, (timeMs, bar) =>
      [timeMs, market.open[bar], market.high[bar], market.low[bar], market.close[bar]].join(','),
    );
    writeFileSync(file, `timestamp,open,high,low,close\n${rows.join('\n')}\n`);
    const script = fileURLToPath(new URL('peers/backtesting_py.py', import.meta.url));
    const python = process.env['NIGHTDESK_PEER_PYTHON'] ?? 'python3';
    const output = execFileSync(python, [script, file, String(fast), String(slow)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(output.toString()) as typeof recordedPeer;
  } catch {
    return undefined; // no Python, or none with the peer
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
