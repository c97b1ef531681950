import { countGaps } from '../../core/market/gaps.ts';
import type { BarSeries } from '../../core/ports/market-data.ts';
import { listBarFiles, sampleFolder, storeFolder } from './bar-folders.ts';
import { sourceKey } from './import-bars.ts';
import { loadColumns } from './load-columns.ts';
import { readParquetMetadata } from './parquet.ts';

/** What a run finds without `--data`: the imported series, then those of the sample, whose source is `sample`. */
export async function listBars(): Promise<BarSeries[]> {
  const stored = [];
  for (const named of listBarFiles(storeFolder())) {
    stored.push(await describe(named, (await readParquetMetadata(named.file))[sourceKey] ?? named.file));
  }
  const shadowed = new Set(stored.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`));
  for (const named of listBarFiles(sampleFolder)) {
    if (!shadowed.has(`${named.symbol} ${named.timeframe}`)) stored.push(await describe(named, 'sample'));
  }
  return stored;
}

async function describe(
  { file, symbol, timeframe }: ReturnType<typeof listBarFiles>[number],
  source: string,
): Promise<BarSeries> {
  const { timeMs } = (await loadColumns(file, timeframe)).columns;
  const gaps = countGaps(timeMs, timeframe);
  return { symbol, timeframe, bars: timeMs.length, from: timeMs[0], to: timeMs[timeMs.length - 1], ...gaps, source };
}
