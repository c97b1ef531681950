import { formatDecimal } from '../../../../core/venue/decimal.ts';
import type { OrderEventKind, VenueEvent } from '../../../../core/venue/events.ts';
import type { Fill, VenueOrder } from '../../../../core/venue/order.ts';
import { assetOf, marketOf } from '../../../../core/venue/state.ts';
import type { BinanceHost } from './host.ts';
import { spotBalances } from './spot.ts';
import { sideText, statusText, styleOf, typeText } from './text.ts';

export type UserEvent = Readonly<{ account: string; symbol: string; fill: boolean; event: unknown }>;

/** What a spot user stream says about an event of the engine, or undefined where it says nothing. */
export function spotUserEvent(host: BinanceHost, told: VenueEvent): UserEvent | undefined {
  if (told.type === 'order') {
    const { order, kind, fill } = told;
    const event = executionReport(host, order, { kind, ...(fill !== undefined && { fill }) });
    return { account: order.account, symbol: order.market, fill: fill !== undefined, event };
  }
  if (told.type !== 'balances' || host.venue.accounts.get(told.account)?.house !== false) return undefined;
  const { account, assets } = told;
  const timeMs = host.venue.nowMs;
  const rows = spotBalances(host, account, assets).map(({ asset, free, locked }) => ({ a: asset, f: free, l: locked }));
  return { account, symbol: '', fill: false, event: { e: 'outboundAccountPosition', E: timeMs, u: timeMs, B: rows } };
}

const executionTypes: Readonly<Record<OrderEventKind, string>> = {
  new: 'NEW',
  fill: 'TRADE',
  canceled: 'CANCELED',
  expired: 'EXPIRED',
  amended: 'REPLACED',
  triggered: 'NEW',
};

function executionReport(
  host: BinanceHost,
  order: VenueOrder,
  { kind, fill }: Readonly<{ kind: OrderEventKind; fill?: Fill }>,
) {
  const style = styleOf(host, marketOf(host.venue, order.market).market);
  const timeMs = host.venue.nowMs;
  const canceled = kind === 'canceled';
  return {
    e: 'executionReport',
    E: timeMs,
    s: order.market,
    // A cancel has an id of its own; C then names the order.
    c: order.clientId,
    S: sideText(order),
    o: typeText(order),
    f: order.timeInForce,
    q: style.quantity(order.quantity),
    p: style.price(order.price),
    P: style.price(order.stop?.price ?? 0n),
    F: '0.00000000',
    g: -1,
    C: canceled ? order.clientId : '',
    x: executionTypes[kind],
    X: statusText(order),
    r: 'NONE',
    i: order.id,
    l: style.quantity(fill?.quantity ?? 0n),
    z: style.quantity(order.filled),
    L: style.price(fill?.price ?? 0n),
    n: fill === undefined ? '0' : formatDecimal(fill.fee, assetOf(host.venue, fill.feeAsset).decimals),
    N: fill?.feeAsset ?? null,
    T: timeMs,
    t: fill?.tradeId ?? -1,
    I: order.id * 2 + order.fills.length,
    w: order.status === 'open' && order.active,
    m: fill?.maker ?? false,
    M: false,
    O: order.createdMs,
    Z: style.notional(order.cost),
    Y: style.notional(fill?.notional ?? 0n),
    Q: style.notional(order.quoteQuantity),
    ...(order.active && { W: order.createdMs }),
    V: 'EXPIRE_MAKER',
  };
}
