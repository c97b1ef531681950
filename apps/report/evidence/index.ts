import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { costsPanel } from './costs.ts';
import { deployedPanel } from './deployed.ts';
import { holdoutPanel } from './holdout.ts';
import { intervalPanel } from './interval.ts';
import { ledgerPanel } from './ledger.ts';
import { luckPanel } from './luck.ts';
import { barsFanPanel, tradesFanPanel } from './monte-carlo.ts';
import { plateauPanel } from './plateau.ts';
import { randomEntryPanel } from './random-entry.ts';
import { regimesPanel } from './regimes.ts';
import { sweepPanel } from './sweep.ts';
import { walkForwardPanel } from './walk-forward.ts';

/** What a report can show beside the gates, in reading order. Each says nothing where its tier was not run. */
const panels: readonly ((report: StrategyReport) => Html | undefined)[] = [
  walkForwardPanel,
  plateauPanel,
  sweepPanel,
  tradesFanPanel,
  barsFanPanel,
  regimesPanel,
  costsPanel,
  randomEntryPanel,
  intervalPanel,
  deployedPanel,
  luckPanel,
  holdoutPanel,
  ledgerPanel,
];

/** All evidence that a strategy's tiers have left. */
export function evidenceSection(report: StrategyReport): Html | undefined {
  const shown = panels.flatMap((show) => show(report) ?? []);
  if (shown.length === 0) return undefined;
  return html`<section class="evidence" aria-label="Evidence of ${report.strategyId}">
    <h3>Evidence</h3>
    <div class="panels">${shown}</div>
  </section> `;
}
