import { DeskError } from '../../core/errors.ts';
import type { FundingRates } from '../../core/market/bars.ts';
import { parseCsv } from './csv.ts';
import { readSourceFile, unpacked } from './source-file.ts';

/** Reads `timestamp,funding_rate` (CSV, gzip or not): rising times, finite rates as fractions of notional. */
export function readFundingFile(file: string, symbol: string): FundingRates {
  const { columns, rowOf, textAt, rowErrors } = parseCsv<'rate'>(unpacked(readSourceFile(file)), file, { layoutOf });
  const refuse = (index: number, name: 'timeMs' | 'rate', message: string): never => {
    throw new DeskError('BadInput', message, {
      file,
      line: rowOf(index),
      path: name === 'rate' ? 'funding_rate' : 'timestamp',
      found: textAt(index, name),
    });
  };
  const [first] = rowErrors;
  if (first !== undefined) {
    const { row, message, expected, found } = first;
    throw new DeskError('BadInput', message, { file, line: row, expected: expected ?? '', found: found ?? '' });
  }
  const { timeMs, rate } = columns;
  for (let i = 0; i < timeMs.length; i++) {
    if (!Number.isFinite(timeMs[i])) refuse(i, 'timeMs', 'timestamp is not a time');
    if (!Number.isFinite(rate[i])) refuse(i, 'rate', 'funding_rate is not a number');
    if (i > 0 && timeMs[i] <= timeMs[i - 1])
      refuse(i, 'timeMs', timeMs[i] === timeMs[i - 1] ? 'repeated time' : 'unsorted time');
  }
  return { symbol, timeMs, rate };
}

function layoutOf(names: readonly string[], file: string) {
  const timeMs = names.indexOf('timestamp');
  const rate = names.indexOf('funding_rate');
  if (timeMs >= 0 && rate >= 0) return { timeMs, rate };
  throw new DeskError('BadInput', 'these are no funding rates', {
    file,
    line: 1,
    expected: 'timestamp,funding_rate',
    found: names.join(','),
  });
}
