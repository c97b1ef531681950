import { importBars } from '../../../adapters/market-data/import-bars.ts';
import { notice, print, printJson } from '../output.ts';
import { createProgress } from '../progress.ts';
import { renderTable } from '../table.ts';
import { type ReadFlags, readOptionsOf } from './read-options.ts';
import { dayText } from './text.ts';

type ImportFlags = ReadFlags & Readonly<{ symbol?: string; replace?: boolean }>;

/** `nightdesk data import`. */
export async function runImport(files: readonly string[], flags: ImportFlags): Promise<void> {
  const progress = createProgress('importing');
  const { symbol, replace } = flags;
  try {
    const series = await importBars(files, {
      ...readOptionsOf(flags),
      ...(symbol === undefined ? {} : { symbol }),
      ...(replace === undefined ? {} : { replace }),
      nowMs: Date.now(),
      onFile: (done, total, file) => progress.update(done, total, file),
    });
    progress.finish();
    for (const { symbol: name, timeframe, unclosed } of series) {
      if (unclosed > 0) notice(`${name} ${timeframe}: ${unclosed} bars left out that have not closed yet`);
    }
    if (flags.json === true) return printJson({ series });
    print(
      renderTable(
        [
          { title: 'symbol' },
          { title: 'timeframe' },
          { title: 'read', align: 'right' },
          { title: 'new', align: 'right' },
          { title: 'bars', align: 'right' },
          { title: 'from' },
          { title: 'to' },
          { title: 'missing', align: 'right' },
        ],
        series.map((row) => [
          row.symbol,
          row.timeframe,
          `${row.read}`,
          `${row.added}`,
          `${row.bars}`,
          dayText(row.from),
          dayText(row.to),
          `${row.missingBars}`,
        ]),
      ),
    );
  } finally {
    progress.finish();
  }
}
