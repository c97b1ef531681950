import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import { parseBarFileName, parseSymbol } from '../../core/market/symbol.ts';
import type { Timeframe } from '../../core/market/timeframe.ts';
import { nearestName } from '../../core/nearest.ts';
import { chooseBarFile, listBarFiles, type NamedBarFile, sampleFolder, storeFolder } from './bar-folders.ts';

/** Where the bars of a symbol are asked for. */
export type BarFinder = Readonly<{
  /** The symbols that `--data SYMBOL=file` names, in its order. */
  named: readonly string[];
  find(symbol: string, timeframe: Timeframe | undefined): string;
}>;

/** A symbol for the bars of a file whose name says none, where no strategy asks for one either. */
const anonymous = 'FILE/FILE';

/**
 * Looks in what `--data` says: `SYMBOL=file`, a file (its symbol by name, or the one symbol that is asked for), a folder.
 * Without it in the store, then in the sample.
 */
export function createBarFinder(data: readonly string[] | undefined, universe: readonly string[] = []): BarFinder {
  const files = new Map<string, string>();
  const folders: string[] = [];
  for (const entry of data ?? []) {
    const { symbol, path } = parseDataEntry(entry, universe);
    if (symbol === undefined) folders.push(path);
    else files.set(symbol, path);
  }
  if (data === undefined || data.length === 0) folders.push(storeFolder(), sampleFolder);
  return {
    named: [...files.keys()],
    find: (symbol, timeframe) => files.get(symbol) ?? findInFolders({ folders, files, symbol, timeframe }),
  };
}

function parseDataEntry(entry: string, universe: readonly string[]): { symbol?: string; path: string } {
  const cut = entry.indexOf('=');
  if (cut > 0 && statSync(entry, { throwIfNoEntry: false }) === undefined) {
    return { symbol: symbolOf(entry.slice(0, cut), '--data'), path: entry.slice(cut + 1) };
  }
  const status = statSync(entry, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new DeskError('NotFound', 'there is no such file or folder', {
      path: '--data',
      expected: 'SYMBOL=file, a file or a folder',
      found: entry,
    });
  }
  if (status.isDirectory()) return { path: entry };
  const onlyOne = universe.length === 1 ? universe[0] : undefined;
  return { symbol: parseBarFileName(basename(entry)).symbol ?? onlyOne ?? anonymous, path: entry };
}

/** Reads a symbol in any spelling that says where its base ends. */
export function symbolOf(text: string, path: string): string {
  const symbol = parseSymbol(text);
  if (symbol !== undefined) return symbol;
  throw new DeskError('Usage', 'this is no symbol', {
    path,
    expected: 'BTC/USDT, or BTC/USDT:USDT for a perpetual',
    found: text,
  });
}

type Search = Readonly<{
  folders: readonly string[];
  files: ReadonlyMap<string, string>;
  symbol: string;
  timeframe: Timeframe | undefined;
}>;

function findInFolders({ folders, files, symbol, timeframe }: Search): string {
  const listed: NamedBarFile[] = [];
  for (const folder of folders) {
    const inFolder = listBarFiles(folder);
    const chosen = chooseBarFile(inFolder, symbol, timeframe);
    if (chosen !== undefined) return chosen.file;
    listed.push(...inFolder);
  }
  const coarser = listed.find((file) => file.symbol === symbol);
  if (coarser !== undefined && timeframe !== undefined) throw tooCoarse(coarser.file, coarser.timeframe, timeframe);
  const known = [...new Set([...files.keys(), ...listed.map((file) => file.symbol)])];
  const otherKind = known.find((name) => name.startsWith(`${symbol}:`) || symbol.startsWith(`${name}:`)); // spot or perpetual
  const nearest = otherKind ?? nearestName(symbol, known);
  throw new DeskError('DataUnavailable', `there are no bars of ${symbol}`, {
    expected: 'nightdesk data import <file>, or --data SYMBOL=file',
    found: known.length === 0 ? 'no bars at all' : `bars of ${known.slice(0, 20).join(', ')}`,
    ...(nearest === undefined ? {} : { nearest }),
  });
}

/** Bars that would have to be taken apart. */
export const tooCoarse = (file: string, found: Timeframe, expected: Timeframe) =>
  new DeskError('BadInput', `its bars cannot be made ${expected} bars`, {
    file,
    expected: `${expected} or a finer frame that divides it`,
    found,
  });
