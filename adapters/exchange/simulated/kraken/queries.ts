import { createHash } from 'node:crypto';
import { formatDecimal } from '../../../../core/venue/decimal.ts';
import { isOpen, type Fill, type VenueOrder } from '../../../../core/venue/order.ts';
import { notionalToQuote, quantityToBase } from '../../../../core/venue/market.ts';
import { accountOf, assetOf, marketOf } from '../../../../core/venue/state.ts';
import { isOld, isVisible, visibleOrder, visibleOrders } from '../find-order.ts';
import { averageText, notionalText, priceText, quantityText } from '../numbers.ts';
import { KrakenError, invalidArgument } from './errors.ts';
import { seconds, type KrakenCall, type KrakenHost } from './host.ts';
import { idOf, krakenNames, txid } from './names.ts';
import { orderDescription } from './orders.ts';
import { trimmed } from './public.ts';

export function statusOf({ status }: VenueOrder): string {
  if (status === 'filled') return 'closed';
  // What the engine ends (IOC rest, post-only, self-trade) Kraken calls canceled too.
  return status === 'open' ? 'open' : 'canceled';
}

const tradeTxid = ({ tradeId, side }: Fill) => txid('T', tradeId * 2 + (side === 'buy' ? 0 : 1));

export const feeText = (host: KrakenHost, fills: readonly Fill[], asset: string): string =>
  formatDecimal(
    fills.reduce((sum, { fee }) => sum + fee, 0n),
    assetOf(host.venue, asset).decimals,
  );

function orderInfo(host: KrakenHost, order: VenueOrder, withTrades: boolean): unknown {
  const { market } = marketOf(host.venue, order.market);
  const simulated = host.markets.find(({ market: { id } }) => id === order.market);
  const price = (value: bigint) => priceText(market, value);
  return {
    refid: null,
    userref: order.note.userref ?? 0,
    ...(order.clientId !== '' && { cl_ord_id: order.clientId }),
    status: statusOf(order),
    opentm: seconds(order.createdMs),
    starttm: 0,
    expiretm: 0,
    descr: {
      pair: simulated === undefined ? order.market : krakenNames(simulated).altname,
      type: order.side,
      ordertype: order.note.type,
      price: price(order.stop?.price ?? order.price),
      price2: order.stop === undefined ? '0' : price(order.price),
      leverage: 'none',
      order: orderDescription(host, order),
      close: '',
    },
    vol: quantityText(market, order.quantity),
    vol_exec: quantityText(market, order.filled),
    cost: notionalText(market, order.cost),
    fee: feeText(host, order.fills, market.quote),
    price: averageText(market, order.cost, order.filled, market.priceDecimals),
    stopprice: price(order.stop?.price ?? 0n),
    limitprice: price(order.price),
    misc: '',
    oflags: order.note.flags,
    ...(withTrades && { trades: order.fills.map(tradeTxid) }),
    ...(!isOpen(order) && {
      closetm: seconds(order.updatedMs),
      reason: order.status === 'canceled' ? 'User requested' : order.reason || null,
    }),
  };
}

const wantsTrades = ({ get }: KrakenCall) => get('trades') === 'true';

const asRecord = (call: KrakenCall, orders: readonly VenueOrder[]) =>
  Object.fromEntries(orders.map((order) => [txid('O', order.id), orderInfo(call.host, order, wantsTrades(call))]));

function fitting({ get }: KrakenCall, orders: readonly VenueOrder[]): VenueOrder[] {
  const userref = get('userref');
  const clientId = get('cl_ord_id');
  return orders.filter(
    (order) =>
      (userref === undefined || String(order.note.userref) === userref) &&
      (clientId === undefined || order.clientId === clientId),
  );
}

const openOrders = (call: KrakenCall): unknown => {
  const { simulation, venue } = call.host;
  return {
    open: asRecord(call, fitting(call, visibleOrders(simulation, venue, { account: call.account.id, open: true }))),
  };
};

const pageSize = 50;

/** Newest first, fifty a page. */
function closedOrders(call: KrakenCall): unknown {
  const { simulation, venue } = call.host;
  const closed = visibleOrders(simulation, venue, { account: call.account.id, open: false }).filter(
    (order) =>
      simulation.options.forgetsFilledIds !== true || call.get('cl_ord_id') === undefined || order.status !== 'filled',
  );
  const from = Number(call.get('start') ?? 0) * 1000;
  const to = Number(call.get('end') ?? Infinity) * 1000;
  const within = fitting(call, closed)
    .filter(({ updatedMs }) => updatedMs >= from && updatedMs <= to)
    .toReversed();
  const offset = Number(call.get('ofs') ?? 0);
  return { closed: asRecord(call, within.slice(offset, offset + pageSize)), count: within.length };
}

function queryOrders(call: KrakenCall): unknown {
  const { simulation, venue } = call.host;
  const account = call.account.id;
  const names = call.get('txid')?.split(',') ?? [];
  const clientId = call.get('cl_ord_id');
  const userref = call.get('userref');
  if (names.length === 0 && clientId === undefined && userref === undefined) throw invalidArgument('txid');
  if (names.length === 0) return asRecord(call, fitting(call, visibleOrders(simulation, venue, { account })));
  const orders = names.map((name) => {
    const id = idOf(name);
    const order = id === undefined ? undefined : visibleOrder(simulation, venue, { account, name: { id } });
    if (order === undefined) throw new KrakenError('EOrder:Unknown order');
    return order;
  });
  return asRecord(call, orders);
}

function tradeInfo(host: KrakenHost, fill: Fill): unknown {
  const { market } = marketOf(host.venue, fill.market);
  const order = accountOf(host.venue, fill.account).orders.get(fill.orderId);
  return {
    ordertxid: txid('O', fill.orderId),
    postxid: 'TKH2SE-M7IF5-CFI7LT',
    pair: fill.market,
    aclass: 'forex',
    time: seconds(fill.timeMs),
    type: fill.side,
    ordertype: order?.note.type ?? 'limit',
    price: priceText(market, fill.price),
    cost: notionalText(market, fill.notional),
    fee: feeText(host, [fill], fill.feeAsset),
    vol: quantityText(market, fill.quantity),
    margin: '0.00000',
    leverage: '0',
    misc: '',
    trade_id: fill.tradeId,
    maker: fill.maker,
  };
}

function visibleFills(call: KrakenCall): Fill[] {
  const { simulation, venue } = call.host;
  const account = accountOf(venue, call.account.id);
  return account.fills.filter(({ orderId, timeMs }) => {
    const order = account.orders.get(orderId);
    return isOld(simulation, venue, timeMs) && (order === undefined || isVisible(simulation, venue, order));
  });
}

/** How many of the fills, oldest first, lie before a bound: a time in seconds, or a trade with or without itself. */
function bound(fills: readonly Fill[], text: string, { own }: Readonly<{ own: boolean }>): number {
  const place = fills.findIndex((fill) => tradeTxid(fill) === text);
  if (place >= 0) return place + 1;
  const ms = Number(text) * 1000;
  const beyond = fills.findIndex(({ timeMs }) => (own ? timeMs > ms : timeMs >= ms));
  return beyond >= 0 ? beyond : fills.length;
}

function tradesHistory(call: KrakenCall): unknown {
  const visible = visibleFills(call);
  const after = bound(visible, call.get('start') ?? '0', { own: false });
  const until = bound(visible, call.get('end') ?? String(Number.MAX_SAFE_INTEGER), { own: true });
  const fills = visible.slice(after, until).toReversed();
  const offset = Number(call.get('ofs') ?? 0);
  const page = fills.slice(offset, offset + pageSize);
  return {
    trades: Object.fromEntries(page.map((fill) => [tradeTxid(fill), tradeInfo(call.host, fill)])),
    count: fills.length,
  };
}

function queryTrades(call: KrakenCall): unknown {
  const wanted = call.get('txid')?.split(',') ?? [];
  const fills = visibleFills(call).filter((fill) => wanted.includes(tradeTxid(fill)));
  return Object.fromEntries(fills.map((fill) => [tradeTxid(fill), tradeInfo(call.host, fill)]));
}

/** Two entries a fill, newest first, with the balance after each. */
function ledgerEntries(call: KrakenCall) {
  const { venue } = call.host;
  const account = accountOf(venue, call.account.id);
  const totals = new Map([...account.balances].map(([asset, { total }]) => [asset, total]));
  return visibleFills(call)
    .toReversed()
    .flatMap((fill) => {
      const { market } = marketOf(venue, fill.market);
      const sign = fill.side === 'buy' ? 1n : -1n;
      const rows = [
        {
          asset: market.quote,
          amount: -sign * notionalToQuote(market, fill.notional, assetOf(venue, market.quote)),
          fee: fill.fee,
        },
        {
          asset: market.base,
          amount: sign * quantityToBase(market, fill.quantity, assetOf(venue, market.base)),
          fee: 0n,
        },
      ];
      return rows.map(({ asset, amount, fee }, index) => {
        const { decimals } = assetOf(venue, asset);
        const after = totals.get(asset) ?? 0n;
        totals.set(asset, after - amount + fee);
        const text = (value: bigint) => formatDecimal(value, decimals);
        const entry = {
          refid: tradeTxid(fill),
          time: seconds(fill.timeMs),
          type: 'trade',
          subtype: 'tradespot',
          aclass: 'currency',
          asset,
          amount: text(amount),
          fee: text(fee),
          balance: text(after),
        };
        return [txid('L', fill.tradeId * 4 + index + (fill.side === 'buy' ? 0 : 2)), entry] as const;
      });
    });
}

function ledgers(call: KrakenCall): unknown {
  const entries = ledgerEntries(call);
  const asset = call.get('asset');
  const fitted = entries.filter(([, entry]) => asset === undefined || asset === 'all' || entry.asset === asset);
  const offset = Number(call.get('ofs') ?? 0);
  return { ledger: Object.fromEntries(fitted.slice(offset, offset + pageSize)), count: fitted.length };
}

/** Entries by their ids, of which Kraken takes twenty at most. */
function queryLedgers(call: KrakenCall): unknown {
  const ids = (call.get('id') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0 || ids.length > 20) throw invalidArgument('id');
  return Object.fromEntries(ledgerEntries(call).filter(([id]) => ids.includes(id)));
}

function balances({ host, account }: KrakenCall, describe: (total: string, locked: string) => unknown): unknown {
  return Object.fromEntries(
    [...accountOf(host.venue, account.id).balances].map(([asset, { total, locked }]) => {
      const { decimals } = assetOf(host.venue, asset);
      return [asset, describe(formatDecimal(total, decimals), formatDecimal(locked, decimals))];
    }),
  );
}

/** What everything is worth in ZUSD at last prices; spot only, so no margin is used. */
function tradeBalance({ host, account }: KrakenCall): unknown {
  const priceIn = (asset: string) => {
    const market = host.markets.find(({ market: { base, quote } }) => base === asset && quote === 'ZUSD')?.market;
    return market === undefined ? 1 : Number(priceText(market, marketOf(host.venue, market.id).lastPrice));
  };
  const worth = [...accountOf(host.venue, account.id).balances].reduce(
    (sum, [asset, { total }]) =>
      sum + Number(formatDecimal(total, assetOf(host.venue, asset).decimals)) * priceIn(asset),
    0,
  );
  const all = worth.toFixed(4);
  const none = '0.0000';
  return { eb: all, tb: all, m: none, n: none, c: none, v: none, e: all, mf: all };
}

const feeTier = (ppm: bigint) => ({
  fee: trimmed((Number(ppm) / 10_000).toFixed(4)),
  minfee: '0.1000',
  maxfee: '0.4000',
  nextfee: null,
  tiervolume: '0.0000',
  nextvolume: null,
});

function tradeVolume(call: KrakenCall): unknown {
  const names = call.get('pair')?.split(',');
  const markets = call.host.markets.filter(
    (market) =>
      names === undefined || names.some((name) => [market.market.id, krakenNames(market).altname].includes(name)),
  );
  return {
    currency: 'ZUSD',
    volume: '0.0000',
    fees: Object.fromEntries(markets.map(({ market }) => [market.id, feeTier(market.takerFeePpm)])),
    fees_maker: Object.fromEntries(markets.map(({ market }) => [market.id, feeTier(market.makerFeePpm)])),
  };
}

const tokenLifeMs = 900_000;

/** A token lives 15 minutes for connecting; a socket that used it keeps it. */
function webSocketsToken({ host, account, wireMs }: KrakenCall): unknown {
  const chance = host.simulation.streams.ids.nextUint32();
  const token = createHash('sha256').update(`${account.krakenKey} ${wireMs} ${chance}`).digest('base64');
  host.tokens.set(token, { account, untilMs: wireMs + tokenLifeMs });
  return { token, expires: tokenLifeMs / 1000 };
}

/** Asked to learn whether a key may withdraw. */
function withdrawMethods({ account }: KrakenCall): unknown {
  if (!account.permissions.withdraw) throw new KrakenError('EGeneral:Permission denied');
  return [];
}

export const queryMethods: Readonly<Record<string, (call: KrakenCall) => unknown>> = {
  Balance: (call) => balances(call, (total) => total),
  BalanceEx: (call) => balances(call, (balance, hold_trade) => ({ balance, hold_trade })),
  TradeBalance: tradeBalance,
  OpenOrders: openOrders,
  ClosedOrders: closedOrders,
  QueryOrders: queryOrders,
  TradesHistory: tradesHistory,
  QueryTrades: queryTrades,
  OpenPositions: () => ({}),
  Ledgers: ledgers,
  QueryLedgers: queryLedgers,
  TradeVolume: tradeVolume,
  GetWebSocketsToken: webSocketsToken,
  WithdrawMethods: withdrawMethods,
};
