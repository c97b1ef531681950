import type { GatePower } from '../../core/validation/gate-power.ts';
import { fixed, percent } from './format.ts';
import { gateWords } from './gate-meanings.ts';
import { type Html, html } from './html.ts';
import type { LadderStep, StrategyReport } from './model.ts';

/** Gates that are named as the ones that stop most. */
const named = 3;

/** Tier by tier: how many came, how many passed, and what stopped the others. */
export const ladderTable = (
  ladder: readonly LadderStep[],
  strategies: readonly StrategyReport[],
  power: GatePower | undefined,
): Html =>
  html`<table class="ladder stacks" role="table">
      <caption>
        The ladder
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">Tier</th>
          <th scope="col" role="columnheader" class="number">Judged</th>
          <th scope="col" role="columnheader" class="number">Passed</th>
          <th scope="col" role="columnheader">Stopped by</th>
          ${
            power &&
            html`<th scope="col" role="columnheader" class="number">Worthless ones pass*</th>
              <th scope="col" role="columnheader" class="number">Sharpe 2 passes*</th>`
          }
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${ladder.map((step) => rung(step, strategies, power))}
      </tbody>
    </table>
    ${power && html`<p class="note">* Measured: simulated strategies that just earn their costs, and ones with a true annual Sharpe ratio of 2 after costs, of those that reach the tier.</p>`}`;

function rung(
  { tier, strategies: judged }: LadderStep,
  strategies: readonly StrategyReport[],
  power: GatePower | undefined,
): Html {
  const verdicts = strategies
    .flatMap(({ verdict, earlier = [] }) => [...earlier.map((each) => each.verdict), ...(verdict ? [verdict] : [])])
    .filter((verdict) => verdict.tier === tier);
  const passed = verdicts.filter(({ status }) => status === 'PASS').length;
  const counts = new Map<string, number>();
  for (const { gates } of verdicts) {
    for (const gate of gates) if (!gate.passed) counts.set(gate.name, (counts.get(gate.name) ?? 0) + 1);
  }
  const most = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, named);
  return html`<tr role="row">
    <th scope="row" role="rowheader">${tier}</th>
    <td role="cell" class="number" data-label="Judged">${fixed(judged, 0)}</td>
    <td role="cell" class="number" data-label="Passed">${fixed(passed, 0)}</td>
    <td role="cell" class="test" data-label="Stopped by">
      ${most.map(([name, count]) => `${gateWords(name)} (${count})`).join(', ') || '–'}
    </td>
    ${power && html`${rate(tier, 0, power)}${rate(tier, 2, power)}`}
  </tr> `;
}

function rate(tier: LadderStep['tier'], sharpe: number, { cells }: GatePower): Html {
  const cell = cells.find((each) => each.sharpe === sharpe && each.freedom === 'fixed' && each.variants === undefined);
  const measured = cell?.tiers[tier];
  return html`<td role="cell" class="number" data-label="${sharpe === 0 ? 'Worthless pass' : 'Sharpe 2 passes'}">
    ${measured === undefined || measured.of === 0 ? '–' : percent(measured.rate, 0)}
  </td>`;
}
