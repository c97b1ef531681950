import { z } from 'zod';
import { DeskError } from '../../../core/errors.ts';
import { units, unitText } from '../../../core/orders/amount.ts';
import {
  VenueError,
  type CancelOutcome,
  type Exchange,
  type KeyRights,
  type VenueTraits,
} from '../../../core/ports/exchange.ts';
import { sending } from '../outcomes.ts';
import { decimalText } from '../read-answer.ts';
import type { KrakenApi, KrakenCall } from './api.ts';
import { fillPage } from './fills.ts';
import { findKrakenOrder, krakenOrdersSince, openKrakenOrders } from './look.ts';
import { placeKrakenOrder } from './place.ts';
import { createReferencePrice } from './reference-price.ts';

export const krakenTraits: VenueTraits = {
  venue: 'kraken',
  hasDeadline: true,
  receiveWindowMs: 5_000,
  engineTimeMs: 0,
  readLagMs: 3_000,
  forgetsFilledIds: false,
  deadManSwitch: 'account',
  ledgerDecimals: 10,
  hasPositions: false,
};

const balancesShape = z.record(z.string(), z.object({ balance: decimalText, hold_trade: decimalText.optional() }));

/** CancelOrderBatch takes so many at once. */
const cancelLimit = 50;

async function cancelSymbol(api: KrakenApi, symbol: string, signal?: AbortSignal): Promise<void> {
  const open = await openKrakenOrders(api, { symbol, purpose: 'cancel' }, signal);
  for (let start = 0; start < open.length; start += cancelLimit) {
    for (const { venueOrderId } of open.slice(start, start + cancelLimit)) {
      const outcome = await cancelOne(api, { txid: venueOrderId }, signal);
      if (outcome.kind === 'failed' && outcome.failure.kind !== 'unknownOrder') throw new VenueError(outcome.failure);
    }
  }
}

const cancelOne = (
  { ask }: KrakenApi,
  params: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<CancelOutcome> =>
  sending(async () => {
    await ask({ path: 'CancelOrder', params, purpose: 'cancel', signal }, z.object({ count: z.coerce.number() }));
    return { kind: 'canceled' };
  });

/**
 * Kraken tells a key's rights by what it refuses. Neither request does anything: one asks for the ways to withdraw, the
 * other has an order checked and not placed.
 */
async function keyRights(api: KrakenApi, signal?: AbortSignal): Promise<KeyRights> {
  const allowed = async (call: KrakenCall): Promise<boolean> => {
    try {
      await api.ask(call, z.unknown());
      return true;
    } catch (thrown) {
      if (!(thrown instanceof VenueError)) throw thrown;
      if (thrown.failure.code === 'EGeneral:Permission denied') return false;
      // Any other refusal of the order itself came after the right was checked.
      if (thrown.failure.kind === 'rejected') return true;
      throw thrown;
    }
  };
  const [market] = await api.markets.all(signal);
  const { id } = await api.markets.find(market?.symbol ?? '', signal);
  const order = { pair: id, type: 'buy', ordertype: 'market', volume: market?.minAmount ?? '1', validate: true };
  return {
    read: await allowed({ path: 'OpenOrders', purpose: 'read', signal }),
    trade: await allowed({ path: 'AddOrder', params: order, purpose: 'read', signal }),
    withdraw: await allowed({ path: 'WithdrawMethods', purpose: 'read', signal }),
    ipBound: 'unknown',
  };
}

/** Kraken spot as the `Exchange` port. */
export function createKrakenSpot(api: KrakenApi, traits: VenueTraits): Omit<Exchange, 'close'> {
  const { ask, clock, markets, session } = api;
  const referencePrice = createReferencePrice(api);
  return {
    traits,
    markets: ({ signal } = {}) => markets.all(signal),
    balances: async ({ signal } = {}) => {
      await markets.all(signal);
      const held = await ask({ path: 'BalanceEx', purpose: 'read', signal }, balancesShape);
      return Object.entries(held)
        .filter(([, { balance }]) => balance !== '0')
        .map(([id, { balance, hold_trade: locked = '0' }]) => ({
          asset: session.client.ccxt.safeCurrencyCode(id) ?? id,
          free: unitText(units(balance) - units(locked)),
          locked,
        }));
    },
    positions: async () => [],
    serverTimeMs: async ({ signal } = {}) => (await clock.ask(signal)).venueMs,
    venueTimeMs: () => clock.steadyMs(),
    keyRights: ({ signal } = {}) => keyRights(api, signal),
    payToSend: async (symbol) => {
      const { id } = await markets.find(symbol);
      await session.payToSend({ api: 'private', path: 'AddOrder', params: { pair: id } });
    },
    createOrder: (intent, submission, { signal } = {}) => placeKrakenOrder(api, intent, submission, signal),
    findOrder: (query, { signal } = {}) => findKrakenOrder(api, query, { throughAll: traits.forgetsFilledIds, signal }),
    cancelOrder: ({ clientOrderId, venueOrderId }, { signal } = {}) =>
      cancelOne(api, venueOrderId === undefined ? { cl_ord_id: clientOrderId } : { txid: venueOrderId }, signal),
    cancelAll: (symbol, { signal } = {}) =>
      sending(async () => {
        if (symbol !== undefined) await cancelSymbol(api, symbol, signal);
        else await ask({ path: 'CancelAll', purpose: 'cancel', signal }, z.object({ count: z.coerce.number() }));
        return { kind: 'canceled' };
      }),
    openOrders: (symbol, { signal } = {}) => openKrakenOrders(api, { symbol, purpose: 'read' }, signal),
    fillsSince: (symbol, sinceMs, cursor, { signal } = {}) => fillPage(api, { symbol, sinceMs, cursor }, signal),
    ordersSince: (symbol, sinceMs, { signal } = {}) => krakenOrdersSince(api, { symbol, sinceMs }, signal),
    armDeadManSwitch: async (timeoutMs, symbol, { signal } = {}) => {
      if (symbol !== undefined) {
        throw new DeskError('BadInput', 'Kraken’s dead man’s switch covers the whole account', {
          path: 'symbol',
          expected: 'none',
          found: symbol,
        });
      }
      const params = { timeout: Math.ceil(timeoutMs / 1000) };
      await ask(
        { path: 'CancelAllOrdersAfter', params, purpose: 'cancel', signal },
        z.object({ triggerTime: z.string() }),
      );
    },
    referencePrice,
  };
}
