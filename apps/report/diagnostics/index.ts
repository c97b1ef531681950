import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { decayPanel } from './decay.ts';
import { driftPanel } from './drift.ts';
import { overfittingPanel } from './overfitting.ts';
import { sensitivityPanel } from './sensitivity.ts';
import { sharpePanel } from './sharpe.ts';

const panels: readonly ((report: StrategyReport) => Html | undefined)[] = [
  sharpePanel,
  decayPanel,
  overfittingPanel,
  sensitivityPanel,
  driftPanel,
];

/**
 * What the diag plugins find in what the tiers have left. Nothing here has a vote, so it is folded away: browsers lay
 * it out when it is opened.
 */
export function diagnosticsSection(report: StrategyReport): Html | undefined {
  const shown = panels.flatMap((show) => show(report) ?? []);
  if (shown.length === 0) return undefined;
  return html`<section class="evidence" aria-label="Diagnostics of ${report.strategyId}">
    <h3>Diagnostics</h3>
    <details>
      <summary>${shown.length} more looks, without a vote</summary>
      <div class="panels">${shown}</div>
    </details>
  </section> `;
}
