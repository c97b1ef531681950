import { signedPercent } from './format.ts';
import { type Html, html } from './html.ts';
import { type MetricGroup, metricGroups } from './metrics.ts';
import type { ReportResult } from './model.ts';

/** All metrics in groups; what could not be computed says why in a note below its group. */
export const metricTables = (result: ReportResult): Html =>
  html`${metricGroups.map((group) => groupTable(group, result))}`;

function groupTable({ title, rows }: MetricGroup, { metrics, unavailable }: ReportResult): Html {
  const reasons = [
    ...new Set(
      rows.filter(({ name }) => metrics[name] === undefined).map(({ name }) => unavailable[name] ?? 'not computed'),
    ),
  ];
  return html`<table class="metrics">
      <caption>
        ${title}
      </caption>
      <tbody>
        ${rows.map(({ name, label, meaning, show }) => {
          const value = metrics[name];
          const reason = reasons.indexOf(unavailable[name] ?? 'not computed') + 1;
          return html`<tr>
            <th scope="row" title="${meaning}">${label}</th>
            <td class="number">
              ${value === undefined ? html`<span class="none">n/a</span><sup>${reason}</sup>` : show(value)}
            </td>
          </tr> `;
        })}
      </tbody>
    </table>
    ${
      reasons.length > 0 &&
      html`<ol class="reasons" aria-label="Why ${title.toLowerCase()} figures are not available">
        ${reasons.map((reason) => html`<li>${reason}</li>`)}
      </ol> `
    }`;
}

/** What each metric means, once a page. */
export const glossary = (): Html =>
  html`<dl class="glossary">
    ${metricGroups.flatMap(({ rows }) =>
      rows.map(
        ({ label, meaning }) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${meaning}</dd>
          </div>`,
      ),
    )}
  </dl>`;

/** Net return of each calendar month (UTC), from the last mark of the month before. */
export function monthlyReturns({ equity, startEquity }: ReportResult): (readonly [month: string, value: number])[] {
  const ends = new Map<string, number>();
  for (const [index, timeMs] of equity.timeMs.entries()) {
    ends.set(new Date(timeMs).toISOString().slice(0, 7), equity.equity[index]);
  }
  let before = startEquity;
  return [...ends].map(([month, end]) => {
    const value = end / before - 1;
    before = end;
    return [month, value] as const;
  });
}

const monthLetters = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A row a year, a column a month: the shape in which people look for a strategy's seasons. */
export function monthlyTable(result: ReportResult): Html {
  const months = new Map(monthlyReturns(result));
  const years = [...new Set([...months.keys()].map((month) => month.slice(0, 4)))];
  return html`<div class="scroll">
    <table class="months">
      <caption>
        Net return by month
      </caption>
      <thead>
        <tr>
          <th scope="col">Year</th>
          ${monthLetters.map((month) => html`<th scope="col" class="number">${month}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${years.map(
          (year) =>
            html`<tr>
              <th scope="row">${year}</th>
              ${monthLetters.map((_, index) => monthCell(months.get(`${year}-${String(index + 1).padStart(2, '0')}`)))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function monthCell(value: number | undefined): Html {
  if (value === undefined) return html`<td class="number none">·</td>`;
  const size = Math.min(3, Math.ceil(Math.abs(value) / 0.04));
  return html`<td class="number ${value < 0 ? 'minus' : 'plus'}${size}">${signedPercent(value, 1)}</td>`;
}
