import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import type { BarColumns } from '../../core/market/checks.ts';
import { countGaps, type Gaps } from '../../core/market/gaps.ts';
import { mergeBars } from '../../core/market/merge.ts';
import { parseBarFileName, symbolFileStem } from '../../core/market/symbol.ts';
import { timeframeMs, type Timeframe } from '../../core/market/timeframe.ts';
import { removeLeftovers, replaceFile } from './atomic-file.ts';
import { listBarFiles, seriesFile, storeFolder } from './bar-folders.ts';
import { symbolOf } from './find-bars.ts';
import { readParquetMetadata, writeBarsParquet } from './parquet.ts';
import { readBarFile, type ReadOptions, refuseErrors } from './read-bars.ts';
import { readSourceFile } from './source-file.ts';
import { withStoreLock } from './store-lock.ts';

/** More bars than this in one import (1 GB in memory) are refused: several imports merge just as well. */
const maxBars = 20_000_000;

/** Under which key a series' Parquet file says where its bars came from. */
export const sourceKey = 'nightdesk.source';

/** Under which key it says of which venue they were downloaded; without a download it has none. */
export const venueKey = 'nightdesk.venue';

export type ImportOptions = ReadOptions &
  Readonly<{
    /** Else that of each file's name. */
    symbol?: string;
    /** Bars that contradict those in the store take their place instead of being refused. */
    replace?: boolean;
    /** The venue that the bars were downloaded from; else a series keeps the one that it has. */
    venue?: string;
    /** Bars that close later are left out, with a count. */
    nowMs: number;
    onFile?(done: number, total: number, file: string): void;
  }>;

/** What an import did to one series. */
export type ImportedSeries = Readonly<
  {
    symbol: string;
    timeframe: Timeframe;
    files: readonly string[];
    /** Bars in the files; of these new; in the store now. */
    read: number;
    added: number;
    bars: number;
    from: number;
    to: number;
    /** Bars of the files that were not closed yet. */
    unclosed: number;
  } & Gaps
>;

type Part = Readonly<{ file: string; columns: BarColumns; rowOf(index: number): number; unclosed: number }>;

type Series = { symbol: string; timeframe: Timeframe; parts: Part[] };

/**
 * Reads and checks all files (a folder stands for the bar files in it), then merges them into the store, one file a
 * series, each replaced in one step. Nothing is written when any file is refused, or when bars of one time contradict
 * each other.
 */
export async function importBars(paths: readonly string[], options: ImportOptions): Promise<ImportedSeries[]> {
  const files = paths.flatMap(expandFolder);
  const series = new Map<string, Series>();
  let total = 0;
  for (const [index, file] of files.entries()) {
    options.onFile?.(index, files.length, file);
    const { symbol, timeframe, part } = await readPart(file, options);
    total += part.columns.timeMs.length;
    if (total > maxBars) throw tooMany(file);
    const key = `${symbol} ${timeframe}`;
    const group = series.get(key) ?? { symbol, timeframe, parts: [] };
    group.parts.push(part);
    series.set(key, group);
  }
  return withStoreLock(storeFolder(), async () => {
    removeLeftovers(storeFolder(), 0); // whoever left them is dead: it held the lock
    const merged = [];
    for (const group of series.values()) merged.push(await mergeSeries(group, options.replace ?? false));
    for (const { result, columns, file, source, venue = options.venue } of merged) {
      await replaceFile(file, (temporary) =>
        writeBarsParquet(temporary, columns, {
          'nightdesk.symbol': result.symbol,
          'nightdesk.timeframe': result.timeframe,
          [sourceKey]: source,
          ...(venue !== undefined && { [venueKey]: venue }),
        }),
      );
    }
    return merged.map(({ result }) => result);
  });
}

function expandFolder(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const files = listBarFiles(path).map(({ file }) => file);
  if (files.length > 0) return files;
  throw new DeskError('BadInput', 'there are no bar files in it', {
    file: path,
    expected: 'files named <symbol>-<timeframe>.csv, .csv.gz, .parquet, .feather or .json',
  });
}

async function readPart(
  file: string,
  options: ImportOptions,
): Promise<{ symbol: string; timeframe: Timeframe; part: Part }> {
  const read = await readBarFile(readSourceFile(file), options);
  refuseErrors(file, read);
  const symbol =
    options.symbol === undefined ? parseBarFileName(basename(file)).symbol : symbolOf(options.symbol, '--symbol');
  if (symbol === undefined || symbolFileStem(symbol) === undefined) {
    throw new DeskError('BadInput', 'whose bars are these?', {
      file,
      expected: '--symbol BTC/USDT, or a name <symbol>-<timeframe> with BTC-USDT or BTC-USDT-PERP',
      found: basename(file),
    });
  }
  const { timeMs, rowOf } = read.columns;
  const closed = closedBars(timeMs, read.timeframe, options.nowMs);
  const cut = (column: Float64Array) => column.subarray(0, closed);
  const { open, high, low, close, volume } = read.columns;
  const columns = {
    timeMs: cut(timeMs),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  };
  return { symbol, timeframe: read.timeframe, part: { file, columns, rowOf, unclosed: timeMs.length - closed } };
}

/** A download of running bars ends with one that is still being made: it must not decide. */
function closedBars(timeMs: Float64Array, timeframe: Timeframe, nowMs: number): number {
  let count = timeMs.length;
  while (count > 0 && timeMs[count - 1] + timeframeMs[timeframe] > nowMs) count--;
  return count;
}

async function mergeSeries({ symbol, timeframe, parts }: Series, replace: boolean) {
  const file = seriesFile(symbol, timeframe);
  const there = await readStored(file, timeframe);
  let columns = there?.columns ?? noBars();
  for (const part of parts) {
    const merged = mergeBars(columns, part.columns);
    const [first] = merged.contradictions;
    if (first !== undefined && !replace) {
      throw new DeskError('BadInput', `${merged.contradictions.length} bars contradict those that are there already`, {
        file: part.file,
        line: part.rowOf(first.index),
        path: first.field,
        expected: `${first.there}, as before (or --replace)`,
        found: `${first.added}`,
      });
    }
    columns = merged.columns;
  }
  if (columns.timeMs.length === 0)
    throw new DeskError('BadInput', 'none of its bars has closed', { file: parts[0].file });
  const result: ImportedSeries = {
    symbol,
    timeframe,
    files: parts.map((part) => part.file),
    read: parts.reduce((sum, part) => sum + part.columns.timeMs.length, 0),
    added: columns.timeMs.length - (there?.columns.timeMs.length ?? 0),
    bars: columns.timeMs.length,
    from: columns.timeMs[0],
    to: columns.timeMs[columns.timeMs.length - 1],
    unclosed: parts.reduce((sum, part) => sum + part.unclosed, 0),
    ...countGaps(columns.timeMs, timeframe),
  };
  return { result, columns, file, source: sourceText(there?.source, parts), venue: there?.venue };
}

async function readStored(file: string, timeframe: Timeframe) {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  const read = await readBarFile(readSourceFile(file), { timeframe });
  refuseErrors(file, read);
  const { [sourceKey]: source, [venueKey]: venue } = await readParquetMetadata(file);
  return { columns: read.columns, source, venue };
}

/** The names of the files that a series was made of, the last ten of them. */
function sourceText(before: string | undefined, parts: readonly Part[]): string {
  const names = [...(before?.split(', ') ?? []), ...parts.map(({ file }) => basename(file))];
  return [...new Set(names)].slice(-10).join(', ');
}

function noBars(): BarColumns {
  const none = new Float64Array(0);
  return { timeMs: none, open: none, high: none, low: none, close: none, volume: none };
}

const tooMany = (file: string) =>
  new DeskError('ResourceExhausted', 'too many bars for one import', {
    file,
    expected: `at most ${maxBars} bars; import the files in several calls`,
  });
