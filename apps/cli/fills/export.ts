import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { replaceFile } from '../../../adapters/market-data/atomic-file.ts';
import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import type { LotMethod } from '../../../core/orders/positions.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import { count } from '../format.ts';
import { accountNames } from '../orders/account-names.ts';
import { everyFill, everyOrder } from '../orders/every-fill.ts';
import { notice } from '../output.ts';
import { slippageColumns, slippageTable } from './slippage.ts';
import { csvLine, fillColumns, type FillRow, fillRows } from './rows.ts';

export type FillsOptions = Readonly<{
  method: LotMethod;
  slippage?: true;
  account?: string;
  symbol?: string;
  out?: string;
}>;

/** Writes the fills as CSV. Lots never mix accounts or markets. */
export async function exportFills({ method, slippage, account, symbol, out }: FillsOptions): Promise<void> {
  const store = await openOrderStore();
  try {
    if (slippage) {
      const named = { ...(account !== undefined && { account }), ...(symbol !== undefined && { symbol }) };
      const { rows, told } = await slippageTable(store, named);
      return await write([slippageColumns, ...rows], out, told);
    }
    const rows: FillRow[] = [];
    for (const name of await accountNames(store, account)) {
      const ownerOf = await ownersOf(store, name);
      for (const fills of await fillsByMarket(store, name, symbol?.toUpperCase())) {
        rows.push(...fillRows(fills, name, { method, ownerOf }));
      }
    }
    // ISO times in UTC sort as text; what happened at one moment stays in its order.
    rows.sort(([left = ''], [right = '']) => (left < right ? -1 : left > right ? 1 : 0));
    await write([fillColumns, ...rows], out);
  } finally {
    store.close();
  }
}

/** `told`: what there is to know of the rows. */
async function write(lines: readonly FillRow[], out: string | undefined, told: readonly string[] = []): Promise<void> {
  const text = lines.map((row) => `${csvLine(row)}\n`).join('');
  if (out === undefined) process.stdout.write(text);
  else await replaceFile(resolve(out), (temporary) => writeFileSync(temporary, text));
  notice(`${count(lines.length - 1)} fills${out === undefined ? '' : ` in ${resolve(out)}`}`);
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

async function ownersOf(store: OrderStore, account: string): Promise<(fill: Fill) => OrderRecord | undefined> {
  const owners = new Map<string, OrderRecord>();
  for await (const order of everyOrder(store, { account })) {
    if (order.venueOrderId !== undefined) owners.set(`${order.intent.symbol} ${order.venueOrderId}`, order);
  }
  return ({ symbol, venueOrderId }) => owners.get(`${symbol} ${venueOrderId}`);
}
