import { toNumber } from '../../../../core/venue/decimal.ts';
import type { OrderEventKind } from '../../../../core/venue/events.ts';
import { notionalDecimals } from '../../../../core/venue/market.ts';
import type { Fill, VenueOrder } from '../../../../core/venue/order.ts';
import { accountOf, assetOf, marketOf } from '../../../../core/venue/state.ts';
import { isoTime } from './channels.ts';
import type { KrakenHost } from './host.ts';
import { krakenNames, newAssetName, txid } from './names.ts';

type Row = Readonly<Record<string, unknown>>;

function shared(host: KrakenHost, order: VenueOrder): Row {
  const { market } = marketOf(host.venue, order.market);
  const simulated = host.markets.find(({ market: { id } }) => id === order.market);
  return {
    order_id: txid('O', order.id),
    ...(order.clientId !== '' && { cl_ord_id: order.clientId }),
    ...(order.note.userref !== undefined && { order_userref: order.note.userref }),
    symbol: simulated === undefined ? order.market : krakenNames(simulated).symbol,
    side: order.side,
    order_type: order.note.type,
    order_qty: toNumber(order.quantity, market.quantityDecimals),
    ...(order.price > 0n && { limit_price: toNumber(order.price, market.priceDecimals) }),
    time_in_force: order.timeInForce,
    cum_qty: toNumber(order.filled, market.quantityDecimals),
    cum_cost: toNumber(order.cost, notionalDecimals(market)),
    avg_price:
      order.filled === 0n
        ? 0
        : toNumber(order.cost, notionalDecimals(market)) / toNumber(order.filled, market.quantityDecimals),
    timestamp: isoTime(host.venue.nowMs),
  };
}

const statusOf = ({ status, filled }: VenueOrder): string => {
  if (status === 'open') return filled > 0n ? 'partially_filled' : 'new';
  return status;
};

/** Where every open order stands, for the first message of a subscription. */
export const orderSnapshot = (host: KrakenHost, account: string): Row[] =>
  [...accountOf(host.venue, account).open.values()].map((order) => ({
    ...shared(host, order),
    exec_type: order.filled > 0n ? 'trade' : 'new',
    order_status: statusOf(order),
  }));

export const tradeSnapshot = (host: KrakenHost, account: string): Row[] => {
  const { fills, orders } = accountOf(host.venue, account);
  return fills.slice(-50).flatMap((fill) => {
    const order = orders.get(fill.orderId);
    return order === undefined ? [] : [tradeRow(host, order, fill)];
  });
};

function tradeRow(host: KrakenHost, order: VenueOrder, fill: Fill): Row {
  const { market } = marketOf(host.venue, order.market);
  const fee = toNumber(fill.fee, assetOf(host.venue, fill.feeAsset).decimals);
  return {
    ...shared(host, order),
    exec_type: 'trade',
    // The trade that completes an order still says partially filled; `filled` is a message of its own.
    order_status: 'partially_filled',
    exec_id: txid('T', fill.tradeId * 2 + (fill.side === 'buy' ? 0 : 1)),
    trade_id: fill.tradeId,
    last_qty: toNumber(fill.quantity, market.quantityDecimals),
    last_price: toNumber(fill.price, market.priceDecimals),
    cost: toNumber(fill.notional, notionalDecimals(market)),
    liquidity_ind: fill.maker ? 'm' : 't',
    fees: [{ asset: newAssetName(fill.feeAsset), qty: fee }],
    fee_usd_equiv: fee,
    timestamp: isoTime(fill.timeMs),
  };
}

/** The rows that one event becomes, each a message of its own: a client routes a message by its first row. */
export function executionRows(
  host: KrakenHost,
  order: VenueOrder,
  { kind, fill }: Readonly<{ kind: OrderEventKind; fill?: Fill }>,
): Row[] {
  const base = shared(host, order);
  if (kind === 'new') {
    return [
      { ...base, exec_type: 'pending_new', order_status: 'pending_new' },
      { ...base, exec_type: 'new', order_status: 'new' },
    ];
  }
  if (kind === 'fill' && fill !== undefined) {
    const trade = tradeRow(host, order, fill);
    return order.status === 'filled' ? [trade, { ...base, exec_type: 'filled', order_status: 'filled' }] : [trade];
  }
  if (kind === 'amended') return [{ ...base, exec_type: 'amended', order_status: statusOf(order) }];
  if (kind === 'triggered') return [{ ...base, exec_type: 'triggered', order_status: 'triggered' }];
  return [
    {
      ...base,
      exec_type: 'canceled',
      order_status: 'canceled',
      reason: order.status === 'canceled' ? 'User requested' : order.reason,
    },
  ];
}

export function balanceSnapshot(host: KrakenHost, account: string): Row[] {
  return [...accountOf(host.venue, account).balances].map(([asset, { total }]) => {
    const balance = toNumber(total, assetOf(host.venue, asset).decimals);
    return {
      asset: newAssetName(asset),
      asset_class: 'currency',
      balance,
      wallets: [{ type: 'spot', id: 'main', balance }],
    };
  });
}

/** Balances after a change; Kraken says nothing of orders that only lock. */
export function balanceRows(
  host: KrakenHost,
  { account, assets, before }: Readonly<{ account: string; assets: readonly string[]; before: Map<string, bigint> }>,
): Row[] {
  return assets.flatMap((asset) => {
    const total = accountOf(host.venue, account).balances.get(asset)?.total ?? 0n;
    const { decimals } = assetOf(host.venue, asset);
    const key = `${account} ${asset}`;
    const change = total - (before.get(key) ?? 0n);
    before.set(key, total);
    if (change === 0n) return [];
    const row = {
      asset: newAssetName(asset),
      asset_class: 'currency',
      amount: toNumber(change, decimals),
      balance: toNumber(total, decimals),
      fee: 0,
      ledger_id: txid('L', host.venue.nextOrderId),
      ref_id: txid('T', host.venue.nextOrderId),
      timestamp: isoTime(host.venue.nowMs),
      type: 'trade',
      subtype: '',
      category: 'trade',
      wallet_type: 'spot',
      wallet_id: 'main',
    };
    return [row];
  });
}
