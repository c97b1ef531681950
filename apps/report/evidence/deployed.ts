import { fixed, signed } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { evidenceTable, latest, panel } from './panel.ts';

/** Whether what is deployed already does the same. */
export function deployedPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'deployed');
  if (found === undefined) return undefined;
  const { value: deployed, tier } = found;
  const known = deployed.flatMap(({ correlation }) => correlation ?? []);
  return panel({
    title: 'Beside what is deployed',
    tier,
    finding:
      deployed.length === 0
        ? 'Nothing is deployed, so there is nothing that it could double.'
        : `The largest correlation with ${deployed.length === 1 ? 'the deployed strategy' : `one of ${deployed.length} deployed strategies`} is ${known.length === 0 ? 'not known' : fixed(Math.max(...known), 2)}.`,
    asks: 'Two strategies that rise and fall together are one bet with twice the size. Correlation of daily returns on the days that both have.',
    body:
      deployed.length === 0
        ? html``
        : evidenceTable(
            'Correlation with deployed strategies',
            [{ label: 'Strategy', text: true }, { label: 'Shared days' }, { label: 'Correlation' }],
            deployed.map(({ strategyId, days, correlation }) => [
              strategyId,
              fixed(days, 0),
              correlation === undefined ? 'too few days' : signed(correlation, 2),
            ]),
          ),
  });
}
