import { cci } from './cci.ts';
import { barsSince, valueWhen } from './condition-memory.ts';
import { beta, correlation } from './correlation.ts';
import { crossover, crossunder } from './crossing.ts';
import { adx, minusDi, plusDi } from './directional.ts';
import { bbands, stddev, zscore } from './dispersion.ts';
import { dema, ema, tema, wilder } from './ema.ts';
import { highest, lowest } from './extremes.ts';
import { diff, lag, roc } from './lag.ts';
import { macd } from './macd.ts';
import { mfi } from './mfi.ts';
import { obv } from './obv.ts';
import { median, percentRank, quantile } from './order-statistics.ts';
import { stoch, willr } from './range-position.ts';
import { rsi } from './rsi.ts';
import { sar } from './sar.ts';
import { slope } from './slope.ts';
import { sma, sum } from './sma.ts';
import { atr, natr, trueRange } from './true-range.ts';
import { vwap } from './vwap.ts';
import { wma } from './wma.ts';
import type { SeriesFunction } from './series-function.ts';

/** In the order of the specification's table. */
const all: readonly SeriesFunction[] = [
  lag,
  diff,
  roc,
  sma,
  ema,
  wma,
  dema,
  tema,
  wilder,
  rsi,
  cci,
  willr,
  mfi,
  obv,
  trueRange,
  atr,
  natr,
  adx,
  plusDi,
  minusDi,
  macd,
  bbands,
  stoch,
  sar,
  highest,
  lowest,
  sum,
  stddev,
  median,
  zscore,
  quantile,
  percentRank,
  slope,
  correlation,
  beta,
  vwap,
  crossover,
  crossunder,
  barsSince,
  valueWhen,
];

/** Every function of the expression language that looks at more than one bar, by name. */
export const seriesFunctions: ReadonlyMap<string, SeriesFunction> = new Map(all.map((entry) => [entry.name, entry]));
