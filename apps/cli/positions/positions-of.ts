import { sumText, units, unitText } from '../../../core/orders/amount.ts';
import { heldAmounts } from '../../../core/orders/held-books.ts';
import { addTrade, entryPrice, flatPosition, tradeOf } from '../../../core/orders/positions.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import { everyFill } from '../orders/every-fill.ts';

/** What an account has bought (plus) and sold (minus) of one market. Decimal strings. */
export type PositionRow = Readonly<{
  account: string;
  symbol: string;
  /** By the ledger. */
  amount: string;
  /** At average cost over the account; empty when flat. */
  entryPrice: string;
  /** Before fees: of a perpetual what the venue says, else at average cost. */
  realized: string;
  /** What realised profit is counted in. */
  unit: string;
  fees: Readonly<Record<string, string>>;
  /** What holding a perpetual brought, negative where it cost; by asset. Not in `realized`. */
  funding: Readonly<Record<string, string>>;
  /** The same by book. */
  bookFunding: Readonly<Record<string, string>>;
  books: Readonly<Record<string, string>>;
}>;

type SymbolTotal = Awaited<ReturnType<OrderStore['symbolTotals']>>[number];

/** Positions of an account by market: sizes from the ledger, cost and profit from the fills. */
export async function positionsOf(store: OrderStore, account: string, symbol?: string): Promise<PositionRow[]> {
  const totals = (await store.symbolTotals(account)).filter(
    (total) => total.symbol !== '' && (symbol === undefined || total.symbol === symbol),
  );
  const symbols = [...new Set(totals.map((total) => total.symbol))].toSorted();
  return Promise.all(symbols.map((each) => positionOf(store, account, { symbol: each, totals })));
}

async function positionOf(
  store: OrderStore,
  account: string,
  { symbol, totals }: Readonly<{ symbol: string; totals: readonly SymbolTotal[] }>,
): Promise<PositionRow> {
  const own = totals.filter((total) => total.symbol === symbol);
  const { unit, isPerpetual } = marketWords(symbol);
  let cost = flatPosition;
  let venueRealized = '0';
  for await (const fill of everyFill(store, { account, symbol })) {
    cost = addTrade(cost, tradeOf(fill));
    venueRealized = sumText(venueRealized, fill.realizedPnl ?? '0');
  }
  const sizes = heldAmounts(own);
  // What the ledger's `funding` gave, the account has.
  const funded = own
    .filter(({ ledgerAccount }) => ledgerAccount === 'funding')
    .map((total) => ({ ...total, amount: unitText(-units(total.amount)) }));
  return {
    account,
    symbol,
    amount: sumText(...sizes.map(({ amount }) => amount)),
    entryPrice: entryPrice(cost),
    realized: isPerpetual ? venueRealized : unitText(cost.realized),
    unit,
    fees: sumsBy(
      own.filter(({ ledgerAccount }) => ledgerAccount === 'fees'),
      ({ asset }) => asset,
    ),
    funding: sumsBy(funded, ({ asset }) => asset),
    bookFunding: sumsBy(funded, ({ book }) => book),
    books: sumsBy(sizes, ({ book }) => book),
  };
}

/** What each book holds of a market, by the ledger. */
export async function bookAmounts(store: OrderStore, account: string, symbol: string): Promise<Record<string, string>> {
  const totals = await store.symbolTotals(account);
  return sumsBy(heldAmounts(totals.filter((total) => total.symbol === symbol)), ({ book }) => book);
}

/** CCXT's unified symbols: `BASE/QUOTE`, or `BASE/QUOTE:SETTLE` of a perpetual. */
export function marketWords(
  symbol: string,
): Readonly<{ base: string; quote: string; unit: string; isPerpetual: boolean }> {
  const [pair = '', settle] = symbol.split(':');
  const [base = '', quote = ''] = pair.split('/');
  return { base, quote, unit: settle ?? quote, isPerpetual: settle !== undefined };
}

function sumsBy(totals: readonly SymbolTotal[], keyOf: (total: SymbolTotal) => string): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const total of totals) sums[keyOf(total)] = sumText(sums[keyOf(total)] ?? '0', total.amount);
  return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== '0'));
}
