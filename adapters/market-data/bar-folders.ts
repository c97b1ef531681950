import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectFolder, stateFolder } from '../../config/paths.ts';
import { DeskError } from '../../core/errors.ts';
import { canResample } from '../../core/market/resample.ts';
import { parseBarFileName, symbolFileStem } from '../../core/market/symbol.ts';
import { timeframeMs, type Timeframe } from '../../core/market/timeframe.ts';

/** A file whose name says whose bars it holds. */
export type NamedBarFile = Readonly<{ file: string; symbol: string; timeframe: Timeframe }>;

/** Imported bars: `<symbol>-<timeframe>.parquet` a series. */
export const storeFolder = (): string => join(stateFolder(), 'data');

/** The store's file of a series, there or not. */
export const seriesFile = (symbol: string, timeframe: Timeframe): string =>
  join(storeFolder(), `${symbolFileStem(symbol)}-${timeframe}.parquet`);

/** The sample that ships with the project. */
export const sampleFolder: string = join(projectFolder, 'data', 'sample');

/** Folders with more files are refused: nobody means them. */
const maxFiles = 10_000;

/** The bar files of a folder by name (`<symbol>-<timeframe>.csv[.gz]`, Parquet, feather); other files are left out. */
export function listBarFiles(folder: string): NamedBarFile[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => barFile.test(name));
  } catch {
    return [];
  }
  if (names.length > maxFiles) {
    throw new DeskError('ResourceExhausted', 'too many files', { file: folder, expected: `at most ${maxFiles}` });
  }
  return names.toSorted().flatMap((name) => {
    const { symbol, timeframe } = parseBarFileName(name);
    return symbol === undefined || timeframe === undefined ? [] : [{ file: join(folder, name), symbol, timeframe }];
  });
}

const barFile = /^[^.].*\.(?:csv|csv\.gz|parquet|feather|json|json\.gz)$/i;

/**
 * The file that serves a symbol at a frame best: that frame, else the coarsest that can be put together to it. Without
 * a frame the symbol's only file. Undefined where none serves; two files of one series are refused.
 */
export function chooseBarFile(
  files: readonly NamedBarFile[],
  symbol: string,
  timeframe: Timeframe | undefined,
): NamedBarFile | undefined {
  const [best, next] = files
    .filter((file) => file.symbol === symbol && (timeframe === undefined || canResample(file.timeframe, timeframe)))
    .toSorted((a, b) => timeframeMs[b.timeframe] - timeframeMs[a.timeframe]);
  if (best === undefined || next === undefined) return best;
  if (best.timeframe === next.timeframe || timeframe === undefined) {
    throw new DeskError('BadInput', `two files hold bars of ${symbol}`, {
      file: best.file,
      expected: 'one, or the one that is meant as --data SYMBOL=file',
      found: `${basename(best.file)} and ${basename(next.file)}`,
    });
  }
  return best;
}
