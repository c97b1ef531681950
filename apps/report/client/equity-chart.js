import { AreaSeries, LineSeries, LineStyle } from 'lightweight-charts';
import { block, chartLooks, looks, minute, newChart, percent, whole } from './chart.js';
import { readCandles, readTimes, readValues, seconds } from './columns.js';

/** @typedef {import('./columns.js').UTCTimestamp} UTCTimestamp */
/** @typedef {import('./chart.js').Drawn} Drawn */
/** @typedef {import('./chart.js').RunBlock} RunBlock */

/** Equity beside buy and hold, and the drawdown below. @param {HTMLElement} plot @returns {Drawn} */
export function drawEquity(plot) {
  /** @type {RunBlock} */
  const run = block(plot.dataset.block);
  const times = readTimes(run.time).map(seconds);
  const marks = readValues(run.equity);
  const { chart, readout } = newChart(plot);
  const priceFormat = { type: /** @type {const} */ ('custom'), formatter: whole, minMove: 0.01 };
  const quiet = { priceLineVisible: false, crosshairMarkerRadius: 3 };
  const hold = plot.dataset.bars
    ? chart.addSeries(LineSeries, {
        ...quiet,
        lineWidth: 1,
        lineStyle: LineStyle.Dashed,
        priceFormat,
        lastValueVisible: false,
      })
    : undefined;
  const equity = chart.addSeries(LineSeries, { ...quiet, lineWidth: 2, priceFormat });
  const falls = chart.addSeries(
    AreaSeries,
    {
      ...quiet,
      lineWidth: 1,
      invertFilledArea: true,
      lastValueVisible: false,
      priceFormat: { type: 'custom', formatter: percent, minMove: 0.001 },
    },
    1,
  );
  equity.setData(times.map((time, index) => ({ time, value: marks[index] ?? 0 })));
  let peak = run.startEquity;
  const drawdown = marks.map((mark) => mark / (peak = Math.max(peak, mark)) - 1);
  falls.setData(times.map((time, index) => ({ time, value: drawdown[index] ?? 0 })));
  /** @type {Map<number, number>} */
  const held = new Map();
  if (hold) {
    const candles = readCandles(block(plot.dataset.bars));
    const first = candles[0]?.open ?? 1;
    for (const { time, close } of candles) held.set(time, (run.startEquity * close) / first);
    hold.setData([...held].map(([time, value]) => ({ time: /** @type {UTCTimestamp} */ (time), value })));
  }
  const line = equity.createPriceLine({
    price: run.startEquity,
    lineWidth: 1,
    lineStyle: LineStyle.Dotted,
    axisLabelVisible: false,
  });
  chart.panes()[0]?.setStretchFactor(3);
  chart.panes()[1]?.setStretchFactor(1.1);
  chart.timeScale().fitContent();

  const lastIndex = times.length - 1;
  /** @param {number} index */
  const say = (index) => {
    const time = times[index] ?? 0;
    const other = held.get(time);
    readout.textContent = `${minute(time)}  equity ${whole(marks[index] ?? 0)}  drawdown ${percent(drawdown[index] ?? 0)}${other === undefined ? '' : `  buy and hold ${whole(other)} (dashed)`}`;
  };
  const indexOf = new Map(times.map((time, index) => [time, index]));
  chart.subscribeCrosshairMove(({ time }) => say(indexOf.get(/** @type {UTCTimestamp} */ (time)) ?? lastIndex));
  say(lastIndex);
  return {
    chart,
    apply() {
      const { accent, muted, pain, painWash } = looks();
      chart.applyOptions(chartLooks());
      equity.applyOptions({ color: accent });
      hold?.applyOptions({ color: muted });
      line.applyOptions({ color: muted });
      falls.applyOptions({ lineColor: pain, topColor: painWash, bottomColor: painWash });
    },
  };
}
