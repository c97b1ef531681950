import { createHash } from 'node:crypto';
import { timeframeMs } from '../../core/market/timeframe.ts';
import { tiers } from '../../core/validation/verdict.ts';
import type { PageAssets } from './assets.ts';
import { candleColumns, limitBars, limitCurve, timeColumn, tradeColumns, valueColumn } from './columns.ts';
import { type Html, html, inlined, jsonBlock } from './html.ts';
import { glossary } from './metric-tables.ts';
import { type ReportModel, reportLimits, type ReportResult, type StrategyReport } from './model.ts';
import { overview } from './overview.ts';
import { barsKey, type PageLimits, pageLimits } from './page-limits.ts';
import { type ChartIds, strategySection } from './strategy-section.ts';
import { summary, tierSpan } from './summary.ts';

/**
 * The whole report as one HTML document that asks the network for nothing: a content security policy without any
 * source but the hashes of its own style sheet and scripts says so to the browser, too. All text of the model is
 * escaped. Same model, same bytes.
 */
export function renderReport(model: ReportModel, assets: PageAssets): string {
  const strategies = model.strategies.toSorted(byStatus);
  const anchorOf = anchors(strategies);
  const detailed = strategies.slice(0, reportLimits.sections);
  const limits = pageLimits(detailed);
  const { blocks, chartIds } = dataBlocks(detailed, limits);
  const { style, chartLibrary, script } = assets;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src '${sha256(style)}'; script-src '${sha256(chartLibrary)}' '${sha256(script)}'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${model.run.runId}: ${tierSpan(model.run)} validation, Nightdesk</title>
        <link rel="icon" href="data:," />
        ${inlined('style', style)}
      </head>
      <body>
        <a class="skip" href="#overview">To the overview</a>
        <main>
          ${summary(model)}${overview(strategies, anchorOf)}
          ${
            detailed.length < strategies.length &&
            html`<p class="absent">The first ${detailed.length} strategies have a section below; \`nightdesk report ${model.run.runId} --strategy <id>\` writes the others.</p>`
          }
          ${detailed.map((report) => strategySection(report, { anchor: anchorOf(report), charts: chartIds.get(report) ?? { equity: '', bars: undefined }, power: model.power, limits }))}
          <section class="about" aria-labelledby="about">
            <h2 id="about">How to read the numbers</h2>
            <p>
              Rates are after fees, slippage and funding. Days and times are UTC; a year has 365 days. A decision falls
              at a bar's close and is filled at the next open; inside a bar a stop comes before a target. n/a: the
              sample does not support the number, and the note says why. With a chart in focus, arrow keys move, + and −
              zoom, Home shows all.
            </p>
            ${glossary()}
          </section>
        </main>
        <footer>
          <p>Written by Nightdesk ${model.version}. One file, no network.</p>
          <p>
            TradingView Lightweight Charts™. Copyright (c) 2026 TradingView, Inc.
            <a href="https://www.tradingview.com/" rel="noopener noreferrer">https://www.tradingview.com/</a> (Apache
            License 2.0)
          </p>
        </footer>
        ${blocks} ${inlined('script', chartLibrary)}${inlined('script', script)}
      </body>
    </html> `;
  return page.markup;
}

/** How the content security policy names an inline element's text. */
const sha256 = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const statusOrder = ['PASS', 'ERROR', 'TIMEOUT', 'FAIL'];

/** Passed first, then what needs somebody, then the failed, then the unfinished; the highest tier first, then by id. */
function byStatus(a: StrategyReport, b: StrategyReport): number {
  return rank(a) - rank(b) || height(b) - height(a) || (a.strategyId < b.strategyId ? -1 : 1);
}

const rank = ({ verdict }: StrategyReport): number =>
  verdict ? statusOrder.indexOf(verdict.status) : statusOrder.length;

/** How far up the ladder it came. */
const height = ({ verdict }: StrategyReport): number => (verdict ? tiers.indexOf(verdict.tier) : -1);

/** The id itself where it can be one (so that links stay), else its place. */
function anchors(strategies: readonly StrategyReport[]): (report: StrategyReport) => string {
  const names = new Map(
    strategies.map((report, index) => [
      report,
      /^STR-\d{3,6}$/.test(report.strategyId) ? report.strategyId : `strategy-${index + 1}`,
    ]),
  );
  return (report) => names.get(report) ?? '';
}

/** The numbers behind the charts. Bars that several strategies share (same market, same window) are there once. */
function dataBlocks(
  strategies: readonly StrategyReport[],
  { chartPoints }: PageLimits,
): {
  blocks: Html[];
  chartIds: Map<StrategyReport, ChartIds>;
} {
  const blocks: Html[] = [];
  const chartIds = new Map<StrategyReport, ChartIds>();
  const known = new Map<string, string>();
  for (const report of strategies) {
    const { result, bars } = report;
    if (!result) continue;
    let barsId: string | undefined;
    if (bars && bars.timeMs.length > 1) {
      const key = barsKey(bars, report.verdict?.dataHash);
      barsId = known.get(key);
      if (barsId === undefined) {
        barsId = `bars-${known.size + 1}`;
        known.set(key, barsId);
        blocks.push(jsonBlock(barsId, candleColumns(limitBars(bars, chartPoints).bars)));
      }
    }
    const equity = `run-${chartIds.size + 1}`;
    chartIds.set(report, { equity, bars: barsId });
    blocks.push(jsonBlock(equity, runBlock(report, result, chartPoints)));
  }
  return { blocks, chartIds };
}

function runBlock({ bars }: StrategyReport, result: ReportResult, chartPoints: number): unknown {
  const { timeMs, values } = limitCurve(result.equity.timeMs, result.equity.equity, chartPoints);
  const stepMs = Math.max((timeMs[1] ?? 0) - (timeMs[0] ?? 0), bars ? timeframeMs[bars.timeframe] : 1);
  return {
    startEquity: result.startEquity,
    time: timeColumn(timeMs, stepMs),
    equity: valueColumn(values),
    trades: tradeColumns(result.trades.filter(({ symbol }) => symbol === bars?.symbol).slice(0, reportLimits.trades)),
  };
}
