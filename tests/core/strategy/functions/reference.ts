/**
 * The functions written down once more, as plainly as the specification says them: two passes over every window, whole arrays,
 * no state. Slow, and meant to be read.
 */
type Series = readonly number[];
type Reference = (inputs: readonly Series[], constants: readonly number[]) => readonly Series[];

const present = (value: number): boolean => !Number.isNaN(value);
const finite = (value: number): number => (Number.isFinite(value) ? value : NaN);
const total = (values: Series): number => values.reduce((sum, value) => sum + value, 0);
const mean = (values: Series): number => total(values) / values.length;

/** `f` of every full window of w bars without a missing value (of all series, side by side). */
function overWindows(inputs: readonly Series[], w: number, f: (...windows: Series[]) => number): Series {
  return (inputs[0] ?? []).map((_, t) => {
    const windows = inputs.map((input) => input.slice(Math.max(0, t - w + 1), t + 1));
    const isFull = t >= w - 1 && windows.every((values) => values.every(present));
    return isFull ? finite(f(...windows)) : NaN;
  });
}

/** `f` of the bars where nothing is missing, its results put back to their bars. */
function overPresent(
  inputs: readonly Series[],
  f: (inputs: readonly Series[]) => readonly Series[],
): readonly Series[] {
  const bars = (inputs[0] ?? []).map((_, t) => t).filter((t) => inputs.every((input) => present(input[t] ?? NaN)));
  const results = f(inputs.map((input) => bars.map((t) => input[t] ?? NaN)));
  return results.map((result) => {
    const values = (inputs[0] ?? []).map(() => NaN);
    for (const [place, t] of bars.entries()) values[t] = finite(result[place] ?? NaN);
    return values;
  });
}

/** Less the first value, so that a high level hides nothing; the differences of neighbours are exact. */
const shifted = (values: Series): Series => values.map((value) => value - (values[0] ?? 0));

const deviations = (values: Series): Series => {
  const relative = shifted(values);
  const middle = mean(relative);
  return relative.map((value) => value - middle);
};
const products = (x: Series, y: Series): number => total(x.map((value, i) => value * (y[i] ?? NaN)));
const standardDeviation = (values: Series): number =>
  Math.sqrt(products(deviations(values), deviations(values)) / values.length);

/** Seeded by the mean of the first w. */
function recursive(values: Series, w: number, weight: number): Series {
  let now = NaN;
  return values.map((value, t) => {
    if (t === w - 1) now = mean(values.slice(0, w));
    else if (t >= w) now += (value - now) * weight;
    return now;
  });
}
const exponential = (values: Series, w: number): Series => recursive(values, w, 2 / (w + 1));
/** `first` missing values, then f of the rest. */
const after = (first: number, values: Series, f: (rest: Series) => Series): Series => [
  ...values.slice(0, first).map(() => NaN),
  ...f(values.slice(first)),
];

function quantileOf(values: Series, q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? NaN;
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? NaN) - below);
}

const typicalPrice = ([high = [], low = [], close = []]: readonly Series[]): Series =>
  high.map((value, t) => (value + (low[t] ?? NaN) + (close[t] ?? NaN)) / 3);

const lagOf = (x: Series, k: number): Series => x.map((_, t) => x[t - k] ?? NaN);

function trueRanges([high = [], low = [], close = []]: readonly Series[]): Series {
  return high.map((top, t) => {
    const before = close[t - 1] ?? NaN;
    const bottom = low[t] ?? NaN;
    return Math.max(top, before) - Math.min(bottom, before);
  });
}

/** Wilder's mean of the true ranges of bars 1, 2, …. */
const averageTrueRange = (columns: readonly Series[], w: number): Series =>
  after(1, trueRanges(columns), (ranges) => recursive(ranges, w, 1 / w));

/** The directional indicators by TA-Lib's sums: w - 1 bars added up, then sum - sum / w + now. */
function directionalIndicators(columns: readonly Series[], w: number): readonly [Series, Series] {
  const [high = [], low = []] = columns;
  const ranges = trueRanges(columns);
  const up = high.map((value, t) => value - (high[t - 1] ?? NaN));
  const down = low.map((value, t) => (low[t - 1] ?? NaN) - value);
  const faded = (values: Series): Series => {
    let sum = 0;
    return values.map((value, t) => {
      if (t === 0) return NaN;
      sum = t < w ? sum + value : sum - sum / w + value;
      return t < w ? NaN : sum;
    });
  };
  const range = faded(ranges);
  const share = (moves: Series): Series =>
    faded(moves).map((value, t) => (range[t] === 0 ? 0 : (100 * value) / (range[t] ?? NaN)));
  return [
    share(up.map((value, t) => (value > 0 && value > (down[t] ?? NaN) ? value : 0))),
    share(down.map((value, t) => (value > 0 && value > (up[t] ?? NaN) ? value : 0))),
  ];
}

function averageDirectionalIndex(columns: readonly Series[], w: number): Series {
  const [plus, minus] = directionalIndicators(columns, w);
  const index = plus.map((value, t) => {
    const other = minus[t] ?? NaN;
    return value + other === 0 ? 0 : (100 * Math.abs(value - other)) / (value + other);
  });
  return after(w, index, (rest) => recursive(rest, w, 1 / w));
}

function moneyFlowIndex(inputs: readonly Series[], w: number): Series {
  const typical = typicalPrice(inputs);
  const before = lagOf(typical, 1);
  const volume = inputs[3] ?? [];
  const flow = (direction: number): Series =>
    typical.map((value, t) => {
      const change = value - (before[t] ?? NaN);
      const money = value * (volume[t] ?? NaN);
      return present(change) && present(money) ? (Math.sign(change) === direction ? money : 0) : NaN;
    });
  return overWindows([flow(1), flow(-1)], w, (up, down) =>
    total(up) + total(down) === 0 ? 0 : (100 * total(up)) / (total(up) + total(down)),
  );
}

/** The place of the close in the range of the window, 0 at the bottom to 1 at the top; 0 on 0/0. */
function placeInRange([high = [], low = [], close = []]: readonly Series[], w: number, from: 'top' | 'bottom'): Series {
  const top = overWindows([high], w, (values) => Math.max(...values));
  const bottom = overWindows([low], w, (values) => Math.min(...values));
  return close.map((value, t) => {
    const range = (top[t] ?? NaN) - (bottom[t] ?? NaN);
    if (!present(range) || !present(value)) return NaN;
    if (range === 0) return 0;
    return (from === 'bottom' ? value - (bottom[t] ?? NaN) : value - (top[t] ?? NaN)) / range;
  });
}

function stochastic(inputs: readonly Series[], [kWindow = 1, kSmooth = 1, dSmooth = 1]: readonly number[]): Series[] {
  const raw = placeInRange(inputs, kWindow, 'bottom').map((value) => 100 * value);
  const k = overWindows([raw], kSmooth, mean);
  const d = overWindows([k], dSmooth, mean);
  return [k.map((value, t) => (present(d[t] ?? NaN) ? value : NaN)), d];
}

/** TA-Lib's ta_SAR.c, both directions spelt out. */
function stopAndReverse([high = [], low = []]: readonly Series[], [step = 0, most = 0]: readonly number[]): Series {
  const first = Math.min(step, most);
  const at = (values: Series, t: number): number => values[t] ?? NaN;
  const down = at(low, 0) - at(low, 1);
  let isLong = !(down > 0 && at(high, 1) - at(high, 0) < down);
  let extreme = isLong ? at(high, 1) : at(low, 1);
  let stop = isLong ? at(low, 0) : at(high, 0);
  let speed = first;
  return high.map((top, t) => {
    if (t === 0) return NaN;
    const bottom = at(low, t);
    const topBefore = t === 1 ? top : at(high, t - 1);
    const bottomBefore = t === 1 ? bottom : at(low, t - 1);
    let shown = stop;
    if (isLong && bottom <= stop) {
      isLong = false;
      shown = Math.max(extreme, topBefore, top);
      speed = first;
      extreme = bottom;
      stop = Math.max(shown + speed * (extreme - shown), topBefore, top);
    } else if (isLong) {
      if (top > extreme) speed = Math.min(speed + first, most);
      extreme = Math.max(extreme, top);
      stop = Math.min(stop + speed * (extreme - stop), bottomBefore, bottom);
    } else if (top >= stop) {
      isLong = true;
      shown = Math.min(extreme, bottomBefore, bottom);
      speed = first;
      extreme = top;
      stop = Math.min(shown + speed * (extreme - shown), bottomBefore, bottom);
    } else {
      if (bottom < extreme) speed = Math.min(speed + first, most);
      extreme = Math.min(extreme, bottom);
      stop = Math.max(stop + speed * (extreme - stop), topBefore, top);
    }
    return shown;
  });
}

function relativeStrength(x: Series, w: number): Series {
  const changes = x.map((value, t) => value - (x[t - 1] ?? NaN));
  const smooth = (values: Series): Series => after(1, values, (rest) => recursive(rest, w, 1 / w));
  const rises = smooth(changes.map((change) => Math.max(change, 0)));
  const falls = smooth(changes.map((change) => Math.max(-change, 0)));
  return rises.map((rise, t) => (rise === 0 && falls[t] === 0 ? 0 : (100 * rise) / (rise + (falls[t] ?? NaN))));
}

function convergence(x: Series, [fast = 1, slow = 1, signal = 1]: readonly number[]): Series[] {
  const fastMean = after(slow - fast, x, (rest) => exponential(rest, fast));
  const slowMean = exponential(x, slow);
  const line = fastMean.map((value, t) => value - (slowMean[t] ?? NaN));
  const smooth = after(slow - 1, line, (rest) => exponential(rest, signal));
  return [
    line.map((value, t) => (present(smooth[t] ?? NaN) ? value : NaN)),
    smooth,
    line.map((value, t) => value - (smooth[t] ?? NaN)),
  ];
}

function slopeOf(values: Series): number {
  const times = deviations(values.map((_, t) => t));
  return products(times, shifted(values)) / products(times, times);
}

/** Kleene: `a > b and lag(a, 1) <= lag(b, 1)`. */
function crossing(a: Series, b: Series): Series {
  return a.map((now, t) => {
    const known = [now, b[t] ?? NaN, a[t - 1] ?? NaN, b[t - 1] ?? NaN] as const;
    const isAbove = present(known[0]) && present(known[1]) ? known[0] > known[1] : undefined;
    const wasNot = present(known[2]) && present(known[3]) ? known[2] <= known[3] : undefined;
    if (isAbove === false || wasNot === false) return 0;
    return isAbove === true && wasNot === true ? 1 : NaN;
  });
}

const lastTrue = (c: Series, t: number): number =>
  c.slice(0, t + 1).findLastIndex((condition) => present(condition) && condition !== 0);

const weights = (w: number): Series => Array.from({ length: w }, (_, i) => i + 1);

export const references: Readonly<Record<string, Reference>> = {
  lag: ([x = []], [k = 0]) => [lagOf(x, k)],
  diff: ([x = []], [k = 1]) => [x.map((value, t) => value - (lagOf(x, k)[t] ?? NaN))],
  roc: ([x = []], [k = 1]) => [x.map((value, t) => finite(value / (lagOf(x, k)[t] ?? NaN) - 1))],
  sma: ([x = []], [w = 1]) => [overWindows([x], w, mean)],
  ema: (inputs, [w = 1]) => overPresent(inputs, ([x = []]) => [exponential(x, w)]),
  wma: ([x = []], [w = 1]) => [overWindows([x], w, (values) => products(values, weights(w)) / total(weights(w)))],
  dema: (inputs, [w = 1]) =>
    overPresent(inputs, ([x = []]) => {
      const once = exponential(x, w);
      const twice = after(w - 1, once, (rest) => exponential(rest, w));
      return [once.map((value, t) => 2 * value - (twice[t] ?? NaN))];
    }),
  tema: (inputs, [w = 1]) =>
    overPresent(inputs, ([x = []]) => {
      const once = exponential(x, w);
      const twice = after(w - 1, once, (rest) => exponential(rest, w));
      const thrice = after(2 * (w - 1), twice, (rest) => exponential(rest, w));
      return [once.map((value, t) => 3 * value - 3 * (twice[t] ?? NaN) + (thrice[t] ?? NaN))];
    }),
  wilder: (inputs, [w = 1]) => overPresent(inputs, ([x = []]) => [recursive(x, w, 1 / w)]),
  rsi: (inputs, [w = 2]) => overPresent(inputs, ([x = []]) => [relativeStrength(x, w)]),
  cci: (inputs, [w = 2]) => [
    overWindows([typicalPrice(inputs)], w, (values) => {
      const distances = deviations(values);
      const spread = mean(distances.map(Math.abs));
      return spread === 0 ? 0 : (distances.at(-1) ?? NaN) / (0.015 * spread);
    }),
  ],
  willr: (inputs, [w = 1]) => [placeInRange(inputs, w, 'top').map((value) => 100 * value)],
  mfi: (inputs, [w = 2]) => [moneyFlowIndex(inputs, w)],
  obv: (inputs) =>
    overPresent(inputs, ([close = [], volume = []]) => {
      const moves = close.map(
        (value, t) => (t === 0 ? 1 : Math.sign(value - (close[t - 1] ?? NaN))) * (volume[t] ?? NaN),
      );
      return [moves.map((_, t) => total(moves.slice(0, t + 1)))];
    }),
  trueRange: (inputs) => [trueRanges(inputs)],
  atr: (inputs, [w = 1]) => overPresent(inputs, (columns) => [averageTrueRange(columns, w)]),
  natr: (inputs, [w = 1]) =>
    overPresent(inputs, (columns) => [
      averageTrueRange(columns, w).map((value, t) => value / (columns[2]?.[t] ?? NaN)),
    ]),
  adx: (inputs, [w = 2]) => overPresent(inputs, (columns) => [averageDirectionalIndex(columns, w)]),
  plusDi: (inputs, [w = 1]) => overPresent(inputs, (columns) => [directionalIndicators(columns, w)[0]]),
  minusDi: (inputs, [w = 1]) => overPresent(inputs, (columns) => [directionalIndicators(columns, w)[1]]),
  macd: (inputs, constants) => overPresent(inputs, ([x = []]) => convergence(x, constants)),
  bbands: ([x = []], [w = 1, mult = 2]) =>
    [1, 0, -1].map((side) => overWindows([x], w, (values) => mean(values) + side * mult * standardDeviation(values))),
  stoch: stochastic,
  sar: (inputs, constants) => overPresent(inputs, (columns) => [stopAndReverse(columns, constants)]),
  highest: ([x = []], [w = 1]) => [overWindows([x], w, (values) => Math.max(...values))],
  lowest: ([x = []], [w = 1]) => [overWindows([x], w, (values) => Math.min(...values))],
  sum: ([x = []], [w = 1]) => [overWindows([x], w, total)],
  stddev: ([x = []], [w = 1]) => [overWindows([x], w, standardDeviation)],
  median: ([x = []], [w = 1]) => [overWindows([x], w, (values) => quantileOf(values, 0.5))],
  zscore: ([x = []], [w = 1]) => [
    overWindows([x], w, (values) => (deviations(values).at(-1) ?? NaN) / standardDeviation(values)),
  ],
  quantile: ([x = []], [w = 1, q = 0.5]) => [overWindows([x], w, (values) => quantileOf(values, q))],
  percentRank: ([x = []], [w = 1]) => [
    overWindows([x], w, (values) => values.filter((value) => value <= (values.at(-1) ?? NaN)).length / w),
  ],
  slope: ([x = []], [w = 2]) => [overWindows([x], w, slopeOf)],
  correlation: ([x = [], y = []], [w = 2]) => [
    overWindows([x, y], w, (a, b) => {
      const [da, db] = [deviations(a), deviations(b)];
      return products(da, db) / Math.sqrt(products(da, da)) / Math.sqrt(products(db, db));
    }),
  ],
  beta: ([x = [], y = []], [w = 2]) => [
    overWindows([x, y], w, (a, b) => products(deviations(a), deviations(b)) / products(deviations(b), deviations(b))),
  ],
  vwap: (inputs, [w = 1]) => [
    overWindows([typicalPrice(inputs), inputs[3] ?? []], w, (price, volume) => products(price, volume) / total(volume)),
  ],
  crossover: ([a = [], b = []]) => [crossing(a, b)],
  crossunder: ([a = [], b = []]) => [crossing(b, a)],
  barsSince: ([c = []]) => [c.map((_, t) => (lastTrue(c, t) < 0 ? NaN : t - lastTrue(c, t)))],
  valueWhen: ([c = [], x = []]) => [c.map((_, t) => x[lastTrue(c, t)] ?? NaN)],
};
