import { loadMarkets } from '../adapters/market-data/load-markets.ts';
import { checkStrategyText } from '../adapters/strategy-files/check-strategy.ts';
import { loadValidationGates } from '../config/validation-gates.ts';
import { compileStrategy } from '../core/strategy/compile.ts';
import { validateTier } from '../core/validation/validate-tier.ts';
import type { BenchRow } from './measure.ts';

const text = `id: STR-900
name: Two means
hypothesis: Only the time it takes is of interest.
universe: [BTC/USDT:USDT, ETH/USDT:USDT, SOL/USDT:USDT, BNB/USDT:USDT, XRP/USDT:USDT, ADA/USDT:USDT]
timeframe: 1h
parameters:
  fast: { default: 20, min: 5, max: 62, step: 3 }
  slow: { default: 100, min: 80, max: 320, step: 10 }
signals: { enterLong: "crossover(sma(close, fast), sma(close, slow))", exitLong: "crossunder(sma(close, fast), sma(close, slow))" }
`;

const pointsOfGrid = 500;

/**
 * L2 as `validate` runs it, on one thread: 500 points, six coins, three years of hours, walk-forward, neighbours, cost
 * stress, PBO, regimes, deflated Sharpe and both Monte Carlos of 1,000 runs.
 */
export async function benchTierL2(): Promise<readonly BenchRow[]> {
  const { strategy } = checkStrategyText(text);
  if (strategy === undefined) throw new Error('the strategy of the benchmark is not valid');
  const { markets } = await loadMarkets({ universe: strategy.universe, timeframe: strategy.timeframe });
  const startedMs = new Map<string, number>();
  const loops: string[] = [];
  const beganMs = performance.now();
  const beganCpu = process.cpuUsage();
  const { outcome } = validateTier({
    strategyId: strategy.id,
    tier: 'L2',
    strategyHash: '0123456789abcdef'.repeat(4),
    codeVersion: 'bench',
    trialsBefore: 0,
    markets,
    thresholds: loadValidationGates(),
    allowGaps: false,
    strategy: compileStrategy(strategy),
    options: { fill: 'nextOpen', startEquity: 10_000, closeAtEnd: true, returns: 'daily', costs: strategy.costs },
    hashMarkets: () => '',
    loops: {
      open(name, count, width) {
        startedMs.set(name, performance.now());
        return { data: new Float64Array(count * width), done: 0 };
      },
      reached(name, done, count) {
        if (done < count) return;
        const seconds = (performance.now() - (startedMs.get(name) ?? NaN)) / 1_000;
        loops.push(`${name} ${count} in ${seconds.toFixed(2)} s`);
      },
    },
  });
  const seconds = (performance.now() - beganMs) / 1_000;
  const cpu = process.cpuUsage(beganCpu);
  const points = outcome.details?.sweep?.sharpe.length ?? 0;
  if (points !== pointsOfGrid) throw new Error(`${points} points instead of ${pointsOfGrid}`);
  return [
    {
      what: 'L2, 500 points, 6 coins, 3 years of hours, everything, one thread',
      bars: outcome.windows[0].bars,
      points,
      seconds: [seconds],
      peakRssMb: process.resourceUsage().maxRSS / 1024,
      goal: 'under 60 s on two cores',
      notes: [`${((cpu.user + cpu.system) / 1e6).toFixed(1)} s of CPU`, ...loops],
    },
  ];
}
