/** Reads back what ../columns.ts writes. */
/** @typedef {import('lightweight-charts').UTCTimestamp} UTCTimestamp */
/** @typedef {import('../columns.ts').TimeColumn} TimeColumn */
/** @typedef {import('../columns.ts').ValueColumn} ValueColumn */
/** @typedef {import('../columns.ts').CandleColumns} CandleColumns */
/** @typedef {{ time: UTCTimestamp, open: number, high: number, low: number, close: number }} Candle */

/** @param {TimeColumn} column @returns {number[]} epoch ms */
export function readTimes({ fromMs, stepMs, count, jumps }) {
  const steps = new Map(jumps);
  let timeMs = fromMs;
  return Array.from({ length: count }, (_, index) => (timeMs += index === 0 ? 0 : (steps.get(index) ?? stepMs)));
}

/** @param {ValueColumn} column */
export function readValues({ decimals, deltas }) {
  let whole = 0;
  return deltas.map((delta) => (whole += delta) / 10 ** decimals);
}

/** @param {CandleColumns} columns @returns {Candle[]} */
export function readCandles({ time, decimals, open, close, high, low }) {
  const scale = 10 ** decimals;
  let before = 0;
  return readTimes(time).map((timeMs, index) => {
    const from = before + open[index];
    const to = (before = from + close[index]);
    return {
      time: seconds(timeMs),
      open: from / scale,
      close: to / scale,
      high: (Math.max(from, to) + high[index]) / scale,
      low: (Math.min(from, to) - low[index]) / scale,
    };
  });
}

/** @param {number} timeMs */
export const seconds = (timeMs) => /** @type {UTCTimestamp} */ (timeMs / 1000);

/** Neighbouring candles put together into ones of `spanMs`, aligned to UTC. @param {Candle[]} candles @param {number} spanMs */
export function mergeCandles(candles, spanMs) {
  /** @type {Candle[]} */
  const merged = [];
  for (const candle of candles) {
    const time = seconds(Math.floor((candle.time * 1000) / spanMs) * spanMs);
    const last = merged.at(-1);
    if (last === undefined || last.time !== time) merged.push({ ...candle, time });
    else {
      last.high = Math.max(last.high, candle.high);
      last.low = Math.min(last.low, candle.low);
      last.close = candle.close;
    }
  }
  return merged;
}

/** Index of the candle that holds a time. @param {Candle[]} candles @param {number} timeMs */
export function candleAt(candles, timeMs) {
  let low = 0;
  let high = candles.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((candles[middle]?.time ?? 0) * 1000 <= timeMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
