import type { Connection } from '../connection.ts';
import type { SimulatedMarket } from '../markets.ts';
import type { SimulatedAccount } from '../settings.ts';
import { bookDepths, bookSnapshot, createBookChannel } from './book-channel.ts';
import { candleRows, instrumentData, tickerRow, tradeRow } from './channels.ts';
import { KrakenError } from './errors.ts';
import type { KrakenFeed, Topic } from './feed.ts';
import { tapeOf, type KrakenHost } from './host.ts';
import { krakenNames } from './names.ts';
import { krakenIntervals } from './public.ts';
import type { SocketMessage } from './socket.ts';
import { balanceSnapshot, orderSnapshot, tradeSnapshot } from './user-channels.ts';

const publicChannels = ['ticker', 'trade', 'ohlc', 'book'] as const;

/** The account of a token, or `ESession:Invalid session`. */
export function accountOfToken(host: KrakenHost, token: unknown): SimulatedAccount {
  const known = typeof token === 'string' ? host.tokens.get(token) : undefined;
  if (
    known === undefined ||
    host.simulation.faults.strike(['invalidate-token'], { venue: 'krakenSpot', account: known.account.id })
  ) {
    throw new KrakenError('ESession:Invalid session');
  }
  if (host.simulation.wireMs() > known.untilMs) throw new KrakenError('ESession:Invalid session');
  return known.account;
}

/** Answers of a (un)subscribe: one a symbol, each followed by its snapshot. */
export function changeSubscription(feed: KrakenFeed, connection: Connection, message: SocketMessage): unknown[] {
  const { params } = message;
  const { channel } = params;
  if (channel === 'executions' || channel === 'balances')
    return userSubscription(feed, connection, { message, channel });
  if (channel === 'instrument') {
    const snapshot = { channel, type: 'snapshot', data: instrumentData(feed.host) };
    return [acknowledged(feed, message, { channel, snapshot: true }), snapshot];
  }
  if (channel === 'heartbeat') return [acknowledged(feed, message, { channel })];
  const known = publicChannels.find((name) => name === channel);
  if (known === undefined) throw new KrakenError('Subscription name invalid');
  const symbols = Array.isArray(params.symbol) ? params.symbol : [];
  if (symbols.length === 0) throw new KrakenError('Symbol(s) not found');
  return symbols.flatMap((symbol) => {
    const market = feed.host.markets.find((simulated) => krakenNames(simulated).symbol === symbol);
    if (market === undefined) return [failed(feed, message, `Currency pair not supported ${String(symbol)}`)];
    return publicSubscription(feed, connection, { message, channel: known, market });
  });
}

function acknowledged({ host }: KrakenFeed, { method, reqId, timeIn }: SocketMessage, result: object): unknown {
  const timeOut = new Date(host.simulation.wireMs()).toISOString();
  return {
    method,
    ...(reqId !== undefined && { req_id: reqId }),
    result,
    success: true,
    time_in: timeIn,
    time_out: timeOut,
  };
}

function failed({ host }: KrakenFeed, { method, reqId, timeIn }: SocketMessage, error: string): unknown {
  const timeOut = new Date(host.simulation.wireMs()).toISOString();
  return {
    method,
    ...(reqId !== undefined && { req_id: reqId }),
    error,
    success: false,
    time_in: timeIn,
    time_out: timeOut,
  };
}

type Asked = Readonly<{ message: SocketMessage; channel: Topic['channel']; market: SimulatedMarket }>;

/** Depth, minutes or trigger of a subscription, with its bounds. */
function detailOf(
  channel: Topic['channel'],
  { depth = 10, interval = 1, event_trigger: trigger = 'trades' }: SocketMessage['params'],
): string {
  if (channel === 'book' && !bookDepths.includes(Number(depth)))
    throw new KrakenError('Subscription depth not supported');
  if (channel === 'ohlc' && !krakenIntervals.includes(Number(interval)))
    throw new KrakenError('Subscription ohlc interval not supported');
  if (channel === 'ticker' && trigger !== 'trades' && trigger !== 'bbo')
    throw new KrakenError('Event trigger not supported');
  return channel === 'book'
    ? String(Number(depth))
    : channel === 'ohlc'
      ? String(Number(interval))
      : channel === 'ticker'
        ? String(trigger)
        : '';
}

function publicSubscription(feed: KrakenFeed, connection: Connection, { message, channel, market }: Asked): unknown[] {
  const { symbol } = krakenNames(market);
  const detail = detailOf(channel, message.params);
  const name = `${channel} ${symbol} ${detail}`;
  const words =
    channel === 'book'
      ? { depth: Number(detail) }
      : channel === 'ohlc'
        ? { interval: Number(detail) }
        : channel === 'ticker'
          ? { event_trigger: detail }
          : {};
  if (message.method === 'unsubscribe') {
    const topic = feed.topics.get(name);
    topic?.listeners.delete(connection);
    if (topic?.listeners.size === 0) feed.topics.delete(name);
    return [acknowledged(feed, message, { channel, symbol, ...words })];
  }
  let topic = feed.topics.get(name);
  if (topic === undefined) {
    const book = channel === 'book' ? { book: createBookChannel(feed.host, market, Number(detail)) } : {};
    topic = { channel, market, detail, listeners: new Set(), last: { text: '' }, ...book };
    feed.topics.set(name, topic);
  }
  topic.listeners.add(connection);
  const snapshot = message.params.snapshot !== false;
  const answer = acknowledged(feed, message, { channel, symbol, snapshot, ...words });
  return snapshot ? [answer, snapshotOf(feed.host, topic)] : [answer];
}

function snapshotOf(host: KrakenHost, { channel, market, detail, book }: Topic): unknown {
  if (book !== undefined) return bookSnapshot(book);
  const { nowMs } = host.venue;
  const rows = {
    book: () => [],
    ticker: () => [tickerRow(host, market, nowMs)],
    trade: () =>
      tapeOf(host, market.market.id)
        .trades.slice(-50)
        .map((trade) => tradeRow(market, trade)),
    ohlc: () => candleRows(host, market, { interval: Number(detail), count: 720, nowMs }),
  };
  return { channel, type: 'snapshot', data: rows[channel]() };
}

type AskedUser = Readonly<{ message: SocketMessage; channel: 'executions' | 'balances' }>;

function userSubscription(feed: KrakenFeed, connection: Connection, { message, channel }: AskedUser): unknown[] {
  const account = accountOfToken(feed.host, message.params.token);
  connection.accounts.add(account.id);
  const subscriptions = feed.users.get(connection) ?? new Map();
  feed.users.set(connection, subscriptions);
  if (message.method === 'unsubscribe') {
    subscriptions.delete(channel);
    return [acknowledged(feed, message, { channel })];
  }
  subscriptions.set(channel, { account, sequence: 1 });
  const { snap_orders: orders = true, snap_trades: trades = false } = message.params;
  const data =
    channel === 'balances'
      ? balanceSnapshot(feed.host, account.id)
      : [
          ...(orders === true ? orderSnapshot(feed.host, account.id) : []),
          ...(trades === true ? tradeSnapshot(feed.host, account.id) : []),
        ];
  const snapshot = { channel, type: 'snapshot', data, sequence: 1 };
  return [acknowledged(feed, message, { channel, snapshot: true }), snapshot];
}
