import { statSync } from 'node:fs';
import { DeskError } from '../../core/errors.ts';
import { parseTimeRange } from '../../core/market/time-range.ts';
import type { DataRequest } from '../../core/validation/artifact.ts';
import { createBarFinder } from './find-bars.ts';

/**
 * Looks whether the bars that somebody names are there at all, before anything is begun with them: a typing mistake is
 * bad input of the command, and no finding about a strategy.
 * @throws DeskError NotFound, Usage, BadInput
 */
export function checkDataRequest({ data, funding, timerange }: DataRequest): void {
  createBarFinder(data);
  for (const entry of data ?? []) checkFile(entry, '--data');
  for (const entry of funding ?? []) checkFile(entry, '--funding');
  if (timerange !== undefined) parseTimeRange(timerange);
}

function checkFile(entry: string, path: string): void {
  if (isThere(entry) || isThere(entry.slice(entry.indexOf('=') + 1))) return;
  throw new DeskError('NotFound', 'there is no such file or folder', {
    path,
    expected: 'SYMBOL=file, with a file that is there',
    found: entry,
  });
}

const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;
