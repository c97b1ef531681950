import { isoToMs } from '../../adapters/market-data/timestamps.ts';
import { readSourceFile, unpacked } from '../../adapters/market-data/source-file.ts';
import { type CsvTable, parseCsvTable } from '../../adapters/track-records/csv-table.ts';
import { DeskError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import { fillColumns as deskColumns } from '../cli/fills/rows.ts';
import type { PluginId, PluginInput } from '../../plugins/run-plugin.ts';

type Order = PluginInput<'diag_slippage_report'>['orders'][number];
type Fill = Order['fills'][number];

/** Columns that say something of the order: the same in all of its rows, or empty after the first. */
const orderTexts = ['symbol', 'side', 'venue', 'strategy'] as const;
const orderNumbers = [
  'orderQty',
  'decisionPrice',
  'arrivalPrice',
  'endPrice',
  'marketVwap',
  'volatility',
  'marketVolume',
] as const;
/** Columns of one fill; `price` and `qty` empty: the order had none. */
const fillNumbers = ['price', 'qty', 'fee', 'mid', 'midAfter'] as const;
const required = ['order', 'symbol', 'side', 'orderQty', 'decisionPrice', 'arrivalPrice', 'price', 'qty'] as const;

/** Every column of a table of fills, the required ones first. */
export const fillColumns: readonly Readonly<{ name: string; required: boolean }>[] = [
  ...required.map((name) => ({ name, required: true })),
  ...['order', ...orderTexts, ...orderNumbers, 'time', ...fillNumbers]
    .filter((name) => !required.some((needed) => needed === name))
    .map((name) => ({ name, required: false })),
];
const columns = fillColumns.map(({ name }) => name);

/** A table of fills as diag_slippage_report takes them: a row a fill, its order by name; CSV or a JSON list of rows. */
export function inputFromFills(
  id: PluginId,
  file: string,
): Readonly<{ input: PluginInput<'diag_slippage_report'>; columns: string }> {
  if (id !== 'diag_slippage_report') {
    const expected = 'diag_slippage_report, or --input';
    throw new DeskError('Usage', `${id} does not run on fills`, { path: '--fills', expected, found: file });
  }
  const table = fromDesk(readTable(file));
  refuseColumns(table, file);
  const orders = new Map<string, Order>();
  let fills = 0;
  table.rows.forEach((_, row) => {
    const cells = cellsOf(table, row, file);
    const order = orderOf(cells, orders);
    const fill = fillOf(cells);
    if (fill === undefined) return;
    order.fills.push(fill);
    fills += 1;
  });
  const text = `${orders.size} orders with ${fills} fills of ${file} (${table.names.join(', ')})`;
  return { input: { orders: [...orders.values()] }, columns: text };
}

function readTable(file: string): CsvTable {
  const text = new TextDecoder().decode(unpacked(readSourceFile(file)));
  return text.trimStart().startsWith('[') ? tableOfJson(text, file) : parseCsvTable(text, file);
}

/** A JSON list of rows as a table of texts: row i counts as line i + 1. */
function tableOfJson(text: string, file: string): CsvTable {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (thrown) {
    throw new DeskError('BadInput', 'not valid JSON', { file, expected: 'a list of rows', cause: thrown });
  }
  const list = (Array.isArray(rows) ? rows : []) as readonly unknown[];
  const objects = list.map((row, index) => {
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>;
    throw new DeskError('BadInput', 'not a row', { file, line: index + 1, expected: 'an object of columns' });
  });
  const names = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  return {
    names,
    rows: objects.map((row) => names.map((name) => cellText(row[name]))),
    lines: objects.map((_, index) => index + 1),
  };
}

/** What is no text and no number is refused by its column later: it reads as JSON, which is neither. */
const cellText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

/** What the columns of `nightdesk fills export` are here; the others of them say nothing of execution. */
const deskNames: Readonly<Record<string, string>> = {
  client_order_id: 'order',
  symbol: 'symbol',
  side: 'side',
  venue: 'venue',
  book: 'strategy',
  time: 'time',
  price: 'price',
  amount: 'qty',
  fee_in_quote: 'fee',
};

const isTaken = (name: string): boolean =>
  Object.hasOwn(deskNames, name) || !deskColumns.some((known) => known === name);

/** The desk's own table of fills under the names of this one, with what was added to it; any other as it is. */
function fromDesk(table: CsvTable): CsvTable {
  const { names, rows } = table;
  if (!names.includes('client_order_id')) return table;
  const kept = [...names.keys()].filter((place) => isTaken(names[place]));
  return {
    ...table,
    names: kept.map((place) => deskNames[names[place]] ?? names[place]),
    rows: rows.map((row) => kept.map((place) => row[place] ?? '')),
  };
}

const ofOrders = ['orderQty', 'decisionPrice', 'arrivalPrice'];

function refuseColumns({ names, rows }: CsvTable, file: string): void {
  const unknown = names.find((name) => !columns.includes(name));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, columns);
    const place = { file, path: unknown, expected: columns.join(', '), ...(nearest !== undefined && { nearest }) };
    throw new DeskError('BadInput', 'no such column of a table of fills', place);
  }
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length === 0 && rows.length > 0) return;
  const found = rows.length === 0 ? 'no rows' : names.join(', ');
  if (missing.length > 0 && missing.every((name) => ofOrders.includes(name))) {
    const expected = 'these columns, as `nightdesk fills export --slippage` has them';
    throw new DeskError('BadInput', `fills without ${missing.join(', ')}`, { file, expected, found });
  }
  throw new DeskError('BadInput', 'not a table of fills', { file, expected: required.join(', '), found });
}

type Cells = Readonly<{ text(name: string): string; number(name: string): number | undefined; fail: Fail }>;
type Fail = (path: string, message: string, expected: string) => never;

function cellsOf({ names, rows, lines }: CsvTable, row: number, file: string): Cells {
  const text = (name: string) => rows[row]?.[names.indexOf(name)] ?? '';
  const fail: Fail = (path, message, expected) => {
    const found = text(path) || 'nothing';
    throw new DeskError('BadInput', message, { file, line: lines[row], path, expected, found });
  };
  const number = (name: string) => {
    const cell = text(name);
    if (cell === '') return undefined;
    const value = Number(cell);
    return Number.isFinite(value) ? value : fail(name, 'not what it has to be', 'a number');
  };
  return { text, number, fail };
}

/** The order that a row names: a new one, or the one that a row before named, which it must not contradict. */
function orderOf(cells: Cells, orders: Map<string, Order>): Order {
  const id = cells.text('order');
  if (id === '') cells.fail('order', 'missing', 'the id of the order');
  const known = orders.get(id) as (Order & Readonly<Record<string, unknown>>) | undefined;
  if (known === undefined) {
    const order = newOrder(id, cells);
    orders.set(id, order);
    return order;
  }
  for (const name of [...orderTexts, ...orderNumbers]) {
    const given = cells.text(name);
    const before = known[name === 'orderQty' ? 'qty' : name];
    if (given !== '' && given !== before && Number(given) !== before)
      cells.fail(name, `another one in a row before, of order ${id}`, String(before ?? 'nothing'));
  }
  return known;
}

function newOrder(id: string, { text, number, fail }: Cells): Order {
  const side = text('side');
  if (side !== 'buy' && side !== 'sell') return fail('side', 'not a side', 'buy or sell');
  const need = (name: string) => number(name) ?? fail(name, 'missing', 'a number in the first row of the order');
  const [qty, decisionPrice, arrivalPrice] = [need('orderQty'), need('decisionPrice'), need('arrivalPrice')];
  return {
    id,
    symbol: text('symbol') || fail('symbol', 'missing', 'the symbol in the first row of the order'),
    side,
    qty,
    decisionPrice,
    arrivalPrice,
    ...some('endPrice', number('endPrice')),
    ...some('marketVwap', number('marketVwap')),
    ...some('volatility', number('volatility')),
    ...some('marketVolume', number('marketVolume')),
    ...some('venue', text('venue')),
    ...some('strategy', text('strategy')),
    fills: [],
  };
}

const some = (name: string, value: string | number | undefined) =>
  value === undefined || value === '' ? {} : { [name]: value };

function fillOf({ text, number, fail }: Cells): Fill | undefined {
  const [price, qty] = [number('price'), number('qty')];
  if (price === undefined && qty === undefined) return undefined;
  if (price === undefined) return fail('price', 'missing beside a quantity', 'a number');
  if (qty === undefined) return fail('qty', 'missing beside a price', 'a number');
  const time = text('time');
  const timeMs = time === '' ? undefined : Number.isFinite(Number(time)) ? Number(time) : isoToMs(time);
  if (timeMs !== undefined && !Number.isInteger(timeMs))
    return fail('time', 'not a time', 'ISO 8601, or epoch milliseconds');
  const [fee, mid, midAfter] = [number('fee'), number('mid'), number('midAfter')];
  return {
    price,
    qty,
    ...(timeMs !== undefined && { time: timeMs }),
    ...(fee !== undefined && { fee }),
    ...(mid !== undefined && { mid }),
    ...(midAfter !== undefined && { midAfter }),
  };
}
