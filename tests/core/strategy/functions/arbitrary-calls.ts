import * as fc from 'fast-check';
import type { ArgumentSpec, SeriesFunction } from '../../../../core/strategy/functions/series-function.ts';
import type { Call, Columns } from './run.ts';

/** Bars of one market from a random walk: ties, flat stretches, high levels and, where asked, missing values. */
type Market = Readonly<{ level: number; tick: number; bars: readonly (readonly number[])[]; gaps: readonly number[] }>;

/** Steps of a bar in ticks: the close's move, how far high and low reach beyond it, volume. */
const bar = fc.tuple(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 1000 }),
);

const market = fc.record({
  level: fc.constantFrom(100, 0.07, 43_210.5, 1e9),
  tick: fc.constantFrom(0.01, 1, 1 / 3),
  bars: fc.array(bar, { minLength: 1, maxLength: 90 }),
  gaps: fc.oneof(fc.constant([]), fc.array(fc.nat(89), { maxLength: 6 })),
}) satisfies fc.Arbitrary<Market>;

function columnsOf({ level, tick, bars, gaps }: Market): Columns {
  // Twice the longest possible fall above 0: prices are positive as the checks of bars demand.
  let close = Math.max(level, tick * 600);
  const rows = bars.map(([move = 0, above = 0, below = 0, volume = 0], t) => {
    const open = close;
    close += move * tick;
    if (gaps.includes(t)) return { open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
    return {
      open,
      high: Math.max(open, close) + above * tick,
      low: Math.min(open, close) - below * tick,
      close,
      volume: volume / 7,
    };
  });
  const column = (name: keyof Columns): Float64Array => Float64Array.from(rows, (row) => row[name]);
  return {
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}

function constantOf(argument: ArgumentSpec): fc.Arbitrary<number> {
  if (argument.kind === 'window') return fc.integer({ min: argument.min, max: argument.min + 24 });
  if (argument.kind === 'constant' && argument.min !== undefined) {
    return fc.constantFrom(0, 0.05, 0.25, 0.5, 0.9, 1, 1 / 3);
  }
  return fc.constantFrom(0.02, 0.2, 1.5, 2);
}

/** Calls of a function on random bars; conditions are 0, 1 or missing, other series are columns. */
export function arbitraryCall(fn: SeriesFunction): fc.Arbitrary<Call> {
  const constants = fc
    .tuple(...fn.args.filter(({ kind }) => kind !== 'series').map(constantOf))
    .filter((values) => fn.check?.(values) === undefined);
  return fc.tuple(market, constants).map(([shape, values]) => {
    const columns = columnsOf(shape);
    const series = fn.args.flatMap(({ name, kind }) => (kind === 'series' ? [seriesOf(name, columns)] : []));
    return { fn, constants: values, inputs: [...series, ...fn.columns.map((name) => columns[name])] };
  });
}

function seriesOf(argument: string, columns: Columns): Float64Array {
  if (argument === 'c')
    return columns.close.map((close, t) => (Number.isNaN(close) ? NaN : Number(close < (columns.open[t] ?? 0))));
  if (argument === 'b') return columns.open;
  return argument === 'y' ? columns.volume : columns.close;
}
