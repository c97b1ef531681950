import type { VenueOrder } from '../../../../core/venue/order.ts';
import type { LoggedRequest } from '../request-log.ts';
import { KrakenError } from './errors.ts';
import { matched, type KrakenHost, type Parameters } from './host.ts';
import { txid } from './names.ts';
import { addBatch, amend, armSwitch, cancel, cancelAll, jsonParameters, ordersNamed, place } from './orders.ts';
import { readKrakenOrder } from './read-order.ts';
import type { SocketMessage } from './socket.ts';
import { accountOfToken } from './subscriptions.ts';

export const tradingMethods: readonly string[] = [
  'add_order',
  'amend_order',
  'cancel_order',
  'cancel_all',
  'cancel_all_orders_after',
  'cancel_after',
  'batch_add',
  'batch_cancel',
];

/** REST's name for each of the socket's parameters. */
const restNames: Readonly<Record<string, string>> = {
  pair: 'symbol',
  type: 'side',
  ordertype: 'order_type',
  volume: 'order_qty',
  price: 'limit_price',
  timeinforce: 'time_in_force',
  userref: 'order_userref',
  leverage: 'margin',
  displayvol: 'display_qty',
  starttm: 'effective_time',
  expiretm: 'expire_time',
  stptype: 'stp_type',
  close: 'conditional',
};

/** A socket's order in REST's names: stops carry their price in `triggers`, amounts of quote are `cash_order_qty`. */
function asRest(params: Readonly<Record<string, unknown>>): Parameters {
  const given = jsonParameters(params);
  const triggers = jsonParameters(params.triggers);
  const trigger = triggers.get('price');
  const get = (name: string): string | undefined => {
    if (name === 'volume') return given.get('cash_order_qty') ?? given.get('order_qty');
    if (name === 'price' && trigger !== undefined) return trigger;
    if (name === 'trigger') return triggers.get('reference');
    if (name === 'triggers.price_type') return triggers.get('price_type');
    if (name === 'price2') return given.get('limit_price');
    if (name === 'oflags') {
      const inBase = params.fee_preference === 'base' ? 'fcib' : '';
      return [params.post_only === true ? 'post' : '', given.get('cash_order_qty') === undefined ? '' : 'viqc', inBase]
        .filter(Boolean)
        .join(',');
    }
    return given.get(restNames[name] ?? name);
  };
  return { get, list: given.list };
}

const named = (order: VenueOrder) => ({
  order_id: txid('O', order.id),
  ...(order.clientId !== '' && { cl_ord_id: order.clientId }),
  ...(order.note.userref !== undefined && { order_userref: order.note.userref }),
});

/** The result of a trading method, or its step in the engine; refusals are thrown. */
export function answerTrading(host: KrakenHost, { method, params }: SocketMessage, logged: LoggedRequest): unknown {
  const account = accountOfToken(host, params.token);
  logged.account = account.id;
  host.limiter.admit(account.id, host.simulation.wireMs());
  if (!account.permissions.trade) throw new KrakenError('EGeneral:Permission denied');
  const wireMs = host.simulation.wireMs();
  const given = jsonParameters(params);
  const trader = { host, account: account.id, protocol: 'socket' } as const;
  switch (method) {
    case 'add_order': {
      const order = asRest(params);
      const read = readKrakenOrder(order, { ...trader, wireMs });
      return matched(host, () => named(place(host, read, order.get('deadline'))));
    }
    case 'amend_order': {
      const { match } = amend(trader, {
        ...given,
        get: (name) => given.get(name === 'txid' ? 'order_id' : name),
      });
      return matched(host, () => {
        const order = match();
        return { amend_id: txid('L', order.updatedMs % 2 ** 40), ...named(order) };
      });
    }
    case 'cancel_order':
    case 'batch_cancel':
      return matched(host, () => cancelNamed(host, account.id, { method, given }));
    case 'cancel_all':
      return matched(host, () => ({ count: cancelAll(host, account.id) }));
    case 'batch_add': {
      const rows = Array.isArray(params.orders) ? params.orders : [];
      const shared = asRest(params);
      const placeAll = addBatch(
        trader,
        rows.map((row: unknown) => asRest(typeof row === 'object' && row !== null ? { ...row } : {})),
        shared,
      );
      return matched(host, () =>
        placeAll().map((outcome) => (outcome.order === undefined ? { error: outcome.error } : named(outcome.order))),
      );
    }
    default:
      return armSwitch(host, account.id, given.get('timeout'));
  }
}

function cancelNamed(
  host: KrakenHost,
  account: string,
  { method, given }: Readonly<{ method: string; given: Parameters }>,
): unknown {
  const orders = [
    ...given
      .list(method === 'cancel_order' ? 'order_id' : 'orders')
      .flatMap((id) => ordersNamed(host, account, { id })),
    ...given.list('cl_ord_id').flatMap((clientId) => ordersNamed(host, account, { clientId })),
  ];
  const count = cancel(host, orders);
  const [order] = orders;
  if (count === 0 || order === undefined) throw new KrakenError('EOrder:Unknown order');
  return method === 'cancel_order' ? named(order) : { count };
}
