import { DeskError } from '../../core/errors.ts';
import type { TrackRecord } from '../../core/validation/audit/track-record.ts';
import type { Cells } from './cells.ts';

const timeNames = ['timestamp', 'date', 'datetime', 'time', 'day', 'open_time', 'timems', 'close_date', ''];
const equityNames = ['equity', 'balance', 'nav', 'value', 'portfolio_value', 'account'];
const returnNames = [
  'return',
  'returns',
  'ret',
  'r',
  'daily_return',
  'daily_returns',
  'strategy_returns',
  'pct_change',
];

/**
 * Reads a CSV of returns or of an account's equity: one column of them, named as usual or the only one beside a time. Times
 * are optional and must rise.
 */
export function readReturns(cells: Cells, names: readonly string[]): TrackRecord {
  const find = (wanted: readonly string[]) => names.find((name) => wanted.includes(name.toLowerCase()));
  const time = find(timeNames);
  const others = names.filter((name) => name !== time);
  const equity = find(equityNames);
  const chosen = find(returnNames) ?? equity ?? (others.length === 1 ? others[0] : undefined);
  if (chosen === undefined) throw unknownColumns(cells.file, names);
  const values = Array.from({ length: cells.length }, (_, row) => cells.number(row, chosen));
  const times = time === undefined ? undefined : rising(cells, time);
  if (chosen !== equity)
    return {
      format: 'returns',
      kind: 'returns',
      leftOut: [],
      returns: checked(values, cells.file, chosen),
      ...(times && { timesMs: times }),
    };
  const bad = values.findIndex((value) => value <= 0);
  if (bad >= 0) throw refused(cells.file, chosen, 'an equity above 0', String(values[bad]));
  return {
    format: 'equity',
    kind: 'returns',
    leftOut: [],
    returns: values.slice(1).map((value, index) => value / values[index] - 1),
    ...(times && { timesMs: times.slice(1) }),
  };
}

function rising(cells: Cells, time: string): readonly number[] {
  const times = cells.timesMs(time);
  const bad = times.findIndex((ms, index) => index > 0 && ms <= times[index - 1]);
  if (bad >= 0)
    throw refused(cells.file, time, 'times that rise', `${cells.text(bad, time)} after ${cells.text(bad - 1, time)}`);
  return times;
}

/** Percents taken for fractions would make any strategy look like a wonder. */
function checked(values: readonly number[], file: string, name: string): readonly number[] {
  const lost = values.find((value) => value < -1);
  if (lost === undefined) return values;
  throw refused(file, name, 'fractions (0.01 is 1 %), so nothing below -1', String(lost));
}

const unknownColumns = (file: string, names: readonly string[]): DeskError =>
  new DeskError('BadInput', 'it is not known what these columns are', {
    file,
    line: 1,
    expected:
      'a column return or equity (a time beside it), or trades as nightdesk, freqtrade, backtesting.py or vectorbt write them',
    found: names.slice(0, 12).join(', '),
  });

const refused = (file: string, path: string, expected: string, found: string): DeskError =>
  new DeskError('BadInput', 'not what it has to be', { file, path, expected, found });
