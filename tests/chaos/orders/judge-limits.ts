import type { GuardLimits } from '../../../core/orders/guard-types.ts';
import { minuteReserve } from '../../../core/orders/guard-rates.ts';
import { formatDecimal, pow10 } from '../../../core/venue/decimal.ts';
import { exact, scale, type Journal, type JournalFill, type JournalOrder } from './journal.ts';

/**
 * S6: no limit was exceeded at any moment, counting what rested. Values are taken at the lowest price that the symbol's
 * orders and fills had: what is found is exceeded at every price that anybody could have gone by. What others trade on
 * the account is not held against us: only what is exceeded both with and without it.
 */
export function limitFindings(
  journal: Journal,
  limits: GuardLimits,
  isForeign: (clientOrderId: string) => boolean,
): string[] {
  const prices = lowestPrices(journal);
  const orders = journal.orders.filter(({ clientOrderId }) => !isForeign(clientOrderId));
  const ids = new Set(orders.map(({ venueOrderId }) => venueOrderId));
  const ours = { ...journal, orders, fills: journal.fills.filter(({ venueOrderId }) => ids.has(venueOrderId)) };
  const withOthers = new Set(exposureFindings(journal, limits, prices));
  return [
    ...orderFindings(ours, limits),
    ...rateFindings(ours, limits),
    ...exposureFindings(ours, limits, prices).filter((finding) => withOthers.has(finding)),
  ];
}

const one = pow10(scale);

const notional = (price: bigint, quantity: bigint): bigint => (price * quantity) / one;

const text = (value: bigint) => formatDecimal(value, scale).replace(/\.?0+$/, '');

/** What an order was worth: its limit, or what it cost. */
function worth({ price, quantity, venueOrderId }: JournalOrder, fills: readonly JournalFill[]): bigint {
  if (price > 0n) return notional(price, quantity);
  return fills.filter((fill) => fill.venueOrderId === venueOrderId).reduce((sum, { quote }) => sum + quote, 0n);
}

function orderFindings({ orders, fills }: Journal, { maxOrderNotional }: GuardLimits): string[] {
  return orders.flatMap((order) => {
    const value = worth(order, fills);
    if (value <= exact(maxOrderNotional)) return [];
    return [`order ${order.clientOrderId} of ${text(value)}, the limit is ${maxOrderNotional}`];
  });
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

function rateFindings({ orders, fills }: Journal, { maxOrdersPerMinute, maxNotionalPerDay }: GuardLimits): string[] {
  const inOrder = orders.toSorted((left, right) => left.createdMs - right.createdMs);
  // The venue's clock may have jumped: what is found came within the time by both of its clocks.
  const isWithin = (last: number, ms: number) => (at: number) => at <= last && at > last - ms;
  const within = (last: JournalOrder, ms: number) =>
    inOrder.filter(
      ({ acceptedWireMs, createdMs }) =>
        isWithin(last.acceptedWireMs, ms)(acceptedWireMs) && isWithin(last.createdMs, ms)(createdMs),
    );
  // What may have reduced a position has orders of its own a minute, and passes the limit of the day.
  const entries = new Set(inOrder.filter((order) => !mayReduce(order, fills)));
  return inOrder.flatMap((last) => {
    const minute = within(last, minuteMs);
    const count = minute.filter((order) => entries.has(order)).length;
    const isTooMany = minute.length > maxOrdersPerMinute + minuteReserve(maxOrdersPerMinute);
    const day = within(last, dayMs).filter((order) => entries.has(order));
    const value = day.reduce((sum, order) => sum + worth(order, fills), 0n);
    return [
      ...(count > maxOrdersPerMinute ? [`${count} orders in a minute, the limit is ${maxOrdersPerMinute}`] : []),
      ...(isTooMany ? [`${minute.length} orders in a minute, with what reduces`] : []),
      ...(value > exact(maxNotionalPerDay) ? [`${text(value)} in a day, the limit is ${maxNotionalPerDay}`] : []),
    ];
  });
}

/** Whether something of the other side had been filled before it came. */
function mayReduce({ symbol, side, createdMs, venueOrderId }: JournalOrder, fills: readonly JournalFill[]): boolean {
  const held = fills
    .filter((fill) => fill.symbol === symbol && fill.timeMs <= createdMs && fill.venueOrderId !== venueOrderId)
    .reduce((sum, fill) => sum + (fill.side === 'buy' ? fill.quantity : -fill.quantity), 0n);
  return side === 'sell' ? held > 0n : held < 0n;
}

function lowestPrices({ orders, fills }: Journal): Map<string, bigint> {
  const prices = new Map<string, bigint>();
  for (const { symbol, price } of [...orders, ...fills]) {
    const before = prices.get(symbol);
    if (price > 0n && (before === undefined || price < before)) prices.set(symbol, price);
  }
  return prices;
}

type Moment = Readonly<{ atMs: number; symbol: string; side: 'buy' | 'sell'; resting: bigint; position: bigint }>;

/** The journal as changes of what rests and of what is held, in the order of their times. */
function moments({ orders, fills }: Journal): Moment[] {
  const sides = new Map(orders.map((order) => [order.venueOrderId, order]));
  const accepted = orders.map(({ createdMs, symbol, side, quantity }): Moment => ({
    atMs: createdMs,
    symbol,
    side,
    resting: quantity,
    position: 0n,
  }));
  const filled = fills
    .filter(({ venueOrderId }) => sides.has(venueOrderId))
    .map(({ timeMs, symbol, side, quantity }): Moment => ({
      atMs: timeMs,
      symbol,
      side,
      resting: -quantity,
      position: side === 'buy' ? quantity : -quantity,
    }));
  const ended = orders
    .filter(({ status }) => status !== 'open')
    .map(({ updatedMs, symbol, side, quantity, filled: done }): Moment => ({
      atMs: updatedMs,
      symbol,
      side,
      resting: done - quantity,
      position: 0n,
    }));
  // At one moment an order is accepted before it is filled, and filled before it ends: the sort is stable.
  return [...accepted, ...filled, ...ended].toSorted((left, right) => left.atMs - right.atMs);
}

const largest = (...values: bigint[]): bigint => values.reduce((most, value) => (value > most ? value : most), 0n);

function exposureFindings(
  journal: Journal,
  { maxPositionNotional, maxExposureNotional }: GuardLimits,
  prices: ReadonlyMap<string, bigint>,
): string[] {
  const books = new Map<string, { position: bigint; buy: bigint; sell: bigint }>();
  const found = new Set<string>();
  for (const { symbol, side, resting, position } of moments(journal)) {
    const book = books.get(symbol) ?? { position: 0n, buy: 0n, sell: 0n };
    books.set(symbol, book);
    book[side] += resting;
    book.position += position;
    const values = [...books].map(([name, { position: held, buy, sell }]) => {
      const worst = largest(held + buy, -(held - sell));
      return { name, value: notional(prices.get(name) ?? 0n, worst) };
    });
    for (const { name, value } of values) {
      if (value > exact(maxPositionNotional)) found.add(`position in ${name} above ${maxPositionNotional}`);
    }
    const total = values.reduce((sum, { value }) => sum + value, 0n);
    if (total > exact(maxExposureNotional)) found.add(`exposure above ${maxExposureNotional}`);
  }
  return [...found];
}
