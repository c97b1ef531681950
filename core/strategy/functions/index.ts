import { barsSince, valueWhen } from './condition-memory.ts';
import { crossover, crossunder } from './crossing.ts';
import { dema, ema, tema, wilder } from './ema.ts';
import { highest, lowest } from './extremes.ts';
import { diff, lag, roc } from './lag.ts';
import { pending } from './pending.ts';
import type { SeriesFunction } from './series-function.ts';
import { sma, sum } from './sma.ts';

const all: readonly SeriesFunction[] = [
  lag,
  diff,
  roc,
  sma,
  ema,
  dema,
  tema,
  wilder,
  highest,
  lowest,
  sum,
  crossover,
  crossunder,
  barsSince,
  valueWhen,
  ...pending,
];

/** Every function of the expression language that looks at more than one bar, by name. */
export const seriesFunctions: ReadonlyMap<string, SeriesFunction> = new Map(all.map((entry) => [entry.name, entry]));
