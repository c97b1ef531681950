import type { Gate, Verdict } from '../../core/validation/verdict.ts';
import { percent, plain, pValue, sentence, words } from './format.ts';
import { type Html, html } from './html.ts';
import { gateValue } from './overview.ts';
import { passMark } from './status.ts';

/** Every gate of a verdict: what was measured, what was asked, and the test half with the error rate it is held to. */
export function gatesTable({ gates, tier, failures }: Verdict): Html {
  if (gates.length === 0)
    return html`<p>No gate was reached.</p>
      ${failureList(failures)}`;
  return html`<div class="scroll">
      <table class="gates">
        <caption>
          Gates of ${tier}
        </caption>
        <thead>
          <tr>
            <th scope="col">Gate</th>
            <th scope="col" class="number">Value</th>
            <th scope="col" class="number">Asked</th>
            <th scope="col">Test</th>
            <th scope="col" class="number">p</th>
            <th scope="col" class="number">Noise passes</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          ${gates.map(gateRow)}
        </tbody>
      </table>
    </div>
    ${failureList(failures)}`;
}

function gateRow(gate: Gate): Html {
  const { name, value, threshold, passed, test, note } = gate;
  return html`<tr>
    <th scope="row">${sentence(words(name))}</th>
    <td class="number">${value === undefined ? 'n/a' : gateValue(gate)}</td>
    <td class="number">${threshold.replaceAll('-', '\u2212')}</td>
    ${
      test
        ? html`<td>
              ${words(test.name)}${test.statistic !== undefined && html` <small>${plain(test.statistic)}</small>`}
            </td>
            <td class="number">${pValue(test.pValue)}</td>
            <td class="number">${testRate(test)}</td>`
        : html`<td class="none">none</td>
            <td class="number none">–</td>
            <td class="number none">–</td>`
    }
    <td>
      ${passMark(passed)} ${passed ? 'passed' : 'failed'}${note !== undefined && html`<br /><small>${note}</small>`}
    </td>
  </tr> `;
}

const testRate = ({ alpha, power }: NonNullable<Gate['test']>): Html =>
  html`&lt; ${plain(alpha)}${power !== undefined && html`<br /><small>power ${percent(power, 0)}</small>`}`;

const failureList = (failures: Verdict['failures']): Html | undefined =>
  failures.length === 0
    ? undefined
    : html`<ul class="failures">
        ${failures.map(
          ({ message, errorType, fixable }) =>
            html`<li>
              ${message}
              <small>${words(errorType)}, ${fixable ? 'fixable: auto-retry may take it up' : 'not fixable'}</small>
            </li> `,
        )}
      </ul> `;
