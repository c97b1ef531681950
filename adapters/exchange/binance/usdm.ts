import { z } from 'zod';
import { DeskError } from '../../../core/errors.ts';
import { units, unitText } from '../../../core/orders/amount.ts';
import type { OrderIntent, Submission, VenueOrder } from '../../../core/orders/types.ts';
import type {
  CancelOutcome,
  Exchange,
  KeyRights,
  OrderQuery,
  OrderReference,
  Position,
  SendOutcome,
  VenueTraits,
} from '../../../core/ports/exchange.ts';
import { sending } from '../outcomes.ts';
import { decimalText, readAnswer } from '../read-answer.ts';
import { cancelAlgoOrder, lookAmongAlgoOrders, mayBeAlgo, openAlgoOrders, placeAlgoOrder } from './algo-orders.ts';
import type { BinanceApi } from './api.ts';
import { cancelEach, cancelNamed } from './cancel.ts';
import { binanceKeyRights } from './key-rights.ts';
import { fillPage, fillsOfOrder, lookByName, lookThroughOrders, ordersSince } from './look.ts';
import { fundingPage } from './funding.ts';
import { openBinanceOrders } from './open-orders.ts';
import { ownOrder, payToSend, postOrder } from './place.ts';
import { createMarkPrice } from './reference-price.ts';
import { orderShape, venueOrder } from './shapes.ts';

export const usdmTraits: VenueTraits = {
  venue: 'binanceusdm',
  hasDeadline: true,
  receiveWindowMs: 5_000,
  engineTimeMs: 10_000,
  readLagMs: 3_000,
  forgetsFilledIds: false,
  deadManSwitch: 'symbol',
  ledgerDecimals: 8,
  hasPositions: true,
};

/** Type, price and validity in the words of USD-M; GTX is post only. */
function terms({ type, price = '', timeInForce }: OrderIntent): Readonly<Record<string, string>> {
  if (type === 'market') return { type: 'MARKET' };
  return { type: 'LIMIT', price, timeInForce: timeInForce === 'PO' ? 'GTX' : timeInForce };
}

const placePlain = (
  api: BinanceApi,
  intent: OrderIntent,
  submission: Submission,
  signal?: AbortSignal,
): Promise<SendOutcome> =>
  sending(async () => {
    const asked = {
      ...terms(intent),
      quantity: intent.amount,
      newClientOrderId: intent.clientOrderId,
      newOrderRespType: 'RESULT',
      ...(intent.reduceOnly && { reduceOnly: 'true' }),
    };
    const answer = await postOrder(api, { path: 'order', terms: asked }, intent, { submission, signal });
    const order = venueOrder(readAnswer(orderShape, answer, 'order'), api.dialect.venue, intent.symbol);
    // Its answer tells what was executed and nothing of the trades: they come by stream or look.
    return { kind: 'accepted', order: ownOrder(order, intent), fills: [] };
  });

/** Plain orders and algo orders are asked both; another index than the one by id where neither knows it. */
async function find(api: BinanceApi, query: OrderQuery, signal?: AbortSignal): Promise<VenueOrder | undefined> {
  const isPlain = query.venueOrderId === undefined || !mayBeAlgo(query);
  return (
    (isPlain ? await lookByName(api, query, signal) : undefined) ??
    (mayBeAlgo(query) ? await lookAmongAlgoOrders(api, query, signal) : undefined) ??
    (isPlain ? await lookThroughOrders(api, query, signal) : undefined)
  );
}

async function cancel(api: BinanceApi, order: OrderReference, signal?: AbortSignal): Promise<CancelOutcome> {
  const isPlain = order.venueOrderId === undefined || !mayBeAlgo(order);
  const plain = isPlain ? await cancelNamed(api, order, signal) : undefined;
  if (plain !== undefined && (plain.kind === 'canceled' || plain.failure.kind !== 'unknownOrder')) return plain;
  if (plain !== undefined && !mayBeAlgo(order)) return plain;
  return sending(async () => {
    await cancelAlgoOrder(api, order, signal);
    return { kind: 'canceled' };
  });
}

const openOf = async (
  api: BinanceApi,
  which: Readonly<{ symbol?: string | undefined; purpose: 'read' | 'cancel' }>,
  signal?: AbortSignal,
): Promise<readonly VenueOrder[]> => [
  ...(await openBinanceOrders(api, which, signal)),
  ...(await openAlgoOrders(api, which, signal)),
];

const cancelEverywhere = (api: BinanceApi, symbol: string | undefined, signal?: AbortSignal): Promise<CancelOutcome> =>
  sending(async () => {
    const resting = symbol === undefined ? await openOf(api, { purpose: 'cancel' }, signal) : [];
    const symbols = new Set(symbol === undefined ? resting.map((order) => order.symbol) : [symbol]);
    return cancelEach([...symbols], async (each) => {
      const { id } = await api.markets.find(each, signal);
      for (const path of ['allOpenOrders', 'algoOpenOrders']) {
        await api.signed({ method: 'DELETE', path, params: { symbol: id }, purpose: 'cancel', signal });
      }
    });
  });

const positionShape = z.array(
  z.object({ symbol: z.string(), positionAmt: decimalText, entryPrice: decimalText, unRealizedProfit: decimalText }),
);
const leverageShape = z.array(z.object({ symbol: z.string(), leverage: decimalText }));

async function positions({ signed, markets }: BinanceApi, signal?: AbortSignal): Promise<readonly Position[]> {
  const call = { api: 'fapiPrivateV3', method: 'GET', path: 'positionRisk', purpose: 'read', signal } as const;
  const held = readAnswer(positionShape, await signed(call), 'positionRisk').filter(
    ({ positionAmt }) => positionAmt !== '0',
  );
  if (held.length === 0) return [];
  // Positions do not tell their leverage any more (v3).
  const settings = await signed({ method: 'GET', path: 'symbolConfig', purpose: 'read', signal });
  const leverages = new Map(
    readAnswer(leverageShape, settings, 'symbolConfig').map(({ symbol, leverage }) => [symbol, leverage]),
  );
  return Promise.all(
    held.map(async ({ symbol, positionAmt, entryPrice, unRealizedProfit }) => ({
      symbol: (await markets.symbolOf(symbol, signal)) ?? symbol,
      amount: positionAmt,
      entryPrice,
      unrealizedPnl: unRealizedProfit,
      leverage: leverages.get(symbol) ?? '1',
    })),
  );
}

const balanceShape = z.array(z.object({ asset: z.string(), balance: decimalText, availableBalance: decimalText }));

/** Wallet balances; what margin holds counts as locked. */
async function balances({ signed }: BinanceApi, signal?: AbortSignal) {
  const call = { api: 'fapiPrivateV3', method: 'GET', path: 'balance', purpose: 'read', signal } as const;
  return readAnswer(balanceShape, await signed(call), 'balance')
    .filter(({ balance }) => balance !== '0')
    .map(({ asset, balance, availableBalance }) => {
      // Unrealized profit can make more available than there is.
      const free = units(availableBalance) < units(balance) ? availableBalance : balance;
      return { asset, free, locked: unitText(units(balance) - units(free)) };
    });
}

const accountConfig = z.object({ canTrade: z.boolean(), canWithdraw: z.boolean() });

/** The rights of a key are told by spot's host alone; a stand-in for USD-M tells what the account may do. */
async function keyRights(api: BinanceApi, standIn: boolean, signal?: AbortSignal): Promise<KeyRights> {
  if (!standIn) return binanceKeyRights(api, 'enableFutures', signal);
  const answer = await api.signed({ method: 'GET', path: 'accountConfig', purpose: 'read', signal });
  const { canTrade, canWithdraw } = readAnswer(accountConfig, answer, 'accountConfig');
  return { read: true, trade: canTrade, withdraw: canWithdraw, ipBound: 'unknown' };
}

/** Binance USD-M as the `Exchange` port. `standIn`: it talks to a simulated exchange or test net. */
export function createBinanceUsdm(api: BinanceApi, standIn: boolean): Omit<Exchange, 'close'> {
  const { clock, markets, signed } = api;
  const referencePrice = createMarkPrice(api);
  return {
    traits: usdmTraits,
    markets: ({ signal } = {}) => markets.all(signal),
    balances: ({ signal } = {}) => balances(api, signal),
    positions: ({ signal } = {}) => positions(api, signal),
    serverTimeMs: async ({ signal } = {}) => (await clock.ask(signal)).venueMs,
    venueTimeMs: () => clock.steadyMs(),
    keyRights: ({ signal } = {}) => keyRights(api, standIn, signal),
    payToSend: (symbol) => payToSend(api, symbol),
    createOrder: (intent, submission, { signal } = {}) =>
      (intent.type === 'stopMarket' ? placeAlgoOrder : placePlain)(api, intent, submission, signal),
    findOrder: async (query, { signal } = {}) => {
      const order = await find(api, query, signal);
      if (order === undefined) return { fills: [] };
      if (order.executed === '0') return { order, fills: [] };
      return { order, fills: await fillsOfOrder(api, order, signal) };
    },
    cancelOrder: (order, { signal } = {}) => cancel(api, order, signal),
    cancelAll: (symbol, { signal } = {}) => cancelEverywhere(api, symbol, signal),
    openOrders: (symbol, { signal } = {}) => openOf(api, { symbol, purpose: 'read' }, signal),
    fillsSince: (symbol, sinceMs, cursor, { signal } = {}) => fillPage(api, { symbol, sinceMs, cursor }, signal),
    fundingSince: (query, { signal } = {}) => fundingPage(api, query, signal),
    ordersSince: (symbol, sinceMs, { signal } = {}) => ordersSince(api, { symbol, sinceMs }, signal),
    armDeadManSwitch: async (timeoutMs, symbol, { signal } = {}) => {
      if (symbol === undefined) {
        throw new DeskError('BadInput', 'the dead man’s switch of USD-M is one a symbol', {
          path: 'symbol',
          expected: 'a symbol, as BTC/USDT:USDT',
          found: 'none',
        });
      }
      const { id } = await markets.find(symbol, signal);
      const params = { symbol: id, countdownTime: timeoutMs };
      await signed({ method: 'POST', path: 'countdownCancelAll', params, purpose: 'cancel', signal });
    },
    referencePrice,
  };
}
