import { seriesFunctions } from '../core/strategy/functions/index.ts';
import type { ArgumentSpec, SeriesFunction } from '../core/strategy/functions/series-function.ts';
import { type BenchRow, measure } from './measure.ts';

const bars = 1_000_000;
const shortWindow = 20;
const longWindow = 2_000;

/** Constants that are no common window. */
const constants: Readonly<Record<string, number>> = { mult: 2, q: 0.9, step: 0.02, max: 0.2 };
const macdWindows: Readonly<Record<string, number>> = { fast: 12, slow: 26, signal: 9 };
const smoothing: Readonly<Record<string, number>> = { kSmooth: 3, dSmooth: 3 };

type Market = Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', Float64Array>>;

/**
 * Every function over 1,000,000 bars of a seeded random walk, once with a short and, where it has a window, once with a
 * long one: what a bar costs does not depend on it, or only by its logarithm.
 */
export async function benchEvalFunctions(): Promise<readonly BenchRow[]> {
  const market = randomWalk(bars);
  const rows: BenchRow[] = [];
  for (const fn of seriesFunctions.values()) {
    const hasWindow = fn.args.some(({ name }) => name === 'w' || name === 'kWindow');
    for (const window of hasWindow ? [shortWindow, longWindow] : [shortWindow])
      rows.push(await timed(fn, window, market));
  }
  return rows;
}

async function timed(fn: SeriesFunction, window: number, market: Market): Promise<BenchRow> {
  const values = fn.args.flatMap((argument) => (argument.kind === 'series' ? [] : [constantOf(argument, window)]));
  const series = fn.args.flatMap(({ name, kind }) => (kind === 'series' ? [seriesOf(name, market)] : []));
  const inputs = [...series, ...fn.columns.map((column) => market[column])];
  const outputs = fn.outputs.map(() => new Float64Array(bars));
  const { seconds, peakRssMb } = await measure(() => fn.create(values).advance(inputs, outputs, 0, bars));
  const names = fn.args.flatMap(({ name, kind }) => (kind === 'series' ? [name] : []));
  return { what: `${fn.name}(${[...names, ...values].join(', ')})`, bars, seconds, peakRssMb, goal: 'at most 1 s' };
}

const constantOf = ({ name }: ArgumentSpec, window: number): number =>
  constants[name] ?? macdWindows[name] ?? smoothing[name] ?? window;

function seriesOf(argument: string, { open, close, volume }: Market): Float64Array {
  // A condition that is true at about every other bar.
  if (argument === 'c') return close.map((value, bar) => Number(value > open[bar]));
  return argument === 'b' ? open : argument === 'y' ? volume : close;
}

/** Bars of a random walk, the same on every machine (linear congruential generator of Numerical Recipes, seed 1). */
function randomWalk(count: number): Market {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const column = () => new Float64Array(count);
  const market = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  let price = 30_000;
  for (let bar = 0; bar < count; bar += 1) {
    market.open[bar] = price;
    price *= Math.exp(0.01 * (next() - 0.5));
    market.close[bar] = price;
    market.high[bar] = Math.max(market.open[bar], price) * (1 + 0.003 * next());
    market.low[bar] = Math.min(market.open[bar], price) * (1 - 0.003 * next());
    market.volume[bar] = 1_000 * next();
  }
  return market;
}
