import { DeskError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import { mostRows } from '../../../core/orders/store-rules.ts';
import { type OrderState, orderStates } from '../../../core/orders/types.ts';
import { sumText } from '../../../core/orders/amount.ts';
import type { OrderFilter } from '../../../core/ports/order-store.ts';
import { isWide, terminalColumns } from '../columns.ts';
import { count } from '../format.ts';
import { print, printJson } from '../output.ts';
import { renderFitted, renderTable } from '../table.ts';
import { requireKnownAccount } from './known-account.ts';
import { printRecentAlerts, recentAlerts } from './recent-alerts.ts';
import { booksText, type SharedOrder, withShares } from './shares.ts';
import { openTradingDesk } from './trading-desk.ts';
import { executedText, orderText, printHalts, secondText, shortId, shortTime, stateText } from './words.ts';

export type ListOptions = Readonly<{
  account?: string;
  symbol?: string;
  book?: string;
  state?: string;
  open?: true;
  limit: number;
  json?: true;
}>;

/** Prints orders, newest first; above them what was alarming in the last day, and what is halted. */
export async function listOrders(options: ListOptions): Promise<void> {
  const filter = filterOf(options);
  const trading = await openTradingDesk();
  const store = trading.orders;
  try {
    if (options.account !== undefined) await requireKnownAccount(trading, options.account);
    const orders = await withShares(store, await store.orders(filter));
    const named = options.account === undefined ? await store.accounts() : [options.account];
    const states = await Promise.all(named.map((account) => store.accountState(account)));
    const alerts = await recentAlerts(store, { account: options.account, nowMs: Date.now() });
    if (options.json) return printJson({ orders, accounts: states, alerts });
    printRecentAlerts(alerts);
    printHalts(states);
    if (orders.length === 0) return print(hasFilter(options) ? 'none' : 'no order was ever stored');
    print(isWide() ? wideTable(orders) : narrowTable(orders, options.book, Date.now()));
    if (orders.length === filter.limit) print(`the newest ${count(orders.length)}; --limit shows more`);
  } finally {
    await trading.close();
  }
}

const hasFilter = ({ account, symbol, book, state, open }: ListOptions): boolean =>
  [account, symbol, book, state, open].some((each) => each !== undefined);

function filterOf({ account, symbol, book, state, open, limit }: ListOptions): OrderFilter {
  return {
    limit: Math.min(limit, mostRows),
    ...(account !== undefined && { account }),
    ...(symbol !== undefined && { symbol: symbol.toUpperCase() }),
    ...(book !== undefined && { book }),
    ...(state !== undefined && { states: state.split(',').map(stateNamed) }),
    ...(open && { unsettled: open }),
  };
}

function stateNamed(text: string): OrderState {
  const wanted = text.trim().toLowerCase();
  const known = orderStates.find((state) => state.toLowerCase() === wanted);
  if (known !== undefined) return known;
  const nearest = nearestName(text, orderStates);
  throw new DeskError('Usage', 'no such state', {
    path: '--state',
    expected: orderStates.join(', '),
    found: text,
    ...(nearest !== undefined && { nearest }),
  });
}

/** Of a book that has shares of netted orders, these instead of the time: there is no room for both. */
function narrowTable(orders: readonly SharedOrder[], book: string | undefined, nowMs: number): string {
  const shareOf = book !== undefined && orders.some(({ shares }) => shares !== undefined) ? book : undefined;
  return renderTable(
    [
      { title: 'Order' },
      ...(shareOf === undefined ? [{ title: 'UTC' }] : []),
      { title: 'Symbol' },
      { title: 'What' },
      { title: 'Done', align: 'right' },
      { title: 'State' },
      ...(shareOf === undefined ? [] : [{ title: 'Share', align: 'right' } as const]),
    ],
    orders.map((order) => [
      shortId(order),
      ...(shareOf === undefined ? [shortTime(order.createdMs, nowMs)] : []),
      order.intent.symbol,
      orderText(order.intent),
      executedText(order),
      stateText(order.state),
      ...(shareOf === undefined ? [] : [shareText(order, shareOf)]),
    ]),
  );
}

/** What of an order is a book's; nothing where it is all of it. */
const shareText = ({ shares = [] }: SharedOrder, book: string): string => {
  const own = shares.filter((each) => each.book === book);
  return own.length === 0 ? '' : sumText('0', ...own.map(({ share }) => share));
};

const wideTable = (orders: readonly SharedOrder[]): string =>
  renderFitted(
    [
      { title: 'Order' },
      { title: 'Since (UTC)' },
      { title: 'Account' },
      { title: 'Symbol' },
      { title: 'What' },
      { title: 'Done', align: 'right' },
      { title: 'State' },
      { title: 'Book' },
    ],
    orders.map((order) => [
      shortId(order),
      secondText(order.createdMs),
      order.intent.account,
      order.intent.symbol,
      orderText(order.intent),
      executedText(order),
      stateText(order.state),
      booksText(order),
    ]),
    terminalColumns(),
  );
