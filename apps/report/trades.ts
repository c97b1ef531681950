import type { Trade } from '../../core/backtest/types.ts';
import { fixed, minute, percent, sentence, signed, signedPercent, span, words } from './format.ts';
import { type Html, html } from './html.ts';
import { type ReportResult, reportLimits } from './model.ts';

const csvColumns = [
  'symbol',
  'side',
  'entryTimeMs',
  'exitTimeMs',
  'entryPrice',
  'exitPrice',
  'quantity',
  'fees',
  'funding',
  'pnl',
  'returnFraction',
  'bars',
  'exitReason',
] as const satisfies readonly (keyof Trade)[];

/** Trades as CSV, numbers to the last bit. A symbol that a spreadsheet would take for a formula is quoted as text. */
const tradesCsv = (trades: readonly Trade[]): string =>
  [csvColumns, ...trades.map((trade) => csvColumns.map((name) => trade[name]))]
    .map((fields) => `${fields.map(csvField).join(',')}\n`)
    .join('');

function csvField(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

type TradesView = Readonly<{
  strategyId: string;
  result: ReportResult;
  /** Trades in the CSV. */
  most: number;
  decimals: number;
  currency: string;
  charted: string;
}>;

/** The exits by reason, the first trades, and all of them as a download that needs no script. */
export function tradesSection({ strategyId, result, most, decimals, currency, charted }: TradesView): Html {
  const { trades } = result;
  if (trades.length === 0) return html`<p class="empty">No trades: ${noTradesReason(result)}.</p>`;
  const kept = trades.slice(0, most);
  const rows = trades.slice(0, reportLimits.tradeRows);
  const file = `${strategyId.replaceAll(/[^\w-]/g, '_')}-trades.csv`;
  return html`${exitTable(trades, currency)}
    <details class="trades">
      <summary>
        ${
          rows.length < trades.length
            ? `Trades: the first ${rows.length} of ${fixed(trades.length, 0)}`
            : `Trades: all ${trades.length}`
        }
      </summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">No.</th>
              <th scope="col">Side</th>
              <th scope="col">Entry (UTC)</th>
              <th scope="col" class="number">Price</th>
              <th scope="col">Exit (UTC)</th>
              <th scope="col" class="number">Price</th>
              <th scope="col" class="number">Held</th>
              <th scope="col" class="number">Net ${currency}</th>
              <th scope="col" class="number">Return</th>
              <th scope="col">Exit by</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((trade, index) => tradeRow(trade, index, { decimals, charted }))}
          </tbody>
        </table>
      </div>
    </details>
    <p class="download">
      <a download="${file}" href="data:text/csv;charset=utf-8,${uriText(tradesCsv(kept).toWellFormed())}"
        >${
          kept.length < trades.length
            ? `The first ${fixed(kept.length, 0)} of ${fixed(trades.length, 0)} trades`
            : `All ${fixed(trades.length, 0)} trades`
        }
        as CSV</a
      >${kept.length < trades.length && html` <small>a page of ${strategyId} alone has more of them</small>`}
    </p>`;
}

/** Text for a data URI; what a URI may hold as it is stays, since most of a CSV is commas. */
const uriText = (text: string): string =>
  encodeURIComponent(text).replace(/%(?:2C|3A|2F)/g, (code) => decodeURIComponent(code));

/** Why nothing was traded, from the run's counts. */
function noTradesReason({ counts }: ReportResult): string {
  const reasons = [
    counts.noSize > 0 && `${counts.noSize} entries had no size`,
    counts.conflicts > 0 && `${counts.conflicts} entries conflicted (long and short at once)`,
    counts.entryExitClashes > 0 && `${counts.entryExitClashes} entries met their own exit`,
    counts.openAtEnd > 0 && `${counts.openAtEnd} position was still open at the end`,
  ].filter((reason) => reason !== false);
  return reasons.length > 0 ? reasons.join(', ') : 'the entry signal never fired';
}

function tradeRow(trade: Trade, index: number, { decimals, charted }: { decimals: number; charted: string }): Html {
  const { side, symbol, entryTimeMs, exitTimeMs, pnl } = trade;
  // The page's script turns the number into a button that shows the trade on the chart.
  const place = symbol === charted ? html` data-trade="${entryTimeMs}-${exitTimeMs}"` : undefined;
  return html`<tr>
    <td class="number" ${place}>${index + 1}</td>
    <td>${side === 'long' ? '▲ long' : '▼ short'}${symbol !== charted && html` <small>${symbol}</small>`}</td>
    <td>${minute(entryTimeMs)}</td>
    <td class="number">${fixed(trade.entryPrice, decimals)}</td>
    <td>${minute(exitTimeMs)}</td>
    <td class="number">${fixed(trade.exitPrice, decimals)}</td>
    <td class="number">${span(exitTimeMs - entryTimeMs)}</td>
    <td class="number ${pnl > 0 ? 'gain' : pnl < 0 && 'pain'}">${signed(pnl, 2)}</td>
    <td class="number">${signedPercent(trade.returnFraction)}</td>
    <td>${words(trade.exitReason)}</td>
  </tr> `;
}

function exitTable(trades: readonly Trade[], currency: string): Html {
  const byReason = Map.groupBy(trades, ({ exitReason }) => exitReason);
  const groups = [...byReason].toSorted(([, a], [, b]) => b.length - a.length);
  return html`<div class="scroll">
    <table class="exits">
      <caption>
        Exits by reason
      </caption>
      <thead>
        <tr>
          <th scope="col">Exit by</th>
          <th scope="col" class="number">Trades</th>
          <th scope="col" class="number">Win rate</th>
          <th scope="col" class="number">Mean return</th>
          <th scope="col" class="number">Net ${currency}</th>
        </tr>
      </thead>
      <tbody>
        ${groups.map(([reason, of]) => {
          const wins = of.filter(({ pnl }) => pnl > 0).length;
          const mean = of.reduce((total, { returnFraction }) => total + returnFraction, 0) / of.length;
          const net = of.reduce((total, { pnl }) => total + pnl, 0);
          return html`<tr>
            <th scope="row">${sentence(words(reason))}</th>
            <td class="number">${of.length}</td>
            <td class="number">${percent(wins / of.length, 1)}</td>
            <td class="number">${signedPercent(mean)}</td>
            <td class="number">${signed(net, 2)}</td>
          </tr> `;
        })}
      </tbody>
    </table>
  </div>`;
}
