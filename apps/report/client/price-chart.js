import { CandlestickSeries } from 'lightweight-charts';
import { block, chartLooks, dayMs, looks, minute, newChart, percent, priceFormatter, spanName } from './chart.js';
import { candleAt, mergeCandles, readCandles } from './columns.js';

/** @typedef {import('lightweight-charts').IChartApi} IChartApi */
/** @typedef {import('lightweight-charts').ISeriesApi<'Candlestick'>} CandleSeries */
/** @typedef {import('lightweight-charts').CandlestickData<import('./columns.js').UTCTimestamp>} CandlestickData */
/** @typedef {import('lightweight-charts').Logical} Logical */
/** @typedef {Parameters<import('lightweight-charts').IPrimitivePaneRenderer['draw']>[0]} RenderTarget */
/** @typedef {import('../columns.ts').CandleColumns} CandleColumns */
/** @typedef {import('../columns.ts').TradeColumns} TradeColumns */
/** @typedef {import('./columns.js').Candle} Candle */
/** @typedef {import('./chart.js').Drawn} Drawn */
/** @typedef {import('./chart.js').RunBlock} RunBlock */

/** Spans of candles that people know; the first that leaves few enough is taken. */
const spansMs = [1, 3, 5, 15, 30, 60, 120, 240, 360, 480, 720, 1440, 2880, 4320, 10_080, 20_160, 40_320].map(
  (minutes) => minutes * 60_000,
);

/** Candles with the trades on them. @param {HTMLElement} plot @returns {Drawn} */
export function drawPrice(plot) {
  /** @type {RunBlock} */
  const run = block(plot.dataset.block);
  /** @type {CandleColumns} */
  const columns = block(plot.dataset.bars);
  const candles = readCandles(columns);
  const { chart, readout } = newChart(plot);
  const exact = priceFormatter(columns.decimals);
  // On the axis five digits tell two lines apart.
  const largest = Math.max(...candles.map(({ high }) => high));
  const axisDecimals = Math.min(columns.decimals, Math.max(0, 4 - Math.floor(Math.log10(largest))));
  const series = chart.addSeries(CandlestickSeries, {
    priceLineVisible: false,
    lastValueVisible: false,
    priceFormat: { type: 'custom', formatter: priceFormatter(axisDecimals), minMove: 10 ** -columns.decimals },
  });
  /** @type {Candle[]} */
  let shown = [];
  let spanMs = 0;
  const trades = tradeMarks(chart, series, run.trades, () => shown);
  series.attachPrimitive(trades);

  /** Shows `fromMs..toMs` in candles that are wide enough to be read. @param {number} fromMs @param {number} toMs */
  function show(fromMs, toMs) {
    const room = Math.max(60, plot.clientWidth / 4);
    const wanted =
      spansMs.find((span) => span >= columns.time.stepMs && (toMs - fromMs) / span <= room) ?? columns.time.stepMs;
    if (wanted !== spanMs) {
      spanMs = wanted;
      shown = mergeCandles(candles, spanMs);
      series.setData(shown);
    }
    const right = candleAt(shown, toMs);
    chart.timeScale().setVisibleLogicalRange({ from: candleAt(shown, fromMs) - 0.5, to: right + 0.5 });
    say(shown[right]);
  }
  /** @param {Candle | undefined} candle */
  function say(candle) {
    if (!candle) return;
    const [open, high, low, close] = [candle.open, candle.high, candle.low, candle.close].map(exact);
    readout.textContent = `${minute(candle.time)}  open ${open}  high ${high}  low ${low}  close ${close}  (${spanName(spanMs)})`;
  }
  chart.subscribeCrosshairMove(({ seriesData }) => {
    const candle = /** @type {CandlestickData | undefined} */ (seriesData.get(series));
    say(candle ?? shown.at(-1));
  });
  const firstMs = (candles[0]?.time ?? 0) * 1000;
  const lastMs = (candles.at(-1)?.time ?? 0) * 1000;
  show(firstMs, lastMs);
  return {
    chart,
    apply: () => paint(chart, series),
    showTrade(entryMs, exitMs) {
      const around = Math.max(40 * columns.time.stepMs, exitMs - entryMs);
      trades.selected = entryMs;
      show(Math.max(firstMs, entryMs - around), Math.min(lastMs, exitMs + around));
    },
    showDays(days) {
      trades.selected = undefined;
      const to = days === Infinity ? lastMs : Math.min(lastMs, Math.max(firstMs + days * dayMs, visibleEndMs()));
      show(Math.max(firstMs, to - days * dayMs), to);
    },
  };
  function visibleEndMs() {
    const range = chart.timeScale().getVisibleLogicalRange();
    return (shown[Math.min(shown.length - 1, Math.round(range?.to ?? shown.length))]?.time ?? lastMs / 1000) * 1000;
  }
}

/** @param {IChartApi} chart @param {CandleSeries} series */
function paint(chart, series) {
  const { ground, gain, pain } = looks();
  chart.applyOptions(chartLooks());
  series.applyOptions({
    // Hollow when it rises: the colour is not the only sign.
    upColor: ground,
    downColor: pain,
    borderUpColor: gain,
    borderDownColor: pain,
    wickUpColor: gain,
    wickDownColor: pain,
  });
}

/**
 * Draws every trade: a triangle where it was entered (up: long), a ring where it ended, a line between (dashed: loss),
 * and the return where there is room to read it.
 * @param {IChartApi} chart @param {CandleSeries} series @param {TradeColumns} trades @param {() => Candle[]} shown
 */
function tradeMarks(chart, series, trades, shown) {
  const marks = {
    /** @type {number | undefined} */
    selected: undefined,
    paneViews: () => [{ zOrder: () => /** @type {const} */ ('top'), renderer: () => ({ draw }) }],
  };
  return marks;

  /** @param {RenderTarget} target */
  function draw(target) {
    const colours = looks();
    const scale = chart.timeScale();
    const roomy = scale.options().barSpacing > 5;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.lineJoin = 'round';
      context.font = `11px ${colours.font}`;
      for (const [entryMs, exitMs, long, entryPrice, exitPrice, gain] of trades) {
        const x0 = scale.logicalToCoordinate(/** @type {Logical} */ (candleAt(shown(), entryMs)));
        const x1 = scale.logicalToCoordinate(/** @type {Logical} */ (candleAt(shown(), exitMs)));
        const y0 = series.priceToCoordinate(entryPrice);
        const y1 = series.priceToCoordinate(exitPrice);
        if (x0 === null || x1 === null || y0 === null || y1 === null || x1 < -9 || x0 > mediaSize.width + 9) continue;
        const chosen = marks.selected === entryMs;
        context.strokeStyle = colours.ink;
        context.lineWidth = chosen ? 2.5 : 1.4;
        context.setLineDash(gain > 0 ? [] : [4, 3]);
        context.beginPath();
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
        context.stroke();
        context.setLineDash([]);
        const size = roomy || chosen ? 5 : 3;
        context.fillStyle = colours.accent;
        context.beginPath();
        context.moveTo(x0, y0);
        context.lineTo(x0 - size, y0 + (long ? 2 : -2) * size);
        context.lineTo(x0 + size, y0 + (long ? 2 : -2) * size);
        context.fill();
        if (!roomy && !chosen) continue;
        context.fillStyle = colours.ground;
        context.beginPath();
        context.arc(x1, y1, 3, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
        const text = `${gain > 0 ? '+' : ''}${percent(gain)}`;
        context.lineWidth = 3;
        context.strokeStyle = colours.ground;
        context.strokeText(text, x1 + 6, y1 - 5);
        context.fillStyle = gain > 0 ? colours.gain : colours.pain;
        context.fillText(text, x1 + 6, y1 - 5);
      }
    });
  }
}
