import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import { seriesFile } from './bar-folders.ts';
import type { CandleHistory, HistorySeries } from './candle-history.ts';
import { venueKey } from './import-bars.ts';
import { readParquetMetadata } from './parquet.ts';

/**
 * Refuses to download into a series whose bars are of another venue: two venues' prices in one file are no market. A
 * series that names none (imported) takes the venue of the first download into it. Asks the venue nothing.
 *
 * @throws DeskError BadInput
 */
export async function checkSeriesVenue({ venue }: CandleHistory, { symbol, timeframe }: HistorySeries): Promise<void> {
  const file = seriesFile(symbol, timeframe);
  if (!existsSync(file)) return;
  const { [venueKey]: there = venue } = await readParquetMetadata(file);
  if (there === venue) return;
  throw new DeskError('BadInput', `the bars of ${symbol} ${timeframe} in the store are of another venue`, {
    file,
    path: '--venue',
    expected:
      `${there}; to keep both, download with NIGHTDESK_HOME set to another folder ` +
      `and run on --data ${symbol}=FOLDER/data/${basename(file)}`,
    found: venue,
  });
}
