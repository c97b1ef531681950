import { z } from 'zod';
import { DeskError } from '../../../core/errors.ts';
import type { Exchange, VenueTraits } from '../../../core/ports/exchange.ts';
import { decimalText, readAnswer } from '../read-answer.ts';
import type { BinanceApi } from './api.ts';
import { cancelEverywhere, cancelNamed } from './cancel.ts';
import { binanceKeyRights } from './key-rights.ts';
import { fillPage, fillsOfOrder, lookByName, lookThroughOrders, ordersSince } from './look.ts';
import { openBinanceOrders } from './open-orders.ts';
import { payToSend, placeSpotOrder } from './place.ts';
import { createSpotPrice } from './reference-price.ts';

export const spotTraits: VenueTraits = {
  venue: 'binance',
  hasDeadline: true,
  receiveWindowMs: 5_000,
  // After so long the venue answers -1007 and knows no more itself.
  engineTimeMs: 10_000,
  readLagMs: 3_000,
  forgetsFilledIds: false,
  deadManSwitch: 'none',
  ledgerDecimals: 8,
  hasPositions: false,
};

const balancesShape = z.object({
  balances: z.array(z.object({ asset: z.string(), free: decimalText, locked: decimalText })),
});

/** Binance spot as the `Exchange` port. */
export function createBinanceSpot(api: BinanceApi): Omit<Exchange, 'close'> {
  const { clock, markets, signed } = api;
  const referencePrice = createSpotPrice(api);
  return {
    traits: spotTraits,
    markets: ({ signal } = {}) => markets.all(signal),
    balances: async ({ signal } = {}) => {
      const params = { omitZeroBalances: true };
      const answer = await signed({ method: 'GET', path: 'account', params, purpose: 'read', signal });
      return readAnswer(balancesShape, answer, 'account').balances.filter(
        ({ free, locked }) => free !== '0' || locked !== '0',
      );
    },
    positions: async () => [],
    serverTimeMs: async ({ signal } = {}) => (await clock.ask(signal)).venueMs,
    venueTimeMs: () => clock.steadyMs(),
    keyRights: ({ signal } = {}) => binanceKeyRights(api, 'enableSpotAndMarginTrading', signal),
    payToSend: (symbol) => payToSend(api, symbol),
    createOrder: (intent, submission, { signal } = {}) => placeSpotOrder(api, intent, submission, signal),
    findOrder: async (query, { signal } = {}) => {
      const order = (await lookByName(api, query, signal)) ?? (await lookThroughOrders(api, query, signal));
      if (order === undefined) return { fills: [] };
      if (order.executed === '0') return { order, fills: [] };
      return { order, fills: await fillsOfOrder(api, order, signal) };
    },
    cancelOrder: (order, { signal } = {}) => cancelNamed(api, order, signal),
    cancelAll: (symbol, { signal } = {}) => cancelEverywhere(api, symbol, signal),
    openOrders: (symbol, { signal } = {}) => openBinanceOrders(api, { symbol, purpose: 'read' }, signal),
    fillsSince: (symbol, sinceMs, cursor, { signal } = {}) => fillPage(api, { symbol, sinceMs, cursor }, signal),
    ordersSince: (symbol, sinceMs, { signal } = {}) => ordersSince(api, { symbol, sinceMs }, signal),
    armDeadManSwitch: async () => {
      throw new DeskError('BadInput', 'Binance spot has no dead man’s switch', {
        path: 'armDeadManSwitch',
        expected: 'a venue whose traits say deadManSwitch: symbol or account',
        found: spotTraits.venue,
      });
    },
    referencePrice,
  };
}
