import type { Gate, Verdict } from '../../core/validation/verdict.ts';
import { comparison, percent, plain, pValue, sentence, words } from './format.ts';
import { type Html, html } from './html.ts';
import { passMark } from './status.ts';

/** Every gate of a verdict: what was measured, what was asked, and the test half with its error rate. */
export function gatesTable({ gates, tier, failures }: Verdict): Html {
  if (gates.length === 0)
    return html`<p>No gate was reached.</p>
      ${failureList(failures)}`;
  return html`<table class="gates stacks" role="table">
      <caption>
        Gates of ${tier}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">Gate</th>
          <th scope="col" role="columnheader">Result</th>
          <th scope="col" role="columnheader" class="number">Value</th>
          <th scope="col" role="columnheader" class="number">Asked</th>
          <th scope="col" role="columnheader" class="number">p</th>
          <th scope="col" role="columnheader" class="number">Noise passes</th>
          <th scope="col" role="columnheader">Test</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${gates.map(gateRow)}
      </tbody>
    </table>
    ${failureList(failures)}`;
}

function gateRow({ name, value, threshold, passed, test, note }: Gate): Html {
  return html`<tr role="row">
    <th scope="row" role="rowheader">
      ${sentence(words(name))}${note !== undefined && html` <small>${shortNumbers(note)}</small>`}
    </th>
    <td role="cell" class="verdict">${passMark(passed)} ${passed ? 'passed' : 'failed'}</td>
    ${cell('Value', value === undefined ? 'n/a' : plain(value))}${cell('Asked', comparison(threshold))}
    ${cell('p', test ? pValue(test.pValue) : '–')}${cell('Noise passes', test ? percent(test.alpha, 0) : '–')}
    <td role="cell" class="test" data-label="Test">
      ${test ? testText(test) : html`<span class="none">threshold only</span>`}
    </td>
  </tr> `;
}

const cell = (label: string, text: string): Html =>
  html`<td role="cell" class="number" data-label="${label}">${text}</td>`;

const testText = ({ name, statistic, power }: NonNullable<Gate['test']>): Html =>
  html`${comparison(words(name))}${statistic !== undefined && html`; statistic ${plain(statistic)}`}${power !== undefined && html`; power ${percent(power, 0)}`}`;

/** Notes may carry numbers to the last bit; four digits are enough to read. */
const shortNumbers = (text: string): string =>
  text.replace(/-?\d+\.\d{5,}(?:e-?\d+)?/g, (digits) => plain(Number(digits)));

const failureList = (failures: Verdict['failures']): Html | undefined =>
  failures.length === 0
    ? undefined
    : html`<ul class="failures" aria-label="Why it failed">
        ${failures.map(
          ({ message, errorType, fixable }) =>
            html`<li>
              ${comparison(message)}
              <small>${words(errorType)}, ${fixable ? 'fixable: auto-retry may take it up' : 'not fixable'}</small>
            </li> `,
        )}
      </ul> `;
