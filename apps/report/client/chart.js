/** What the two kinds of charts share. */
import { CrosshairMode, createChart } from 'lightweight-charts';

/** @typedef {import('../columns.ts').TimeColumn} TimeColumn */
/** @typedef {import('../columns.ts').ValueColumn} ValueColumn */
/** @typedef {import('../columns.ts').TradeColumns} TradeColumns */
/** @typedef {{ startEquity: number, time: TimeColumn, equity: ValueColumn, trades: TradeColumns }} RunBlock */
/** @typedef {{ chart: import('lightweight-charts').IChartApi, apply(): void, showTrade?(entryMs: number, exitMs: number): void, showDays?(days: number): void }} Drawn */

/** The JSON of a data block. @param {string | undefined} id */
export const block = (id) => JSON.parse(document.getElementById(id ?? '')?.textContent ?? 'null');

export const dayMs = 86_400_000;

/** The colours and the font of the page as they are now. */
export const looks = () => {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: colour('ground'),
    ink: colour('ink'),
    muted: colour('muted'),
    hair: colour('hair'),
    rule: colour('rule'),
    accent: colour('accent'),
    gain: colour('gain'),
    pain: colour('pain'),
    painWash: colour('pain-wash'),
    font: colour('sans'),
  };
};

/** Options of a chart that follow the page's colours. */
export const chartLooks = () => {
  const { muted, hair, rule, ground, ink, font } = looks();
  return {
    // The credit that the library's licence asks for stands in the footer: its own logo brings a style of its own,
    // which the page's content security policy does not let in.
    layout: {
      background: { color: ground },
      textColor: muted,
      fontFamily: font,
      fontSize: 11,
      attributionLogo: false,
      panes: { separatorColor: rule, enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: hair } },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { color: muted, labelBackgroundColor: ink },
      horzLine: { color: muted, labelBackgroundColor: ink },
    },
  };
};

/** Prices with their thousands separated. @param {number} decimals */
export function priceFormatter(decimals) {
  const format = new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return (/** @type {number} */ price) => format.format(price);
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
/** @param {number} value */
export const whole = (value) => grouped.format(value);
/** @param {number} time */
export const minute = (time) => new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' ');
/** @param {number} fraction */
export const percent = (fraction) => `${(fraction * 100).toFixed(1).replace('-', '\u2212')}%`;
/** @param {number} fraction */
export const wholePercent = (fraction) => `${Math.round(fraction * 100)}%`.replace('-', '\u2212');
/** @param {number} ms */
export const spanName = (ms) =>
  ms % dayMs === 0 ? `${ms / dayMs}d` : ms % 3_600_000 === 0 ? `${ms / 3_600_000}h` : `${ms / 60_000}m`;

/** A chart over the still drawing, with a line that reads out what the pointer is on. @param {HTMLElement} plot */
export function newChart(plot) {
  const holder = document.createElement('div');
  holder.className = 'live';
  const readout = document.createElement('div');
  readout.className = 'readout';
  readout.setAttribute('aria-hidden', 'true');
  plot.append(holder, readout);
  const chart = createChart(holder, {
    ...chartLooks(),
    autoSize: true,
    rightPriceScale: {
      borderVisible: false,
      minimumWidth: 58,
      scaleMargins: { top: plot.clientWidth < 500 ? 0.22 : 0.14, bottom: 0.06 },
    },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      secondsVisible: false,
      minBarSpacing: 0.02,
      fixLeftEdge: true,
      fixRightEdge: true,
    },
    localization: { locale: 'en', timeFormatter: minute },
    // A wheel over a chart scrolls the page, as everywhere else; zooming is by pinch, buttons and keys.
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  });
  return { chart, readout };
}
