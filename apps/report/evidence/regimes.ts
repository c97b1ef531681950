import type { Regime } from '../../../core/validation/regimes.ts';
import { fixed, signedPercent } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { passMark } from '../status.ts';
import { evidenceTable, gainText, latest, panel } from './panel.ts';

/** What the strategy earned in rising, falling and sideways markets. */
export function regimesPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'regimes');
  if (found === undefined) return undefined;
  const { value: regimes, tier } = found;
  return panel({
    title: 'Regimes',
    tier,
    finding: findingOf(regimes),
    asks: 'A market is bull when its last 30 days rose by more than 0.43 of their own deviation, bear when they fell by as much, else sideways: a walk without direction is each of them a third of the time. The label knows nothing of later days, and a trade counts where it was decided. A regime with fewer than 30 trades is refused, since it says nothing. (Both 30s unless config/validation-gates.yaml says otherwise.)',
    body: evidenceTable(
      'Out-of-sample trades by regime',
      [
        { label: 'Regime', text: true },
        { label: 'Trades' },
        { label: 'Profit, of start equity' },
        { label: 'Mean trade' },
        { label: 'Says', text: true },
      ],
      regimes.map(({ name, trades, pnl, meanReturn, profitable }) => [
        name,
        fixed(trades, 0),
        gainText(pnl, (value) => signedPercent(value, 1)),
        meanReturn === undefined ? 'n/a' : signedPercent(meanReturn, 2),
        profitable === undefined
          ? html`<span class="none">refused, too few trades</span>`
          : html`${passMark(profitable)} ${profitable ? 'earned' : 'lost'}`,
      ]),
    ),
  });
}

function findingOf(regimes: readonly Regime[]): string {
  const spoken = regimes.filter(({ profitable }) => profitable !== undefined);
  const earned = spoken.filter(({ profitable }) => profitable);
  const refused = regimes.length - spoken.length;
  const names = earned.map(({ name }) => name).join(' and ') || 'none';
  return `It earned in ${earned.length} of ${spoken.length} regimes that can be judged (${names}).${refused > 0 ? ` ${refused} had too few trades.` : ''}`;
}
