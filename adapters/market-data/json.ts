import { DeskError } from '../../core/errors.ts';
import { barFields } from '../../core/market/bars.ts';
import type { ReadColumns } from '../../core/market/checks.ts';
import { barLayout, type ColumnRole, ignoredColumn } from './column-layout.ts';
import { rowAfterHeader } from './rows.ts';
import { epochToMs } from './timestamps.ts';

/** The order in which freqtrade writes a candle to JSON. */
export const freqtradeOrder = ['date', 'open', 'high', 'low', 'close', 'volume'];

/** freqtrade names a JSON file `BTC_USDT-1h.json`, or `BTC_USDT_USDT-1h-futures.json`. */
export const isFreqtradeName = (fileName: string): boolean =>
  /^[A-Z0-9$.]+_[A-Z0-9$.]+(?:_[A-Z0-9$.]+)?-\d+[mhdw](?:-futures)?\.json(?:\.gz)?$/i.test(fileName);

/**
 * Bars of a JSON list of lists. The lists have no names: freqtrade and jesse write the same shape in another order, so
 * the order is taken from freqtrade's way to name a file, or has to be said.
 */
export function parseBarsJson(bytes: Uint8Array, file: string, order: readonly string[] | undefined): ReadColumns {
  const lists = parseLists(bytes, file);
  if (order === undefined) {
    throw new DeskError('BadInput', 'lists without names, so the order of the columns would be a guess', {
      file,
      expected: `a name as freqtrade's (BTC_USDT-1h.json), --format json for ${freqtradeOrder.join(',')}, or --columns`,
      found: JSON.stringify(lists[0] ?? []).slice(0, 120),
    });
  }
  const layout = barLayout(
    order.map((name) => (name === ignoredColumn ? 'ignored' : name)),
    file,
  );
  const column = (role: ColumnRole) => Float64Array.from(lists, (list) => numberAt(list[layout[role]]));
  const [open, high, low, close, volume] = barFields.map(column);
  const timeMs = column('timeMs');
  epochToMs(timeMs);
  const rowErrors = lists.flatMap((list, index) =>
    list.length === order.length
      ? []
      : [
          {
            row: rowAfterHeader(index),
            field: '',
            message: 'a list of another length',
            expected: `${order.length} values`,
            found: `${list.length}`,
          },
        ],
  );
  const textAt = (index: number, role: ColumnRole) => JSON.stringify(lists[index][layout[role]]) ?? '';
  return { timeMs, open, high, low, close, volume, rowOf: rowAfterHeader, textAt, rowErrors };
}

/** Exchanges write prices as texts, others as numbers. */
function numberAt(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function parseLists(bytes: Uint8Array, file: string): unknown[][] {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (cause) {
    throw new DeskError('BadInput', 'this is no JSON', { file, found: String(cause), cause });
  }
  if (Array.isArray(document) && document.every((list): list is unknown[] => Array.isArray(list))) return document;
  throw new DeskError('BadInput', 'this is no list of candles', {
    file,
    expected: '[[time, open, high, low, close, volume], …]',
  });
}
