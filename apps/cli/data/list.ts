import { listBars } from '../../../adapters/market-data/list-bars.ts';
import { print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';
import { dayText } from './text.ts';

/** `nightdesk data list`. */
export async function runList({ json }: Readonly<{ json?: boolean }>): Promise<void> {
  const series = await listBars();
  if (json === true) return printJson({ series });
  print(
    renderTable(
      [
        { title: 'symbol' },
        { title: 'timeframe' },
        { title: 'bars', align: 'right' },
        { title: 'from' },
        { title: 'to' },
        { title: 'gaps', align: 'right' },
        { title: 'missing', align: 'right' },
        { title: 'source' },
      ],
      series.map((row) => [
        row.symbol,
        row.timeframe,
        `${row.bars}`,
        dayText(row.from),
        dayText(row.to),
        `${row.gaps}`,
        `${row.missingBars}`,
        row.source,
      ]),
    ),
  );
}
