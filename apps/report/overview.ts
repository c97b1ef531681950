import { hasVote } from '../../core/validation/gates.ts';
import type { MetricName, Metrics } from '../../core/backtest/types.ts';
import type { Gate } from '../../core/validation/verdict.ts';
import { fixed, percent, plain, pValue, seconds, signedPercent } from './format.ts';
import { gateTitle } from './gate-meanings.ts';
import { type Html, html } from './html.ts';
import { metricRow } from './metrics.ts';
import { reportLimits, type StrategyReport } from './model.ts';
import { sparkline } from './static-charts.ts';
import { passMark, statusBadge } from './status.ts';

type OverviewMetric = Readonly<{ name: MetricName; label: string; show(value: number): string }>;

const headlines: readonly OverviewMetric[] = [
  { name: 'totalReturn', label: 'Return', show: (value) => signedPercent(value, 1) },
  { name: 'sharpe', label: 'Sharpe', show: (value) => fixed(value, 2) },
  { name: 'maxDrawdown', label: 'Max. drawdown', show: (value) => percent(value, 1) },
  { name: 'trades', label: 'Trades', show: (value) => fixed(value, 0) },
];

/** One row a strategy: how it ended, the gates that decided, and the four numbers people look at first. */
export function overview(strategies: readonly StrategyReport[], anchorOf: (report: StrategyReport) => string): Html {
  const isLadder = new Set(strategies.flatMap(({ verdict }) => verdict?.tier ?? [])).size > 1;
  const gates = gateNames(strategies);
  const shown = gates.length <= reportLimits.gateColumns ? gates : [];
  return html`<section aria-labelledby="overview">
    <h2 id="overview">Overview</h2>
    <table class="overview stacks" role="table">
      <thead role="rowgroup">
        <tr role="row">
          ${header('Strategy', 'text')}${header('Verdict', 'text')}${isLadder && header('Tier', 'text')}
          <th scope="col" role="columnheader" class="curve">Equity</th>
          ${shown.map((name) => header(gateTitle(name), 'number'))}${shown.length === 0 && header('Gates passed', 'number')}
          ${headlines.map(({ label }) => header(label, 'number'))}${header('Took', 'number')}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${strategies.map((report) => row(report, { shown, isLadder, anchor: anchorOf(report) }))}
      </tbody>
    </table>
  </section> `;
}

const header = (label: string, kind: 'text' | 'number'): Html =>
  html`<th scope="col" role="columnheader" class="${kind}" data-sort="${kind}">${label}</th>`;

function gateNames(strategies: readonly StrategyReport[]): string[] {
  return [...new Set(strategies.flatMap(({ verdict }) => verdict?.gates.map(({ name }) => name) ?? []))];
}

type Shown = Readonly<{ shown: readonly string[]; isLadder: boolean; anchor: string }>;

function row(report: StrategyReport, { shown, isLadder, anchor }: Shown): Html {
  const { verdict, result } = report;
  const gates = verdict?.gates ?? [];
  const voting = gates.filter((gate) => verdict !== undefined && hasVote(verdict.tier, gate));
  return html`<tr role="row">
    <th scope="row" role="rowheader">
      <a href="#${anchor}"><b>${report.strategyId}</b> <bdi>${report.name}</bdi></a>
    </th>
    <td role="cell" class="verdict" data-value="${verdict?.status ?? 'OPEN'}">
      ${statusBadge(verdict?.status ?? 'OPEN')}
    </td>
    ${isLadder && html`<td role="cell" class="tier" data-label="Tier">${verdict?.tier ?? ''}</td>`}
    <td role="cell" class="curve">${result && sparkline(result.equity, result.startEquity)}</td>
    ${shown.map((name) =>
      gateCell(
        gates.find((gate) => gate.name === name),
        gateTitle(name),
        verdict?.metrics ?? {},
      ),
    )}${
      shown.length === 0 &&
      cell(
        'Gates passed',
        voting.filter(({ passed }) => passed).length,
        `${voting.filter(({ passed }) => passed).length} / ${voting.length}`,
      )
    }
    ${headlines.map(({ name, label, show }) => {
      const value = result?.metrics[name] ?? verdict?.metrics[name];
      return cell(label, value, value === undefined ? 'n/a' : show(value));
    })}${cell('Took', report.seconds, report.seconds === undefined ? 'n/a' : seconds(report.seconds))}
  </tr> `;
}

const cell = (label: string, value: number | undefined, text: Html | string): Html =>
  html`<td role="cell" class="number" data-label="${label}" data-value="${value ?? ''}">${text}</td>`;

/** The number that decided: the p-value where the gate is about p, the metric in its own unit where it is one. */
function gateCell(gate: Gate | undefined, label: string, metrics: Metrics): Html {
  if (gate === undefined) return cell(label, undefined, 'n/a');
  const { name, value, threshold, test, passed } = gate;
  if (gate.informs) return cell(label, undefined, 'not checked');
  const known = metricRow(name);
  const metric = known && metrics[known.name];
  if (test && threshold.startsWith('p ')) return decided(label, test.pValue, pValue(test.pValue), passed);
  if (known && metric !== undefined) return decided(label, metric, known.show(metric), passed);
  return decided(label, value, value === undefined ? 'n/a' : plain(value, 3), passed);
}

const decided = (label: string, value: number | undefined, text: string, passed: boolean): Html =>
  cell(label, value, html`${text} ${passMark(passed)}`);
