import { BaselineSeries, LineSeries, LineStyle } from 'lightweight-charts';
import { block, chartLooks, looks, minute, newChart, percent, whole, wholePercent } from './chart.js';
import { readCandles, readTimes, readValues, seconds } from './columns.js';

/** @typedef {import('./columns.js').UTCTimestamp} UTCTimestamp */
/** @typedef {import('./chart.js').Drawn} Drawn */
/** @typedef {import('./chart.js').RunBlock} RunBlock */
/** @typedef {{ time: UTCTimestamp, value: number }} Point */

/** Equity beside buy and hold, and the drawdown below. @param {HTMLElement} plot @returns {Drawn} */
export function drawEquity(plot) {
  const { startEquity, marks, falls, held } = equityPoints(plot);
  const { chart, readout } = newChart(plot);
  const money = { type: /** @type {const} */ ('custom'), formatter: whole, minMove: 0.01 };
  const share = { type: /** @type {const} */ ('custom'), formatter: wholePercent, minMove: 0.001 };
  const quiet = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 3 };
  const hold = chart.addSeries(LineSeries, {
    ...quiet,
    lineWidth: 1,
    lineStyle: LineStyle.Dashed,
    priceFormat: money,
    autoscaleInfoProvider: () => ({ priceRange: roomFor(held, marks, startEquity) }),
  });
  const equity = chart.addSeries(LineSeries, { ...quiet, lineWidth: 2, priceFormat: money });
  const fall = chart.addSeries(BaselineSeries, { ...quiet, lineWidth: 1, priceFormat: share }, 1);
  fall.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.2 } });
  hold.setData(held);
  equity.setData(marks);
  fall.setData(falls);
  const start = equity.createPriceLine({
    price: startEquity,
    lineWidth: 1,
    lineStyle: LineStyle.Dotted,
    axisLabelVisible: false,
  });
  chart.panes()[0]?.setStretchFactor(3);
  chart.panes()[1]?.setStretchFactor(1.1);
  chart.timeScale().fitContent();

  const indexOf = new Map(marks.map(({ time }, index) => [time, index]));
  const heldAt = new Map(held.map(({ time, value }) => [time, value]));
  /** @param {number} index */
  const say = (index) => {
    const { time, value } = marks[index];
    const other = heldAt.get(time);
    const beside = other === undefined ? '' : `, buy and hold ${whole(other)} (dashed)`;
    readout.textContent = `${minute(time)}: equity ${whole(value)}, drawdown ${percent(falls[index].value)}${beside}`;
  };
  const last = marks.length - 1;
  chart.subscribeCrosshairMove(({ time }) => say(indexOf.get(/** @type {UTCTimestamp} */ (time)) ?? last));
  say(last);
  return {
    chart,
    apply() {
      const { accent, muted, pain, painWash } = looks();
      chart.applyOptions(chartLooks());
      equity.applyOptions({ color: accent });
      hold.applyOptions({ color: muted });
      start.applyOptions({ color: muted });
      fall.applyOptions({
        topLineColor: pain,
        bottomLineColor: pain,
        bottomFillColor1: painWash,
        bottomFillColor2: painWash,
      });
    },
  };
}

/**
 * The range of buy and hold that is shown: beside the equity, not at its cost. A coin that doubles would press the
 * equity, which the chart is about, into a straight line.
 * @param {Point[]} held @param {Point[]} marks @param {number} startEquity
 */
function roomFor(held, marks, startEquity) {
  /** @param {Point[]} points */
  const low = (points) => points.reduce((least, { value }) => Math.min(least, value), startEquity);
  /** @param {Point[]} points */
  const high = (points) => points.reduce((most, { value }) => Math.max(most, value), startEquity);
  const room = Math.max(0.6 * (high(marks) - low(marks)), 0.05 * startEquity);
  return {
    minValue: Math.max(low(held), low(marks) - room),
    maxValue: Math.min(high(held), high(marks) + room),
  };
}

/** The curves of a run; buy and hold has no costs and starts at the first open. @param {HTMLElement} plot */
function equityPoints(plot) {
  /** @type {RunBlock} */
  const { startEquity, time, equity } = block(plot.dataset.block);
  const times = readTimes(time).map(seconds);
  const values = readValues(equity);
  const marks = times.map((at, index) => ({ time: at, value: values[index] }));
  let peak = startEquity;
  const falls = marks.map((mark) => {
    peak = Math.max(peak, mark.value);
    return { time: mark.time, value: mark.value / peak - 1 };
  });
  const candles = plot.dataset.bars ? readCandles(block(plot.dataset.bars)) : [];
  const held = candles.map((candle) => ({ time: candle.time, value: (startEquity * candle.close) / candles[0].open }));
  return { startEquity, marks, falls, held };
}
