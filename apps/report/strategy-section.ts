import type { Trade } from '../../core/backtest/types.ts';
import type { Bars } from '../../core/market/bars.ts';
import type { GatePower } from '../../core/validation/gate-power.ts';
import { candleDecimals } from './columns.ts';
import { day, exact, fixed, percent, priceDecimals, quoteCurrency, seconds, words } from './format.ts';
import { changeSection } from './change/index.ts';
import { conclusion, earlierTiers } from './climb.ts';
import { diagnosticsSection } from './diagnostics/index.ts';
import { evidenceSection } from './evidence/index.ts';
import { gatesTable } from './gates.ts';
import { type Html, html } from './html.ts';
import { facts, warningList } from './lists.ts';
import { metricTables, monthlyTable } from './metric-tables.ts';
import { reportLimits, type StrategyReport } from './model.ts';
import type { PageLimits } from './page-limits.ts';
import { drawdowns, equityDrawing, tradesDrawing } from './static-charts.ts';
import { statusBadge } from './status.ts';
import { tradesSection } from './trades.ts';

/** Where the page's script finds a strategy's numbers. */
export type ChartIds = Readonly<{ equity: string; bars: string | undefined }>;

export type SectionOptions = Readonly<{
  anchor: string;
  charts: ChartIds;
  limits: PageLimits;
  power?: GatePower | undefined;
}>;

/** Everything of one strategy: verdict, gates, curves, trades, metrics, warnings, provenance. */
export function strategySection(report: StrategyReport, { anchor, charts, power, limits }: SectionOptions): Html {
  const { verdict, result, bars } = report;
  const status = verdict?.status ?? 'OPEN';
  const currency = quoteCurrency(report.symbols[0] ?? '');
  return html`<article id="${anchor}" aria-labelledby="${anchor}-title">
    <header>
      <h2 id="${anchor}-title"><span class="id">${report.strategyId}</span> <bdi>${report.name}</bdi></h2>
      ${statusBadge(status)}${verdict && html` <span class="at">at ${verdict.tier}</span>`}
      <a class="back" href="#overview">Overview <span aria-hidden="true">↑</span></a>
    </header>
    <p class="hypothesis"><span class="unseen">Hypothesis: </span><bdi>${report.hypothesis}</bdi></p>
    <p class="market">${marketLine(report)}</p>
    ${verdict && html`<p class="finding">${conclusion(verdict, report.earlier ?? [])}</p>`}
    ${verdict ? gatesTable(verdict, power) : html`<p>This strategy has no verdict yet.</p>`} ${earlierTiers(report)}
    ${changeSection(report)}
    ${warningList([...new Set([...(verdict?.warnings ?? []), ...(result?.warnings ?? [])])], 'Warnings')}
    ${report.absent !== undefined && html`<p class="absent">${report.absent}</p>`}
    ${
      result &&
      html`<div class="sheet">
        <div class="curves">
          ${equityFigure(report, { currency, charts, limits })}${bars && bars.timeMs.length > 1 && priceFigure(report, bars, { charts, limits })}
          ${monthlyTable(result)}
          ${tradesSection({ strategyId: report.strategyId, result, most: limits.csvTrades, currency, decimals: bars ? candleDecimals(bars) : tradeDecimals(result.trades), charted: report.symbols[0] ?? '' })}
        </div>
        <div class="numbers">
          <h3 class="unseen">Metrics</h3>
          ${metricTables(result)}
        </div>
      </div>`
    }
    ${evidenceSection(report)} ${diagnosticsSection(report)} ${verdict && provenance(report)}
  </article> `;
}

const tradeDecimals = (trades: readonly Trade[]): number =>
  priceDecimals(Float64Array.from(trades.slice(0, reportLimits.tradeRows), ({ exitPrice }) => exitPrice));

function marketLine({ symbols, timeframe, parameters, verdict }: StrategyReport): Html {
  const window = verdict?.windows[0];
  const set = Object.entries(parameters).map(([name, value]) => `${name} ${exact(value)}`);
  return html`${symbols.slice(0, 8).join(', ')}${symbols.length > 8 && ` and ${symbols.length - 8} more`}, ${timeframe}
  bars${
    window &&
    html`, ${day(window.fromMs)} to ${day(window.toMs)} (${fixed(window.bars, 0)}
    bars${window.note !== undefined && `; ${window.note}`})`
  }${set.length > 0 && html`. Parameters: ${set.join(', ')}`}.`;
}

function equityFigure(
  { result, bars }: StrategyReport,
  { currency, charts, limits }: Pick<SectionOptions, 'charts' | 'limits'> & Readonly<{ currency: string }>,
): Html | undefined {
  if (!result || result.equity.equity.length < 2) return undefined;
  const { startEquity, finalEquity, equity } = result;
  const falls = drawdowns(equity.equity, startEquity);
  const deepest = falls.reduce((worst, value, index) => (value < (falls[worst] ?? 0) ? index : worst), 0);
  const said = `Equity from ${fixed(startEquity, 0)} to ${fixed(finalEquity, 0)} ${currency}; deepest drawdown ${percent(Math.abs(falls[deepest] ?? 0), 1)}, on ${day(equity.timeMs[deepest] ?? 0)}.`;
  const coarse = Math.ceil(equity.equity.length / limits.chartPoints);
  return html`<figure>
    <figcaption>
      <b>Equity and drawdown</b> <span>${said}${coarse > 1 && ` One mark of ${coarse} is drawn.`}</span>
    </figcaption>
    <div
      class="plot"
      data-chart="equity"
      data-block="${charts.equity}"
      ${bars && charts.bars !== undefined && html` data-bars="${charts.bars}"`}
      role="img"
      aria-label="${said}"
    >
      ${equityDrawing(equity, startEquity)}
    </div>
  </figure> `;
}

function priceFigure(
  { result, symbols }: StrategyReport,
  bars: Bars,
  { charts, limits }: Pick<SectionOptions, 'charts' | 'limits'>,
): Html | undefined {
  const trades = (result?.trades ?? []).filter(({ symbol }) => symbol === bars.symbol);
  const drawn = trades.slice(0, reportLimits.trades);
  const merged = Math.ceil(bars.timeMs.length / limits.chartPoints);
  const said = `${fixed(drawn.length, 0)} trades on ${bars.symbol}${symbols.length > 1 ? ' (the primary asset)' : ''}, ${bars.timeframe} candles${merged > 1 ? `, ${merged} put together` : ''}.`;
  return html`<figure>
    <figcaption><b>Trades</b> <span>${said}</span></figcaption>
    <div
      class="plot tall"
      data-chart="price"
      data-block="${charts.equity}"
      data-bars="${charts.bars ?? ''}"
      role="img"
      aria-label="${said}"
    >
      ${tradesDrawing(bars, drawn, candleDecimals(bars))}
    </div>
    <p class="legend">
      <span class="key-up">hollow: rising candle</span> <span class="key-down">filled: falling candle</span>
      <span>▲ long entry</span> <span>▼ short entry</span> <span class="key-win">solid line: gain</span>
      <span class="key-loss">dashed line: loss</span>
    </p>
  </figure> `;
}

const code = (text: string): Html => html`<code>${text}</code>`;

function provenance(report: StrategyReport): Html | undefined {
  const { verdict, file, workflowId } = report;
  if (!verdict) return undefined;
  return html`<section class="provenance" aria-label="Provenance of ${report.strategyId}">
    <h3>Provenance</h3>
    ${facts([
      ['Strategy file', file === undefined ? 'not known' : code(file)],
      ['Strategy hash', code(verdict.strategyHash)],
      ['Data hash', code(verdict.dataHash)],
      ['Code version', code(verdict.codeVersion)],
      ['Seed', code(String(verdict.seed))],
      [
        'Trials',
        `${fixed(verdict.trials.ownRun, 0)} in this run, ${fixed(verdict.trials.total, 0)} before it in its family`,
      ],
      ['Workflow', workflowId === undefined ? 'not known' : code(workflowId)],
      ['Took', report.seconds === undefined ? 'not known' : seconds(report.seconds)],
      ...verdict.windows.map(
        ({ name, fromMs, toMs, bars }) =>
          [`Window ${words(name)}`, `${day(fromMs)} to ${day(toMs)}, ${fixed(bars, 0)} bars`] as const,
      ),
    ])}
  </section> `;
}
