import { formatDecimal } from '../../../../core/venue/decimal.ts';
import type { OrderEventKind, VenueEvent } from '../../../../core/venue/events.ts';
import type { Fill, VenueOrder } from '../../../../core/venue/order.ts';
import { accountOf, marketOf } from '../../../../core/venue/state.ts';
import { deliver, reply, type Connection } from '../connection.ts';
import type { SimulatedAccount } from '../settings.ts';
import { BinanceError } from './errors.ts';
import type { BinanceHost, BinanceRoute } from './host.ts';
import { sideText, statusText, styleOf, typeText } from './text.ts';
import { algoStatus } from './usdm-algo.ts';
import { positionRow } from './usdm-account.ts';

/** Listen keys of USD-M user data, one an account, each alive for an hour after it was last renewed. */
export type ListenKeys = Readonly<{
  host: BinanceHost;
  byKey: Map<string, { account: SimulatedAccount; untilMs: number }>;
  listeners: Map<string, Set<Connection>>;
  /** What the account's balance and position were when last told. */
  told: Map<string, string>;
}>;

const lifeMs = 3_600_000;

export function createListenKeys(host: BinanceHost): ListenKeys {
  const keys: ListenKeys = { host, byKey: new Map(), listeners: new Map(), told: new Map() };
  host.simulation.onEvent(host.name, (event) => tell(keys, event));
  host.simulation.onStep(() => expire(keys));
  return keys;
}

function newKey({ host }: ListenKeys): string {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  const { ids } = host.simulation.streams;
  return Array.from({ length: 64 }, () => letters[ids.nextBelow(letters.length)]).join('');
}

const unknownKey = new BinanceError(-1125, 'This listenKey does not exist.');

const keyOf = ({ byKey }: ListenKeys, accountId: string) =>
  [...byKey].find(([, { account }]) => account.id === accountId);

export function listenKeyRoutes(keys: ListenKeys): Readonly<Record<string, BinanceRoute>> {
  const route = { weight: 1, security: 'key' } as const;
  return {
    'POST listenKey': {
      ...route,
      answer: ({ account, wireMs }) => {
        const [key = newKey(keys)] = keyOf(keys, account.id) ?? [];
        keys.byKey.set(key, { account, untilMs: wireMs + lifeMs });
        return { listenKey: key };
      },
    },
    'PUT listenKey': {
      ...route,
      answer: ({ account, wireMs }) => {
        const [key, entry] = keyOf(keys, account.id) ?? [];
        if (key === undefined || entry === undefined) throw unknownKey;
        if (keys.host.simulation.faults.strike(['expire-key'], { venue: keys.host.name, account: account.id })) {
          end(keys, key);
          throw unknownKey;
        }
        entry.untilMs = wireMs + lifeMs;
        return { listenKey: key };
      },
    },
    'DELETE listenKey': {
      ...route,
      answer: ({ account }) => {
        const [key] = keyOf(keys, account.id) ?? [];
        if (key !== undefined) keys.byKey.delete(key);
        return {};
      },
    },
  };
}

/** Keys that nobody renewed end, and those that a fault ends. */
function expire(keys: ListenKeys): void {
  const { simulation, name } = keys.host;
  const wireMs = simulation.wireMs();
  for (const [key, { account, untilMs }] of keys.byKey) {
    const struck = simulation.faults.strike(['expire-key'], { venue: name, account: account.id });
    if (wireMs > untilMs || struck !== undefined) end(keys, key);
  }
}

function end({ host, byKey, listeners }: ListenKeys, key: string): void {
  byKey.delete(key);
  const text = JSON.stringify({ e: 'listenKeyExpired', E: host.venue.nowMs, listenKey: key });
  for (const connection of listeners.get(key) ?? []) reply(host.simulation, connection, text);
}

/** `/private/ws?listenKey=…`, or the key as the last part of the path. */
export function openUserSocket({ byKey, listeners }: ListenKeys, connection: Connection): void {
  const [path = '', query = ''] = connection.url.split('?');
  const key = new URLSearchParams(query).get('listenKey') ?? path.split('/').at(-1) ?? '';
  const owner = byKey.get(key)?.account.id;
  if (owner !== undefined) connection.accounts.add(owner);
  const open = listeners.get(key) ?? new Set<Connection>();
  open.add(connection);
  listeners.set(key, open);
  connection.socket.on('close', () => {
    open.delete(connection);
    if (open.size === 0) listeners.delete(key);
  });
}

function tell(keys: ListenKeys, event: VenueEvent): void {
  if (event.type !== 'order' && event.type !== 'balances') return;
  const accountId = event.type === 'order' ? event.order.account : event.account;
  if (keys.host.venue.accounts.get(accountId)?.house !== false) return;
  const [key] = keyOf(keys, accountId) ?? [];
  const body = event.type === 'order' ? orderEvent(keys.host, event) : accountEvent(keys, event);
  if (body === undefined || key === undefined) return;
  const text = JSON.stringify(body);
  const fill = event.type === 'order' && event.fill !== undefined;
  const symbol = event.type === 'order' ? event.order.market : '';
  const { simulation } = keys.host;
  for (const connection of keys.listeners.get(key) ?? []) {
    simulation.outbox.send(accountId, () =>
      deliver(simulation, connection, text, { stream: 'user', account: accountId, symbol, fill }),
    );
  }
}

const executionTypes: Readonly<Record<OrderEventKind, string>> = {
  new: 'NEW',
  fill: 'TRADE',
  canceled: 'CANCELED',
  expired: 'EXPIRED',
  amended: 'AMENDMENT',
  triggered: 'NEW',
};

type OrderTold = Readonly<{ order: VenueOrder; kind: OrderEventKind; fill?: Fill }>;

/** A stop that waits speaks as an algo order; awake it is a plain one. */
function orderEvent(host: BinanceHost, { order, kind, fill }: OrderTold): unknown {
  const { market } = marketOf(host.venue, order.market);
  const style = styleOf(host, market);
  const timeMs = host.venue.nowMs;
  if (order.stop !== undefined && !order.active) return algoEvent(host, order);
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: timeMs,
    T: timeMs,
    o: {
      s: order.market,
      c: order.clientId,
      S: sideText(order),
      o: order.stop === undefined ? typeText(order) : order.type.toUpperCase(),
      f: order.postOnly ? 'GTX' : order.timeInForce,
      q: style.quantity(order.quantity),
      p: style.price(order.price),
      ap: style.average(order.cost, order.filled),
      sp: style.price(order.stop?.price ?? 0n),
      x: executionTypes[kind],
      X: statusText(order),
      i: order.id,
      l: style.quantity(fill?.quantity ?? 0n),
      z: style.quantity(order.filled),
      L: style.price(fill?.price ?? 0n),
      ...(fill !== undefined && { n: formatDecimal(fill.fee, 8), N: fill.feeAsset }),
      T: timeMs,
      t: fill?.tradeId ?? 0,
      b: '0',
      a: '0',
      m: fill?.maker ?? false,
      R: order.reduceOnly,
      wt: 'CONTRACT_PRICE',
      ot: typeText(order),
      ps: 'BOTH',
      cp: order.note.closePosition === true,
      rp: formatDecimal(fill?.realized ?? 0n, 8),
      pP: false,
      V: 'EXPIRE_MAKER',
      pm: 'NONE',
      gtd: 0,
    },
  };
}

function algoEvent(host: BinanceHost, order: VenueOrder): unknown {
  const style = styleOf(host, marketOf(host.venue, order.market).market);
  const timeMs = host.venue.nowMs;
  return {
    e: 'ALGO_UPDATE',
    E: timeMs,
    T: timeMs,
    o: {
      caid: order.clientId,
      aid: order.id,
      at: 'CONDITIONAL',
      o: String(order.note.type),
      s: order.market,
      S: sideText(order),
      ps: 'BOTH',
      f: order.timeInForce,
      q: style.quantity(order.quantity),
      X: algoStatus(order),
      ai: order.active ? String(order.id) : '',
      ap: style.average(order.cost, order.filled),
      aq: style.quantity(order.filled),
      act: '0',
      tp: style.price(order.stop?.price ?? 0n),
      p: style.price(order.price),
      V: 'EXPIRE_MAKER',
      wt: 'CONTRACT_PRICE',
      pm: 'NONE',
      cp: order.note.closePosition === true,
      pP: false,
      R: order.reduceOnly,
      tt: 0,
      gtd: 0,
      rm: '',
    },
  };
}

/** ACCOUNT_UPDATE where money or position moved; margin that is only set aside is not told. */
function accountEvent(
  { host, told }: ListenKeys,
  { account: accountId, reason, market }: Extract<VenueEvent, { type: 'balances' }>,
): unknown {
  const account = accountOf(host.venue, accountId);
  const wallet = formatDecimal(account.balances.get('USDT')?.total ?? 0n, 8);
  const position = market === undefined ? undefined : positionRow(host, accountId, market);
  const state = `${wallet} ${position?.positionAmt}`;
  const key = `${accountId} ${market}`;
  if (told.get(key) === state) return undefined;
  const first = !told.has(key);
  told.set(key, state);
  if (first && reason === 'order' && account.fills.length === 0) return undefined;
  const timeMs = host.venue.nowMs;
  const reasons = { order: 'ORDER', deposit: 'DEPOSIT', funding: 'FUNDING_FEE' };
  return {
    e: 'ACCOUNT_UPDATE',
    E: timeMs,
    T: timeMs,
    a: {
      m: reasons[reason],
      B: [{ a: 'USDT', wb: wallet, cw: wallet, bc: '0' }],
      P:
        position === undefined
          ? []
          : [
              {
                s: position.symbol,
                pa: position.positionAmt,
                ep: position.entryPrice,
                bep: position.breakEvenPrice,
                cr: '0',
                up: position.unRealizedProfit,
                mt: 'cross',
                iw: '0',
                ps: 'BOTH',
                ma: position.marginAsset,
              },
            ],
    },
  };
}
