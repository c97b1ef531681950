/**
 * Drawings that need no script: what print and browsers without JavaScript show, and what stands in a chart's place
 * until it is scrolled into view. Colours come from the style sheet by class.
 */
import type { EquityCurve, Trade } from '../../core/backtest/types.ts';
import type { Bars } from '../../core/market/bars.ts';
import { limitBars } from './columns.ts';
import { path, place, scale, ticks, timeAxis, valueAxis } from './drawing.ts';
import { axisDecimals, fixed, percent } from './format.ts';
import { type Html, html } from './html.ts';

const width = 720;
const axisWidth = 58;
const plotWidth = width - axisWidth;
const across = { plotWidth, width };
const points = 360;
const candles = 190;

/** The values of `pick` over equal groups of indexes, with the index of each group's end. */
function groups(count: number, most: number): (readonly [from: number, to: number])[] {
  const size = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)]);
}

/** Share of the peak that is lost at each mark; the start equity counts as a peak. */
export function drawdowns(equity: Float64Array, startEquity: number): Float64Array {
  let peak = startEquity;
  return equity.map((mark) => {
    peak = Math.max(peak, mark);
    return mark / peak - 1;
  });
}

/** A word-sized equity curve with a line at the start equity. */
export function sparkline({ equity }: EquityCurve, startEquity: number): Html {
  const marks = groups(equity.length, 60).map(([, to]) => equity[to - 1]);
  const y = scale(Math.min(startEquity, ...marks), Math.max(startEquity, ...marks), 22, 2);
  const x = scale(0, Math.max(1, marks.length - 1), 1, 95);
  const line = path(marks.map((mark, index) => [x(index), y(mark)]));
  const base = place(y(startEquity));
  return html`<svg class="spark" viewBox="0 0 96 24" aria-hidden="true">
    <path class="grid" d="M0 ${base}H96" />
    <path class="line" d="${line}" />
  </svg>`;
}

/** Equity above, drawdown below, on one time axis. */
export function equityDrawing({ timeMs, equity }: EquityCurve, startEquity: number): Html {
  const falls = drawdowns(equity, startEquity);
  const parts = groups(equity.length, points);
  const marks = parts.map(([, to]) => equity[to - 1]);
  const worst = parts.map(([from, to]) => falls.subarray(from, to).reduce((a, b) => Math.min(a, b), 0));
  const x = scale(0, Math.max(1, parts.length - 1), 0, plotWidth);
  const low = Math.min(startEquity, ...marks);
  const high = Math.max(startEquity, ...marks);
  const y = scale(low, high, 172, 8);
  const deepest = Math.min(...worst, -1e-9);
  const fall = scale(0, deepest, 190, 246);
  const area = `${path(worst.map((value, index) => [x(index), fall(value)]))}L${place(x(parts.length - 1))} 190L0 190Z`;
  return html`<svg class="drawing" viewBox="0 0 ${width} 268" aria-hidden="true">
    ${valueAxis(ticks(low, high), y, { ...across, show: (value) => fixed(value, 0) })}${valueAxis([0, deepest], fall, { ...across, show: (value) => percent(value, 0) })}${timeAxis(timeMs, 262, across)}
    <path class="base" d="M0 ${place(y(startEquity))}H${plotWidth}" />
    <path class="fall" d="${area}" />
    <path class="line" d="${path(marks.map((mark, index) => [x(index), y(mark)]))}" />
  </svg>`;
}

/** Candles (hollow when they rise) and a line from each entry to its exit: solid for a gain, dashed for a loss. */
export function tradesDrawing(all: Bars, trades: readonly Trade[], decimals: number): Html {
  const { bars } = limitBars(all, candles);
  const count = bars.timeMs.length;
  const x = scale(all.timeMs[0], all.timeMs.at(-1) ?? 1, 2, plotWidth - 2);
  const low = bars.low.reduce((a, b) => Math.min(a, b));
  const high = bars.high.reduce((a, b) => Math.max(a, b));
  const y = scale(low, high, 262, 8);
  const half = Math.max(0.6, (plotWidth / count) * 0.32);
  const bodies = { up: '', down: '' };
  let wicks = '';
  for (let index = 0; index < count; index++) {
    const [open = 0, close = 0, top = 0, bottom = 0] = [bars.open, bars.close, bars.high, bars.low].map(
      (c) => c[index],
    );
    const middle = x(bars.timeMs[index]);
    const upper = y(Math.max(open, close));
    const lower = y(Math.min(open, close));
    bodies[close >= open ? 'up' : 'down'] +=
      `M${place(middle - half)} ${place(upper)}h${place(2 * half)}v${place(Math.max(0.5, lower - upper))}h-${place(2 * half)}z`;
    wicks += `M${place(middle)} ${place(y(top))}V${place(upper)}M${place(middle)} ${place(lower)}V${place(y(bottom))}`;
  }
  const lines = { win: '', loss: '' };
  let entries = '';
  for (const trade of trades) {
    const from = [x(trade.entryTimeMs), y(trade.entryPrice)] as const;
    lines[trade.pnl > 0 ? 'win' : 'loss'] += path([from, [x(trade.exitTimeMs), y(trade.exitPrice)]]);
    entries += `M${place(from[0])} ${place(from[1])}l-2.5 ${trade.side === 'long' ? 5 : -5}h5z`;
  }
  return html`<svg class="drawing" viewBox="0 0 ${width} 284" aria-hidden="true">
    ${valueAxis(ticks(low, high), y, { ...across, show: (value) => fixed(value, axisDecimals(decimals, high)) })}${timeAxis(all.timeMs, 278, across)}
    <path class="wick" d="${wicks}" />
    <path class="up" d="${bodies.up}" />
    <path class="down" d="${bodies.down}" />
    <path class="win" d="${lines.win}" />
    <path class="loss" d="${lines.loss}" />
    <path class="entry" d="${entries}" />
  </svg>`;
}
