import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { replaceFile } from '../../../adapters/market-data/atomic-file.ts';
import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import type { LotMethod } from '../../../core/orders/lots.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import { count } from '../format.ts';
import { accountNames } from '../orders/account-names.ts';
import { everyFill, everyOrder } from '../orders/every-fill.ts';
import { notice } from '../output.ts';
import { slippageColumns, slippageTable } from './slippage.ts';
import { fundingColumns, fundingRows } from './funding.ts';
import { lotColumns, lotRows } from './lots.ts';
import { csvLine, fillColumns, type FillRow, fillRows, type OwnerOf } from './rows.ts';

export type FillsOptions = Readonly<{
  method: LotMethod;
  slippage?: true;
  lots?: LotMethod;
  funding?: true;
  account?: string;
  symbol?: string;
  out?: string;
}>;

/** Writes the fills, the lots that they opened and closed, or what holding them cost, as CSV. Lots never mix accounts or markets. */
export async function exportFills(options: FillsOptions): Promise<void> {
  const { method, slippage, lots, funding, account, symbol, out } = options;
  const store = await openOrderStore();
  try {
    if (slippage) {
      const named = { ...(account !== undefined && { account }), ...(symbol !== undefined && { symbol }) };
      const { rows, told } = await slippageTable(store, named);
      return await write([slippageColumns, ...rows], out, { told });
    }
    if (funding) return await writeFunding(store, options);
    if (lots !== undefined) return await writeLots(store, lots, options);
    const rows: FillRow[] = [];
    await eachMarket(store, { account, symbol }, (fills, name, ownerOf) => {
      rows.push(...fillRows(fills, name, { method, ownerOf }));
    });
    await write([fillColumns, ...rows.toSorted(byColumn('time', fillColumns))], out);
  } finally {
    store.close();
  }
}

/** Closed lots in the order of their closing; open ones at the end, oldest first. */
async function writeLots(store: OrderStore, method: LotMethod, { account, symbol, out }: FillsOptions): Promise<void> {
  const closed: FillRow[] = [];
  const open: FillRow[] = [];
  await eachMarket(store, { account, symbol }, (fills, name, ownerOf) => {
    const rows = lotRows(fills, name, { method, ownerOf });
    closed.push(...rows.closed);
    open.push(...rows.open);
  });
  const rows = [
    ...closed.toSorted(byColumn('closed_at', lotColumns)),
    ...open.toSorted(byColumn('opened_at', lotColumns)),
  ];
  await write([lotColumns, ...rows], out, { what: `${count(closed.length)} closed lots, ${count(open.length)} open` });
}

async function writeFunding(store: OrderStore, { account, symbol, out }: FillsOptions): Promise<void> {
  const tables = await Promise.all(
    (await accountNames(store, account)).map((name) => fundingRows(store, name, symbol?.toUpperCase())),
  );
  const rows = tables.flatMap((table) => table.rows).toSorted(byColumn('time', fundingColumns));
  const told = tables.flatMap((table) => table.told);
  await write([fundingColumns, ...rows], out, { what: `${count(rows.length)} shares of funding`, told });
}

type Asked = Readonly<{ account: string | undefined; symbol: string | undefined }>;

async function eachMarket(
  store: OrderStore,
  { account, symbol }: Asked,
  work: (fills: readonly Fill[], account: string, ownerOf: OwnerOf) => void,
): Promise<void> {
  for (const name of await accountNames(store, account)) {
    const ownerOf = await ownersOf(store, name);
    for (const fills of await fillsByMarket(store, name, symbol?.toUpperCase())) work(fills, name, ownerOf);
  }
}

/** ISO times in UTC sort as text; what happened at one moment stays in its order. */
function byColumn<Title extends string>(title: Title, titles: readonly Title[]) {
  const place = titles.indexOf(title);
  return (left: FillRow, right: FillRow): number => {
    const a = left[place] ?? '';
    const b = right[place] ?? '';
    return a < b ? -1 : a > b ? 1 : 0;
  };
}

/** `what` was written, and `told`: what there is to know of the rows. */
async function write(
  lines: readonly FillRow[],
  out: string | undefined,
  { what = `${count(lines.length - 1)} fills`, told = [] }: Readonly<{ what?: string; told?: readonly string[] }> = {},
): Promise<void> {
  const text = lines.map((row) => `${csvLine(row)}\n`).join('');
  if (out === undefined) process.stdout.write(text);
  else await replaceFile(resolve(out), (temporary) => writeFileSync(temporary, text));
  notice(`${what}${out === undefined ? '' : ` in ${resolve(out)}`}`);
  for (const each of told) notice(each);
}

async function fillsByMarket(
  store: OrderStore,
  account: string,
  symbol: string | undefined,
): Promise<readonly Fill[][]> {
  const markets = new Map<string, Fill[]>();
  for await (const fill of everyFill(store, { account, ...(symbol !== undefined && { symbol }) })) {
    const fills = markets.get(fill.symbol);
    if (fills === undefined) markets.set(fill.symbol, [fill]);
    else fills.push(fill);
  }
  return [...markets.values()];
}

async function ownersOf(store: OrderStore, account: string): Promise<OwnerOf> {
  const owners = new Map<string, OrderRecord>();
  for await (const order of everyOrder(store, { account })) {
    if (order.venueOrderId !== undefined) owners.set(`${order.intent.symbol} ${order.venueOrderId}`, order);
  }
  return ({ symbol, venueOrderId }) => owners.get(`${symbol} ${venueOrderId}`);
}
