import { isOpen, type VenueOrder } from '../../../../core/venue/order.ts';
import { amendOrder, cancelOrder, type CancelReason, checkOrder, placeOrder } from '../../../../core/venue/orders.ts';
import { accountOf, marketOf } from '../../../../core/venue/state.ts';
import { namedOrder } from '../find-order.ts';
import { priceText, quantityText } from '../numbers.ts';
import { invalidArgument, KrakenError } from './errors.ts';
import type { EngineStep } from '../engine-step.ts';
import { matched, type KrakenCall, type KrakenHost, type Parameters } from './host.ts';
import { idOf, krakenNames, txid } from './names.ts';
import {
  checkDeadline,
  checkNotElapsed,
  decimalOf,
  foundByValidation,
  krakenRefusal,
  readKrakenOrder,
  type Protocol,
  type ReadOrder,
} from './read-order.ts';

/** `buy 1.25000000 XBTUSD @ limit 37500.0`. */
export function orderDescription(
  host: KrakenHost,
  order: Pick<VenueOrder, 'market' | 'side' | 'quantity' | 'price' | 'stop' | 'note'>,
): string {
  const { market } = marketOf(host.venue, order.market);
  const simulated = host.markets.find(({ market: { id } }) => id === order.market);
  const pair = simulated === undefined ? order.market : krakenNames(simulated).altname;
  const limit = order.price > 0n ? ` ${priceText(market, order.price)}` : '';
  const type = String(order.note.type);
  const words = type.replace('-limit', '').replace('-', ' ');
  const how =
    order.stop === undefined
      ? `${type}${limit}`
      : `${words} ${priceText(market, order.stop.price)}${limit === '' ? '' : ` -> limit${limit}`}`;
  return `${order.side} ${quantityText(market, order.quantity)} ${pair} @ ${how}`;
}

/** Places what was read, after the deadline and the engine's counter had their say. */
export function place(host: KrakenHost, { simulated, request }: ReadOrder, deadline: string | undefined): VenueOrder {
  const wireMs = host.simulation.wireMs();
  checkNotElapsed(deadline, wireMs);
  host.limiter.add(request.account, simulated.market.id, wireMs);
  const placed = placeOrder(host.venue, { ...request, note: { ...request.note, acceptedMs: wireMs } });
  if ('refused' in placed) throw krakenRefusal(placed.refused);
  return placed.order;
}

function describeOnly(host: KrakenHost, { request }: ReadOrder): string {
  const { market, side, quantity = 0n, price = 0n, stop, note = {} } = request;
  return orderDescription(host, { market, side, quantity, price, stop, note });
}

function addOrder(call: KrakenCall): unknown {
  const { host, account, wireMs } = call;
  const read = readKrakenOrder(call, { host, account: account.id, wireMs, protocol: 'rest' });
  if (read.validate) {
    const refused = checkOrder(host.venue, read.request);
    if (refused !== undefined) throw krakenRefusal(refused);
    return { descr: { order: describeOnly(host, read) } };
  }
  return matched(host, () => {
    const order = place(host, read, call.get('deadline'));
    return {
      descr: { order: orderDescription(host, order) },
      txid: [txid('O', order.id)],
      ...(order.clientId !== '' && { cl_ord_id: order.clientId }),
    };
  });
}

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Parameters out of a JSON object. */
export function jsonParameters(object: unknown): Parameters {
  const record: Readonly<Record<string, unknown>> = typeof object === 'object' && object !== null ? { ...object } : {};
  return {
    get: (name) => {
      const value = record[name];
      return value === undefined || value === null ? undefined : text(value);
    },
    list: (name) => {
      const value = record[name];
      return Array.isArray(value) ? value.map(text) : [];
    },
  };
}

/** The rows of a JSON body's list. */
function rowsOf(call: KrakenCall, name: string): unknown[] {
  const body = call.json;
  const rows: unknown =
    typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined;
  if (!Array.isArray(rows)) throw invalidArgument(name);
  return rows;
}

/** Who trades, and by which protocol. */
type Trader = Readonly<{ host: KrakenHost; account: string; protocol: Protocol }>;

const trader = ({ host, account }: KrakenCall): Trader => ({ host, account: account.id, protocol: 'rest' });

type BatchRow = Readonly<{ order: VenueOrder; error?: never }> | Readonly<{ order?: never; error: string }>;

/** One that does not pass validation refuses all; one that the engine refuses stands as {error} among the others. */
export function addBatch(
  { host, account, protocol }: Trader,
  rows: readonly Parameters[],
  shared: Parameters,
): () => BatchRow[] {
  if (rows.length < 2 || rows.length > 15) throw invalidArgument('orders');
  const wireMs = host.simulation.wireMs();
  const reads = rows.map((row) => {
    const own: Parameters = {
      ...row,
      get: (name) => (name === 'pair' || name === 'deadline' ? shared.get(name) : row.get(name)),
    };
    const read = readKrakenOrder(own, { host, account, wireMs, protocol });
    const refused = checkOrder(host.venue, read.request);
    if (refused !== undefined && foundByValidation.has(refused)) throw krakenRefusal(refused);
    return read;
  });
  return () =>
    reads.map((read) => {
      try {
        return { order: place(host, read, shared.get('deadline')) };
      } catch (error) {
        if (error instanceof KrakenError) return { error: error.message };
        throw error;
      }
    });
}

function addOrderBatch(call: KrakenCall): unknown {
  const rows = rowsOf(call, 'orders').map(jsonParameters);
  const placeAll = addBatch(trader(call), rows, jsonParameters(call.json));
  return matched(call.host, () => ({
    orders: placeAll().map((outcome) =>
      outcome.order === undefined
        ? { error: outcome.error }
        : { descr: { order: orderDescription(call.host, outcome.order) }, txid: txid('O', outcome.order.id) },
    ),
  }));
}

/** Orders that a name means: a txid, a client id, or every one with a user reference. */
export function ordersNamed(
  host: KrakenHost,
  account: string,
  { id, clientId }: Readonly<{ id?: string | undefined; clientId?: string | undefined }>,
): VenueOrder[] {
  if (clientId !== undefined) {
    const order = namedOrder(host.venue, { account, name: { clientId } });
    return order === undefined ? [] : [order];
  }
  if (id === undefined) throw invalidArgument('txid');
  const number = idOf(id);
  if (number !== undefined) {
    const order = namedOrder(host.venue, { account, name: { id: number } });
    return order === undefined ? [] : [order];
  }
  const open = [...accountOf(host.venue, account).open.values()];
  return open.filter(({ clientId: own, note }) => String(note.userref) === id || own === id);
}

export function cancel(host: KrakenHost, orders: readonly VenueOrder[], reason?: CancelReason): number {
  const wireMs = host.simulation.wireMs();
  const open = orders.filter(isOpen);
  for (const order of open) {
    host.limiter.cancel(order.account, order.market, { ageMs: host.venue.nowMs - order.createdMs, wireMs });
    cancelOrder(host.venue, order, reason);
  }
  return open.length;
}

function cancelOne(call: KrakenCall): unknown {
  const name = { id: call.get('txid'), clientId: call.get('cl_ord_id') };
  const count = cancel(call.host, ordersNamed(call.host, call.account.id, name));
  if (count === 0) throw new KrakenError('EOrder:Unknown order');
  return { count };
}

function cancelBatch(call: KrakenCall): unknown {
  const body = jsonParameters(call.json);
  const named = [
    ...body.list('orders').map((id) => ordersNamed(call.host, call.account.id, { id })),
    ...body.list('cl_ord_ids').map((clientId) => ordersNamed(call.host, call.account.id, { clientId })),
  ];
  return { count: cancel(call.host, named.flat()) };
}

export const cancelAll = (host: KrakenHost, account: string, reason?: CancelReason): number =>
  cancel(host, [...accountOf(host.venue, account).open.values()], reason);

/** Sets, renews or (0) stops an account's dead man's switch. */
export function armSwitch(host: KrakenHost, account: string, timeoutText: string | undefined) {
  if (timeoutText === undefined || !/^\d{1,6}$/.test(timeoutText)) throw invalidArgument('timeout');
  const wireMs = host.simulation.wireMs();
  const timeout = Number(timeoutText);
  if (timeout === 0) host.switches.delete(account);
  else host.switches.set(account, wireMs + timeout * 1000);
  const triggerTime = timeout === 0 ? '0' : new Date(wireMs + timeout * 1000).toISOString();
  return { currentTime: new Date(wireMs).toISOString(), triggerTime };
}

/** Changes price or size; the order keeps its id. */
export function amend({ host, account, protocol }: Trader, { get, list }: Parameters): EngineStep<VenueOrder> {
  checkDeadline(get('deadline'), host.simulation.wireMs(), protocol);
  return matched(host, () => amendNow(host, account, { get, list }));
}

function amendNow(host: KrakenHost, account: string, { get }: Parameters): VenueOrder {
  checkNotElapsed(get('deadline'), host.simulation.wireMs());
  const [order] = ordersNamed(host, account, { id: get('txid'), clientId: get('cl_ord_id') });
  if (order === undefined || !isOpen(order)) throw new KrakenError('EOrder:Unknown order');
  const { market } = marketOf(host.venue, order.market);
  const price = decimalOf(get('limit_price'), 'price', market.priceDecimals);
  const quantity = decimalOf(get('order_qty'), 'order_qty', market.quantityDecimals);
  if (price === undefined && quantity === undefined) throw invalidArgument('order_qty');
  host.limiter.add(account, order.market, host.simulation.wireMs());
  const amended = amendOrder(host.venue, order, {
    ...(price !== undefined && { price }),
    ...(quantity !== undefined && { quantity }),
  });
  if ('refused' in amended) throw krakenRefusal(amended.refused);
  return order;
}

export const orderMethods: Readonly<Record<string, (call: KrakenCall) => unknown>> = {
  AddOrder: addOrder,
  AddOrderBatch: addOrderBatch,
  AmendOrder: (call) => {
    const { match } = amend(trader(call), call);
    return matched(call.host, () => ({ amend_id: txid('L', match().updatedMs % 2 ** 40) }));
  },
  CancelOrder: (call) => matched(call.host, () => cancelOne(call)),
  CancelOrderBatch: (call) => matched(call.host, () => cancelBatch(call)),
  CancelAll: (call) => matched(call.host, () => ({ count: cancelAll(call.host, call.account.id) })),
  CancelAllOrdersAfter: (call) => armSwitch(call.host, call.account.id, call.get('timeout')),
};
