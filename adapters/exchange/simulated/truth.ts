import { formatDecimal, rescale } from '../../../core/venue/decimal.ts';
import { brokenInvariants } from '../../../core/venue/invariants.ts';
import type { VenueOrder } from '../../../core/venue/order.ts';
import { accountOf, assetOf, marketOf, type VenueState } from '../../../core/venue/state.ts';
import { orderRequests } from './order-requests.ts';
import { notionalText, priceText, quantityText } from './numbers.ts';
import type { Simulation } from './simulation.ts';

/** What really happened, whatever anybody was told: the judge of "no order lost, none doubled". */
export function truth(simulation: Simulation): unknown {
  const { names, accounts, log, faults, world, seed } = simulation;
  return {
    seed,
    marketMs: world.clock.nowMs,
    wireMs: simulation.wireMs(),
    venues: Object.fromEntries(
      names.map((name) => {
        const venue = simulation.venue(name);
        const perAccount = accounts.map(({ id }) => [id, accountTruth(venue, id)] as const);
        return [name, { brokenInvariants: brokenInvariants(venue), accounts: Object.fromEntries(perAccount) }];
      }),
    ),
    faults: { active: faults.list(), strikes: faults.strikes },
    unknownRoutes: log.entries
      .filter(({ unknownRoute }) => unknownRoute)
      .map(({ venue, method, path }) => `${venue} ${method} ${path}`),
    orderRequests: orderRequests(log.entries),
    requestsDropped: log.dropped(),
    requests: log.entries,
  };
}

function accountTruth(venue: VenueState, id: string) {
  const account = accountOf(venue, id);
  return {
    balances: Object.fromEntries(
      [...account.balances].map(([asset, { total, locked }]) => {
        const { decimals } = assetOf(venue, asset);
        return [asset, { total: formatDecimal(total, decimals), locked: formatDecimal(locked, decimals) }];
      }),
    ),
    positions: [...account.positions]
      .filter(([, { size }]) => size !== 0n)
      .map(([symbol, { size, cost }]) => {
        const { market } = marketOf(venue, symbol);
        return { symbol, size: quantityText(market, size), cost: notionalText(market, cost) };
      }),
    orders: [...account.orders.values()].map((order) => orderTruth(venue, order)),
    fills: account.fills.map((fill) => {
      const { market } = marketOf(venue, fill.market);
      const { decimals } = assetOf(venue, fill.feeAsset);
      const quote = assetOf(venue, market.quote);
      return {
        tradeId: fill.tradeId,
        orderId: fill.orderId,
        symbol: fill.market,
        side: fill.side,
        price: priceText(market, fill.price),
        quantity: quantityText(market, fill.quantity),
        quoteQuantity: notionalText(market, fill.notional),
        maker: fill.maker,
        fee: formatDecimal(fill.fee, decimals),
        feeAsset: fill.feeAsset,
        realized: formatDecimal(rescale(fill.realized, quote.decimals, quote.decimals), quote.decimals),
        timeMs: fill.timeMs,
      };
    }),
  };
}

function orderTruth(venue: VenueState, order: VenueOrder) {
  const { market } = marketOf(venue, order.market);
  return {
    orderId: order.id,
    clientOrderId: order.clientId,
    symbol: order.market,
    side: order.side,
    type: order.type,
    stopPrice: order.stop === undefined ? null : priceText(market, order.stop.price),
    timeInForce: order.timeInForce,
    reduceOnly: order.reduceOnly,
    price: priceText(market, order.price),
    quantity: quantityText(market, order.quantity),
    filled: quantityText(market, order.filled),
    cost: notionalText(market, order.cost),
    status: order.status,
    reason: order.reason,
    /** The timestamp that the client signed and the end of its window, where its protocol carries them; wire clock. */
    signedMs: order.note.signedMs ?? null,
    deadlineMs: order.note.deadlineMs ?? null,
    /** When the engine took it, wire clock. */
    acceptedMs: order.note.acceptedMs ?? null,
    /** Market clock. */
    createdMs: order.createdMs,
    updatedMs: order.updatedMs,
  };
}
