import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DeskError, errorLine } from '../../core/errors.ts';
import { countGaps, type Gaps, maxMissingShare, missingShare } from '../../core/market/gaps.ts';
import { parseBarFileName } from '../../core/market/symbol.ts';
import type { Timeframe } from '../../core/market/timeframe.ts';
import { readBarFile, type ReadOptions } from './read-bars.ts';
import { readSourceFile } from './source-file.ts';

/** What is wrong with a file, at most 100 lines of it. Row 0: the file as a whole. */
type VerifyError = Readonly<{ row: number; field: string; message: string }>;

/** A file as it was found; what it does not say is null. */
export type VerifiedFile = Readonly<
  {
    file: string;
    symbol: string | null;
    timeframe: Timeframe | null;
    bars: number;
    from: number | null;
    to: number | null;
    errors: readonly VerifyError[];
    /** Also those that are not listed. */
    errorCount: number;
  } & Gaps
>;

/** The files that a path means: itself, or the files in the folder that may hold bars. */
export function filesToVerify(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => barFile.test(name) && !otherSeries.test(name))
    .toSorted()
    .map((name) => join(path, name));
}

const barFile = /^[^.].*\.(?:csv|csv\.gz|parquet|feather)$/i;

/** Funding rates and mark prices lie beside bars and are none. */
const otherSeries = /-(?:funding(?:_rate)?|mark)\b/i;

/** Checks a whole file and reports everything that a run would refuse it for. */
export async function verifyBarFile(
  file: string,
  { allowGaps = false, ...options }: ReadOptions & Readonly<{ allowGaps?: boolean }>,
): Promise<VerifiedFile> {
  const { symbol = null, timeframe = null } = parseBarFileName(basename(file));
  const unread = { file, symbol, timeframe: options.timeframe ?? timeframe };
  try {
    const read = await readBarFile(readSourceFile(file), options);
    const { timeMs } = read.columns;
    const gaps = countGaps(timeMs, read.timeframe);
    const errors = read.errors.map(({ row, field, message, ...place }) => ({
      row,
      field,
      message: errorLine({ message, ...place }),
    }));
    const share = missingShare(gaps, timeMs.length);
    const tooManyGaps = share > maxMissingShare && !allowGaps && errors.length === 0;
    if (tooManyGaps) errors.push({ row: 0, field: 'timestamp', message: gapMessage(gaps, share) });
    return {
      ...unread,
      timeframe: read.timeframe,
      bars: timeMs.length,
      from: timeMs[0] ?? null,
      to: timeMs[timeMs.length - 1] ?? null,
      ...gaps,
      errors,
      errorCount: read.errorCount + (tooManyGaps ? 1 : 0),
    };
  } catch (thrown) {
    if (!(thrown instanceof DeskError) || thrown.code !== 'BadInput') throw thrown;
    const { line = 0, path = '', file: _, ...place } = thrown.place;
    const errors = [{ row: line, field: path, message: errorLine({ message: thrown.message, ...place }) }];
    return { ...unread, bars: 0, from: null, to: null, gaps: 0, missingBars: 0, errors, errorCount: 1 };
  }
}

const gapMessage = ({ gaps, missingBars }: Gaps, share: number) =>
  `${missingBars} bars are missing (gaps: ${gaps}), ${(share * 100).toFixed(1)} % of the window, expected at most ${maxMissingShare * 100} %, or --allow-gaps`;
