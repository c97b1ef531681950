import { hasVote } from '../../core/validation/gates.ts';
import { type GatePower, type Rate, worthlessPast } from '../../core/validation/gate-power.ts';
import type { Gate, Tier, Verdict } from '../../core/validation/verdict.ts';
import { comparison, fixed, percent, plain, pValue, words } from './format.ts';
import { gateMeaning, gateTitle, namesInWords } from './gate-meanings.ts';
import { type Html, html } from './html.ts';
import { marginalMark, passMark } from './status.ts';

/** Every gate of a verdict: what was measured, what was asked, and the test half with its error rate. */
export function gatesTable({ gates, tier, failures, overrides }: Verdict, power?: GatePower): Html {
  if (gates.length === 0)
    return html`<p>No gate was reached.</p>
      ${failureList(failures, gates)}`;
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
          <th scope="col" role="columnheader" class="number">Noise passes (measured)</th>
          <th scope="col" role="columnheader">Test</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${gates.map((gate) => gateRow(tier, gate, power))}
      </tbody>
    </table>
    <p class="note">
      p: how often luck alone shows a value at least this good. Noise passes: how often a worthless strategy gets
      through this gate, by the test's formula; in brackets, what simulated ones that reach ${tier} do.
      ${power?.isOfOtherThresholds && 'Measured with other thresholds than those that are set now.'}
      ${power && measured(tier, power)}
    </p>
    ${overrideNote(overrides)} ${failureList(failures, gates)}`;
}

function gateRow(tier: Tier, gate: Gate, power: GatePower | undefined): Html {
  const { name, value, threshold, test, note } = gate;
  const meaning = gateMeaning(tier, name);
  const decides = hasVote(tier, gate);
  return html`<tr role="row">
    <th scope="row" role="rowheader">
      ${gateTitle(name)}${note !== undefined && html` <small>${namesInWords(shortNumbers(note))}</small>`}${meaning !== undefined && html`<span class="meaning">${meaning}</span>`}
    </th>
    <td role="cell" class="verdict">${resultText(gate, decides)}</td>
    ${cell('Value', value === undefined ? 'n/a' : plain(value))}${cell('Asked', decides ? comparison(threshold) : '–')}
    ${cell('p', test ? pValue(test.pValue) : '–')}${cell('Noise passes (measured)', decides ? noiseText(test, power && worthlessPast(power, tier, name)) : '–')}
    <td role="cell" class="test" data-label="Test">
      ${test ? testText(test) : html`<span class="none">threshold only</span>`}
    </td>
  </tr> `;
}

/** What the test's formula says of noise, and in brackets what simulated noise that reaches the tier does. */
function noiseText(test: Gate['test'], measuredRate: Rate | undefined): string {
  const stated = test && percent(test.alpha, test.alpha < 0.1 ? 1 : 0);
  const counted = measuredRate && `(${percent(measuredRate.rate, measuredRate.rate < 0.1 ? 1 : 0)})`;
  return [stated, counted].filter((text) => text !== undefined).join(' ') || '–';
}

function resultText({ passed, marginal }: Gate, decides: boolean): Html {
  if (!decides) return html`<span class="none">no vote</span>`;
  if (passed && marginal === true) return html`${marginalMark} marginal`;
  return html`${passMark(passed)} ${passed ? 'passed' : 'failed'}`;
}

const cell = (label: string, text: string): Html =>
  html`<td role="cell" class="number" data-label="${label}">${text}</td>`;

const testText = ({ name, statistic, power }: NonNullable<Gate['test']>): Html =>
  html`${comparison(words(name))}${statistic !== undefined && html`; statistic ${plain(statistic)}`}${power !== undefined && html`; power ${percent(power, 0)}`}`;

/** What whole tiers let through, measured on simulated strategies whose truth is known. */
function measured(tier: Tier, { cells }: GatePower): string | undefined {
  const parts = cells.flatMap(({ sharpe, freedom, variants, tiers }) => {
    const rate = tiers[tier];
    if (freedom !== 'fixed' || variants !== undefined || rate === undefined || rate.of === 0) return [];
    return [{ sharpe, rate }];
  });
  const worthless = parts.find(({ sharpe }) => sharpe === 0) ?? parts.find(({ sharpe }) => sharpe === 'none');
  const good = parts.find(({ sharpe }) => sharpe === 2);
  if (worthless === undefined || good === undefined) return undefined;
  return `Measured by simulation: of strategies that just earn their costs and reach ${tier}, ${rateText(worthless.rate)} pass all its gates; of those with a true annual Sharpe ratio of 2, ${rateText(good.rate)}.`;
}

/** 16.1% of 478 (95% interval 13.1 to 19.7). */
const rateText = ({ rate, of, low, high }: Rate): string =>
  `${percent(rate, 1)} of ${fixed(of, 0)} (95% interval ${fixed(low * 100, 1)} to ${fixed(high * 100, 1)})`;

const overrideNote = (overrides: Verdict['overrides']): Html | undefined =>
  overrides &&
  html`<p class="note">
    Thresholds of its own, because: ${overrides.reason}
    ${overrides.thresholds.map(({ key, value, instead }) => `${key} ${JSON.stringify(value)} instead of ${JSON.stringify(instead)}`).join('; ')}.
  </p>`;

/** Notes may carry numbers to the last bit; four digits are enough to read. */
const shortNumbers = (text: string): string =>
  text.replace(/-?\d+\.\d{5,}(?:e-?\d+)?/g, (digits) => plain(Number(digits)));

/** What went wrong where there are no gates to say it, and else of which kinds it is. */
function failureList(failures: Verdict['failures'], gates: readonly Gate[]): Html | undefined {
  if (failures.length === 0) return undefined;
  if (gates.length > 0) {
    const kinds = failures.map(
      ({ errorType, fixable }) => `${words(errorType)} (${fixable ? 'fixable' : 'not fixable'})`,
    );
    return html`<p class="note">For auto-retry: ${kinds.join(', ')}.</p>`;
  }
  return html`<ul class="failures" aria-label="Why it failed">
    ${failures.map(
      ({ message, errorType, fixable }) =>
        html`<li>
          ${comparison(message)}
          <small>${words(errorType)}, ${fixable ? 'fixable: auto-retry may take it up' : 'not fixable'}</small>
        </li> `,
    )}
  </ul> `;
}
