import type { Exchange as CcxtExchange } from 'ccxt';
import { DeskError } from '../../../core/errors.ts';
import { units, unitText } from '../../../core/orders/amount.ts';
import type { OrderIntent } from '../../../core/orders/types.ts';
import {
  VenueError,
  type CancelOutcome,
  type Exchange,
  type Market,
  type OrderReference,
  type Position,
  type ReferencePrice,
  type SendOutcome,
  type VenueTraits,
} from '../../../core/ports/exchange.ts';
import { beforeSending } from '../before-sending.ts';
import type { Session } from '../ccxt/session.ts';
import type { MarketTable } from '../market-table.ts';
import { midPrice } from '../mid-price.ts';
import { sending } from '../outcomes.ts';
import { sharedPrice } from '../shared-price.ts';
import type { VenueClock } from '../venue-clock.ts';
import { otherFundingPage } from './funding.ts';
import { findOtherOrder, openOtherOrders, otherFillPage, otherOrdersSince } from './look.ts';
import { figure, readOtherFill, readOtherOrder } from './read.ts';

/** The careful answer to everything that ccxt does not tell. */
const otherTraits = ({ id, has }: CcxtExchange): VenueTraits => ({
  venue: id,
  hasDeadline: false,
  receiveWindowMs: 5_000,
  engineTimeMs: 10_000,
  readLagMs: 5_000,
  forgetsFilledIds: true,
  deadManSwitch: has['cancelAllOrdersAfter'] === true ? 'account' : 'none',
  ledgerDecimals: 18,
  hasPositions: has['fetchPositions'] === true,
});

type Parts = Readonly<{ session: Session; clock: VenueClock; markets: MarketTable }>;

/** What ccxt takes beside price and size. */
const params = ({ type, timeInForce, stopPrice, reduceOnly, clientOrderId }: OrderIntent) => ({
  clientOrderId,
  ...(type === 'limit' && (timeInForce === 'PO' ? { postOnly: true } : { timeInForce })),
  ...(stopPrice !== undefined && { triggerPrice: stopPrice }),
  ...(reduceOnly && { reduceOnly: true }),
  maxRetriesOnFailure: 0,
});

/** ccxt's types want numbers where its code keeps the digits of a text. */
const exact = (text: string) => text as unknown as number;

const off = (text: string, unit: string) => units(text) % units(unit) !== 0n;

/** ccxt would round to the market's steps in silence. */
function checkSteps({ amount, price, stopPrice }: OrderIntent, { amountStep, minAmount, priceTick }: Market): void {
  const wrong =
    units(amount) < units(minAmount) || off(amount, amountStep)
      ? `an amount of at least ${minAmount} in steps of ${amountStep}, was ${amount}`
      : [price, stopPrice].some((each) => each !== undefined && off(each, priceTick))
        ? `a price in steps of ${priceTick}`
        : undefined;
  if (wrong !== undefined) throw new VenueError({ kind: 'rejected', code: '', message: `not sent: expected ${wrong}` });
}

const place = ({ session, markets, clock }: Parts, intent: OrderIntent, signal?: AbortSignal): Promise<SendOutcome> =>
  sending(async () => {
    const { market } = await beforeSending(() => markets.find(intent.symbol, signal));
    await beforeSending(() => clock.nowMs());
    checkSteps(intent, market);
    const { ccxt } = session.client;
    const { symbol, side, amount, price } = intent;
    const type = intent.type === 'limit' ? 'limit' : 'market';
    const limit = price === undefined ? undefined : exact(price);
    const answer = await session.unified(
      'send',
      () => ccxt.createOrder(symbol, type, side, exact(amount), limit, params(intent)),
      signal,
    );
    // Many venues answer with little more than the id: what was asked for stands in for the rest.
    const asked = { side, type, amount: exact(amount), ...(limit !== undefined && { price: limit }) };
    const known = Object.fromEntries(
      Object.entries(answer).filter(([, value]) => value !== undefined && value !== null),
    );
    const order = readOtherOrder({ ...answer, ...asked, ...known }, ccxt.id, symbol);
    const fills = answer.trades.map((trade) => readOtherFill({ ...trade, order: order.venueOrderId }, ccxt.id, symbol));
    return { kind: 'accepted', order: { ...order, clientOrderId: intent.clientOrderId }, fills };
  });

const cancel = ({ session }: Parts, order: OrderReference, signal?: AbortSignal): Promise<CancelOutcome> =>
  sending(async () => {
    const { ccxt } = session.client;
    const id = order.venueOrderId ?? (await restingId(session, order, signal));
    if (id === undefined)
      throw new VenueError({ kind: 'unknownOrder', code: '', message: 'no open order has this id' });
    await session.unified('cancel', () => ccxt.cancelOrder(id, order.symbol), signal);
    return { kind: 'canceled' };
  });

async function restingId(session: Session, { symbol, clientOrderId }: OrderReference, signal?: AbortSignal) {
  const open = await openOtherOrders(session, { symbol, purpose: 'cancel' }, signal);
  return open.find((order) => order.clientOrderId === clientOrderId)?.venueOrderId;
}

/** One by one: ways to cancel everything differ too much between venues. Every order is tried. */
const cancelAll = (parts: Parts, symbol: string | undefined, signal?: AbortSignal): Promise<CancelOutcome> =>
  sending(async () => {
    const open = await openOtherOrders(parts.session, { symbol, purpose: 'cancel' }, signal);
    const failed: string[] = [];
    for (const order of open) {
      const outcome = await cancel(parts, { ...order, clientOrderId: order.clientOrderId ?? '' }, signal);
      if (outcome.kind === 'failed' && outcome.failure.kind !== 'unknownOrder') failed.push(order.symbol);
    }
    if (failed.length === 0) return { kind: 'canceled' };
    throw new VenueError({ kind: 'unknown', code: '', message: `not canceled at ${[...new Set(failed)].join(', ')}` });
  });

async function balances({ client: { ccxt }, unified }: Session, signal?: AbortSignal) {
  const held = await unified('read', () => ccxt.fetchBalance(), signal);
  const totals = held.total as unknown as Readonly<Record<string, unknown>>;
  const frees = held.free as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(totals)
    .map(([asset, total]) => ({ asset, total: figure(total), free: figure(frees[asset], figure(total)) }))
    .filter(({ total }) => total !== '0')
    .map(({ asset, total, free }) => ({ asset, free, locked: unitText(units(total) - units(free)) }));
}

async function positions({ client: { ccxt }, unified }: Session, signal?: AbortSignal): Promise<readonly Position[]> {
  if (ccxt.has['fetchPositions'] !== true) return [];
  const held = await unified('read', () => ccxt.fetchPositions(), signal);
  return held
    .map((position) => ({ position, amount: figure(position.contracts) }))
    .filter(({ amount }) => amount !== '0')
    .map(({ position, amount }) => ({
      symbol: position.symbol ?? '',
      amount: position.side === 'short' ? unitText(-units(amount)) : amount,
      entryPrice: figure(position.entryPrice),
      unrealizedPnl: figure(position.unrealizedPnl),
      leverage: figure(position.leverage, '1'),
    }));
}

/** How much a price costs is not known of every venue. */
const keptMs = 1_000;

async function referencePrice({ session, clock, markets }: Parts, symbol: string): Promise<ReferencePrice> {
  await markets.find(symbol);
  const { ccxt } = session.client;
  const ticker = await session.unified('read', () => ccxt.fetchTicker(symbol));
  const price = midPrice(figure(ticker.bid), figure(ticker.ask));
  const venueMs = ticker.timestamp ?? (await clock.nowMs());
  const last = figure(ticker.last, '');
  return { price, source: 'bookMid', venueMs, ...(last !== '' && { lastTrade: { price: last, venueMs } }) };
}

/** Any venue of ccxt as the `Exchange` port, through its unified calls: as good as ccxt knows the venue. */
export function createOtherExchange(parts: Parts): Omit<Exchange, 'close'> {
  const { session, clock, markets } = parts;
  const { ccxt } = session.client;
  const traits = otherTraits(ccxt);
  // Timestamps are the venue's, as far as it told its clock already.
  ccxt.milliseconds = () => clock.estimateMs() ?? Date.now();
  /** What every signed call needs before. */
  const ready = (signal?: AbortSignal) => Promise.all([markets.all(signal), clock.nowMs()]);
  return {
    traits,
    markets: ({ signal } = {}) => markets.all(signal),
    balances: async ({ signal } = {}) => {
      await ready(signal);
      return balances(session, signal);
    },
    positions: async ({ signal } = {}) => {
      await ready(signal);
      return positions(session, signal);
    },
    serverTimeMs: async ({ signal } = {}) => (await clock.ask(signal)).venueMs,
    venueTimeMs: () => clock.steadyMs(),
    keyRights: async () => ({ read: 'unknown', trade: 'unknown', withdraw: 'unknown', ipBound: 'unknown' }),
    payToSend: async (symbol) => {
      const { id } = await markets.find(symbol);
      await session.payToSend({ api: 'private', path: 'createOrder', params: { symbol: id } });
    },
    createOrder: (intent, _submission, { signal } = {}) => place(parts, intent, signal),
    findOrder: async (query, { signal } = {}) => {
      await ready(signal);
      return findOtherOrder(session, query, signal);
    },
    cancelOrder: (order, { signal } = {}) => cancel(parts, order, signal),
    cancelAll: (symbol, { signal } = {}) => cancelAll(parts, symbol, signal),
    openOrders: async (symbol, { signal } = {}) => {
      await ready(signal);
      return openOtherOrders(session, { symbol, purpose: 'read' }, signal);
    },
    fillsSince: async (symbol, sinceMs, cursor, { signal } = {}) => {
      await ready(signal);
      return otherFillPage(session, { symbol, sinceMs, cursor, purpose: 'read', signal });
    },
    ...(ccxt.has['fetchFundingHistory'] === true && {
      fundingSince: async (query, { signal } = {}) => {
        await ready(signal);
        return otherFundingPage(session, query, signal);
      },
    }),
    ordersSince: async (symbol, sinceMs, { signal } = {}) => {
      await ready(signal);
      return otherOrdersSince(session, { symbol, sinceMs, signal });
    },
    armDeadManSwitch: async (timeoutMs, _symbol, { signal } = {}) => {
      if (traits.deadManSwitch === 'none') {
        throw new DeskError('BadInput', `${ccxt.id} has no dead man’s switch`, {
          path: 'armDeadManSwitch',
          expected: 'a venue whose traits say deadManSwitch: symbol or account',
          found: ccxt.id,
        });
      }
      await session.unified('cancel', () => ccxt.cancelAllOrdersAfter(timeoutMs), signal);
    },
    referencePrice: sharedPrice((symbol) => referencePrice(parts, symbol), keptMs),
  };
}
