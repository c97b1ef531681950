import type { VenueEvent } from '../../../../core/venue/events.ts';
import { marketOf } from '../../../../core/venue/state.ts';
import { deliver, reply, type Connection } from '../connection.ts';
import type { SimulatedAccount } from '../settings.ts';
import type { SimulatedMarket } from '../markets.ts';
import { bookUpdate, type BookChannel } from './book-channel.ts';
import { candleRows, tickerRow, tradeRow } from './channels.ts';
import type { KrakenHost } from './host.ts';
import { krakenNames } from './names.ts';
import { balanceRows, executionRows } from './user-channels.ts';

/** Public topics are `channel symbol detail`; listeners by topic. */
export type KrakenFeed = Readonly<{
  host: KrakenHost;
  topics: Map<string, Topic>;
  /** Private subscriptions of each socket. */
  users: Map<Connection, Map<'executions' | 'balances', UserSubscription>>;
  sockets: Set<Connection>;
}>;

export type Topic = Readonly<{
  channel: 'ticker' | 'trade' | 'ohlc' | 'book';
  market: SimulatedMarket;
  /** Depth, minutes or trigger. */
  detail: string;
  listeners: Set<Connection>;
  book?: BookChannel;
  last: { text: string };
}>;

export type UserSubscription = { readonly account: SimulatedAccount; sequence: number };

/** Publishes Kraken's channels from the engine's events. */
export function createFeed(host: KrakenHost): KrakenFeed {
  const feed: KrakenFeed = { host, topics: new Map(), users: new Map(), sockets: new Set() };
  const totals = new Map<string, bigint>();
  const { simulation } = host;
  for (const account of host.venue.accounts.values()) {
    for (const [asset, { total }] of account.balances) totals.set(`${account.id} ${asset}`, total);
  }
  simulation.onEvent('krakenSpot', (event) => onEvent(feed, event, totals));
  let lastMs = simulation.world.clock.nowMs;
  simulation.onStep((nowMs) => {
    for (const topic of feed.topics.values()) beat(feed, topic, { lastMs, nowMs });
    lastMs = nowMs;
    heartbeats(feed);
  });
  return feed;
}

function onEvent(feed: KrakenFeed, event: VenueEvent, totals: Map<string, bigint>): void {
  const { host } = feed;
  switch (event.type) {
    case 'trade': {
      for (const topic of topicsOf(feed, 'trade', event.trade.market)) {
        publish(feed, topic, { channel: 'trade', type: 'update', data: [tradeRow(topic.market, event.trade)] });
      }
      return;
    }
    case 'order': {
      const { order, kind, fill } = event;
      const occasion = { symbol: order.market, fill: fill !== undefined };
      const rows = executionRows(host, order, { kind, ...(fill !== undefined && { fill }) });
      for (const row of rows) tellUser(feed, { channel: 'executions', account: order.account, row, ...occasion });
      return;
    }
    case 'balances': {
      if (host.venue.accounts.get(event.account)?.house !== false) return;
      const rows = balanceRows(host, { account: event.account, assets: event.assets, before: totals });
      for (const row of rows)
        tellUser(feed, { channel: 'balances', account: event.account, row, symbol: '', fill: false });
      return;
    }
    case 'level':
    case 'settled':
  }
}

const topicsOf = ({ topics }: KrakenFeed, channel: Topic['channel'], market: string) =>
  [...topics.values()].filter((topic) => topic.channel === channel && topic.market.market.id === market);

function publish({ host }: KrakenFeed, topic: Topic, message: unknown): void {
  const text = JSON.stringify(message);
  const { symbol } = krakenNames(topic.market);
  for (const connection of topic.listeners)
    deliver(host.simulation, connection, text, { stream: topic.channel, symbol });
}

type UserRow = Readonly<{
  channel: 'executions' | 'balances';
  account: string;
  row: Readonly<Record<string, unknown>>;
  symbol: string;
  fill: boolean;
}>;

/** One row, one message; `sequence` counts up per subscription. */
function tellUser({ host, users }: KrakenFeed, { channel, account, row, symbol, fill }: UserRow): void {
  for (const [connection, subscriptions] of users) {
    const subscription = subscriptions.get(channel);
    if (subscription?.account.id !== account) continue;
    subscription.sequence += 1;
    const text = JSON.stringify({ channel, type: 'update', data: [row], sequence: subscription.sequence });
    const occasion = { stream: channel, account, symbol, fill };
    host.simulation.outbox.send(account, () => deliver(host.simulation, connection, text, occasion));
  }
}

/** Books every step; tickers and candles when they changed, candles at most once a second. */
function beat(feed: KrakenFeed, topic: Topic, { lastMs, nowMs }: Readonly<{ lastMs: number; nowMs: number }>): void {
  const { host } = feed;
  if (topic.book !== undefined) {
    const update = bookUpdate(host, topic.book);
    if (update !== undefined) publish(feed, topic, update);
    return;
  }
  if (topic.channel === 'ticker') {
    const { book, lastPrice, nextTradeId } = marketOf(host.venue, topic.market.market.id);
    const [bid] = book.bids.levels;
    const [ask] = book.asks.levels;
    const state =
      topic.detail === 'bbo'
        ? `${bid?.price} ${bid?.total} ${ask?.price} ${ask?.total}`
        : `${lastPrice} ${nextTradeId}`;
    if (topic.last.text === state) return;
    topic.last.text = state;
    publish(feed, topic, { channel: 'ticker', type: 'update', data: [tickerRow(host, topic.market, nowMs)] });
  }
  if (topic.channel === 'ohlc' && Math.floor(lastMs / 1000) !== Math.floor(nowMs / 1000)) {
    const data = candleRows(host, topic.market, { interval: Number(topic.detail), count: 1, nowMs });
    publish(feed, topic, { channel: 'ohlc', type: 'update', timestamp: new Date(nowMs).toISOString(), data });
  }
}

/** A socket that heard nothing for a second hears a heartbeat. */
function heartbeats({ host, sockets, topics, users }: KrakenFeed): void {
  const wireMs = host.simulation.wireMs();
  for (const connection of sockets) {
    if (wireMs - connection.lastSentMs < 1000) continue;
    const subscribed = users.has(connection) || [...topics.values()].some(({ listeners }) => listeners.has(connection));
    if (subscribed) reply(host.simulation, connection, '{"channel":"heartbeat"}');
  }
}
