import {
  addAccount,
  accountOf,
  createVenue,
  deposit,
  makersAccount,
  marketOf,
  takersAccount,
  type VenueState,
} from '../../core/venue/state.ts';
import { decimal, formatDecimal, pow10 } from '../../core/venue/decimal.ts';
import { notionalDecimals, type VenueMarket } from '../../core/venue/market.ts';
import type { Fill as EngineFill, VenueOrder as EngineOrder } from '../../core/venue/order.ts';
import { cancelOrder, placeOrder } from '../../core/venue/orders.ts';
import type { Fill, OrderIntent, Submission, VenueOrder } from '../../core/orders/types.ts';
import type { Market, VenueTraits } from '../../core/ports/exchange.ts';
import { account, type World } from './world.ts';

/** One order that the venue took: the truth that the invariants are judged by. */
export type Accepted = Readonly<{
  clientOrderId: string;
  venueOrderId: string;
  symbol: string;
  side: 'buy' | 'sell';
  amount: bigint;
  timestampMs: number;
  acceptedMs: number;
  /** Size that the position could have reached with everything that rests, right after it. */
  worstAmount: bigint;
  /** Position and what rested on its side right before it. */
  positionBefore: bigint;
  /** The same of all symbols together. */
  worstOfAll: bigint;
  restingBefore: bigint;
}>;

type Seen<T> = Readonly<{ visibleMs: number; value: T }>;

export type SimVenue = Readonly<{
  state: VenueState;
  traits: VenueTraits;
  markets: readonly Market[];
  accepted: Accepted[];
  /** Every fill of our account in truth, in the order in which it happened. */
  fills: Fill[];
  /** What queries show: some time behind the truth. */
  seenOrders: ReadonlyMap<string, readonly Seen<VenueOrder>[]>;
  seenFills: readonly Seen<Fill>[];
  /** When an index last began to miss an order, by its client id. */
  missed: Map<string, number>;
  /** An order request; `answer` is called when the venue has decided. */
  order(intent: OrderIntent, submission: Submission, answer: (result: OrderAnswer) => void): void;
  cancel(symbol: string, match: Readonly<{ clientOrderId?: string; venueOrderId?: string }>): VenueOrder | undefined;
  cancelAll(): void;
  /** Orders that it held longer than its traits say. */
  heldTooLong: ReadonlySet<string>;
  deposit(asset: string, amount: string): void;
  /** Whether an order of ours rests. */
  openFor(symbol: string): boolean;
  tradeByHand(symbol: string, side: 'buy' | 'sell', amount: string): void;
  move(): void;
  listen(listener: (event: StreamEvent) => void): void;
}>;

export type OrderAnswer =
  | Readonly<{ kind: 'accepted'; order: VenueOrder; fills: readonly Fill[] }>
  | Readonly<{ kind: 'refused'; code: string }>;

export type StreamEvent = Readonly<{ order: VenueOrder; fill?: Fill }>;

export const symbols = ['BTC/USDT', 'ETH/USDT'] as const;

const priceDecimals = 2;
const quantityDecimals = 4;

const marketOfSymbol = (symbol: string, feeIn: 'received' | 'quote'): VenueMarket => ({
  id: symbol,
  kind: 'spot',
  base: symbol.slice(0, 3),
  quote: 'USDT',
  priceDecimals,
  quantityDecimals,
  tick: 1n,
  lot: 1n,
  minPrice: 1n,
  maxPrice: 10n ** 9n,
  minQuantity: 1n,
  maxQuantity: 10n ** 9n,
  maxMarketQuantity: 10n ** 9n,
  minNotional: 0n,
  makerFeePpm: 1000n,
  takerFeePpm: 1000n,
  feeIn,
});

/** Everything costs about this much of the quote. */
export const usualPrice = '100';

const tradeMarket = (symbol: string): Market => ({
  symbol,
  base: symbol.slice(0, 3),
  quote: 'USDT',
  priceTick: '0.01',
  amountStep: '0.0001',
  minAmount: '0.0001',
  minNotional: '0',
  active: true,
});

export const initialBalances: Readonly<Record<string, string>> = { USDT: '1000000', BTC: '1000', ETH: '1000' };

const ledgerDecimals = 8;

/** The pure venue of core/venue behind a gateway with a clock, a read lag, an engine that takes its time, and a stream. */
export function createSimVenue(world: World): SimVenue {
  const { plan, scheduler } = world;
  const { name, feeIn, readLagMs, engineTimeMs, forgetsFilledIds } = plan.venue;
  const traits: VenueTraits = {
    venue: name,
    hasDeadline: true,
    receiveWindowMs: 5_000,
    engineTimeMs,
    readLagMs,
    forgetsFilledIds,
    deadManSwitch: 'none',
    ledgerDecimals,
    hasPositions: false,
  };
  const state = createVenue({
    markets: symbols.map((symbol) => marketOfSymbol(symbol, feeIn)),
    assets: ['USDT', 'BTC', 'ETH'].map((id) => ({ id, decimals: ledgerDecimals })),
    selfTrade: 'expireMaker',
    firstOrderId: 1_000,
    firstTradeId: 1,
    firstUpdateId: 1,
  });
  addAccount(state, account);
  for (const [asset, amount] of Object.entries(initialBalances)) {
    deposit(state, { account, asset, amount: decimal(amount, ledgerDecimals) });
  }
  const heldTooLong = new Set<string>();
  const accepted: Accepted[] = [];
  const fills: Fill[] = [];
  const seenOrders = new Map<string, Seen<VenueOrder>[]>();
  const seenFills: Seen<Fill>[] = [];
  const listeners: ((event: StreamEvent) => void)[] = [];
  /** An overfill's extra order, by its engine id: shown as part of the one that it belongs to. */
  const partOf = new Map<number, EngineOrder>();
  let overfillsLeft = plan.faults.overfills;

  const lag = () => (readLagMs === 0 ? 0 : world.chance('lag').nextBelow(readLagMs + 1));

  const shownOrder = (order: EngineOrder): VenueOrder => {
    const extra = [...partOf].find(([, of]) => of === order)?.[0];
    const more = extra === undefined ? 0n : (accountOf(state, account).orders.get(extra)?.filled ?? 0n);
    const states = {
      open: order.filled > 0n ? 'partiallyFilled' : 'accepted',
      filled: 'filled',
      canceled: 'canceled',
      expired: 'expired',
    } as const;
    return {
      venue: name,
      symbol: order.market,
      venueOrderId: String(order.id),
      ...(order.clientId === '' ? {} : { clientOrderId: order.clientId }),
      side: order.side,
      type: order.type,
      state: states[order.status],
      amount: formatDecimal(order.quantity, quantityDecimals),
      executed: formatDecimal(order.filled + more, quantityDecimals),
      ...(order.type === 'limit' ? { price: formatDecimal(order.price, priceDecimals) } : {}),
      reduceOnly: false,
      venueMs: scheduler.nowMs(),
    };
  };

  const shownFill = (fill: EngineFill): Fill => {
    const real = accountOf(state, account).orders.get(fill.orderId);
    const order = partOf.get(fill.orderId) ?? real;
    const market = marketOf(state, fill.market).market;
    const quote = fill.notional * pow10(ledgerDecimals - notionalDecimals(market));
    return {
      venue: name,
      symbol: fill.market,
      tradeId: String(fill.tradeId),
      venueOrderId: String(order?.id ?? fill.orderId),
      ...(order === undefined || order.clientId === '' ? {} : { clientOrderId: order.clientId }),
      side: fill.side,
      amount: formatDecimal(fill.quantity, quantityDecimals),
      price: formatDecimal(fill.price, priceDecimals),
      quoteAmount: formatDecimal(quote, ledgerDecimals),
      fee: formatDecimal(fill.fee, ledgerDecimals),
      feeAsset: fill.feeAsset,
      liquidity: fill.maker ? 'maker' : 'taker',
      venueMs: fill.timeMs,
    };
  };

  const see = <T>(list: Seen<T>[], value: T): void => {
    const before = list.at(-1)?.visibleMs ?? 0;
    list.push({ visibleMs: Math.max(before, scheduler.nowMs() + lag()), value });
  };

  state.emit = (event) => {
    if (event.type !== 'order' || event.order.account !== account) return;
    const order = partOf.get(event.order.id) ?? event.order;
    const fill = event.fill === undefined ? undefined : shownFill(event.fill);
    if (fill !== undefined) {
      fills.push(fill);
      seenFills.push({ visibleMs: scheduler.nowMs() + lag(), value: fill });
      world.note('fill', fill.tradeId, fill.venueOrderId, fill.amount, fill.price);
    }
    const shown = shownOrder(order);
    const list = seenOrders.get(shown.venueOrderId) ?? [];
    seenOrders.set(shown.venueOrderId, list);
    see(list, shown);
    for (const listener of listeners) listener(fill === undefined ? { order: shown } : { order: shown, fill });
    if (
      event.kind === 'fill' &&
      overfillsLeft > 0 &&
      order.status === 'filled' &&
      order.clientId !== '' &&
      !partOf.has(event.order.id)
    ) {
      overfillsLeft -= 1;
      scheduler.after(50, () => overfill(order));
    }
  };

  const tick = () => {
    state.nowMs = scheduler.nowMs();
  };

  /** A tenth more than was ordered, as a venue's own fault: real money, under the same order's id. */
  function overfill(order: EngineOrder): void {
    tick();
    const quantity = order.quantity / 10n + 1n;
    const id = state.nextOrderId;
    partOf.set(id, order);
    placeOrder(state, { account, market: order.market, side: order.side, type: 'market', quantity });
    world.note('overfilled', order.id, String(quantity));
    const list = seenOrders.get(String(order.id)) ?? [];
    see(list, shownOrder(order));
  }

  const signedPosition = (symbol: string): bigint =>
    fills
      .filter((fill) => fill.symbol === symbol)
      .reduce((sum, { side, amount }) => sum + (side === 'buy' ? 1n : -1n) * decimal(amount, quantityDecimals), 0n);

  const resting = (symbol: string, side: 'buy' | 'sell', except?: number): bigint =>
    [...accountOf(state, account).open.values()]
      .filter((order) => order.market === symbol && order.side === side && order.id !== except)
      .reduce((sum, order) => sum + order.quantity - order.filled, 0n);

  const worstOf = (symbol: string): bigint => {
    const position = signedPosition(symbol);
    const [long, short] = [position + resting(symbol, 'buy'), position - resting(symbol, 'sell')];
    const [most, least] = [long < 0n ? -long : long, short < 0n ? -short : short];
    return most > least ? most : least;
  };

  function place(intent: OrderIntent, submission: Submission, answer: (result: OrderAnswer) => void): void {
    tick();
    const positionBefore = signedPosition(intent.symbol);
    const restingBefore = resting(intent.symbol, intent.side);
    const { type, timeInForce } = intent;
    const placed = placeOrder(state, {
      account,
      market: intent.symbol,
      side: intent.side,
      type: type === 'market' ? 'market' : 'limit',
      ...(timeInForce === 'IOC' || timeInForce === 'FOK' ? { timeInForce } : {}),
      ...(timeInForce === 'PO' ? { postOnly: true } : {}),
      ...(intent.price === undefined ? {} : { price: decimal(intent.price, priceDecimals) }),
      quantity: decimal(intent.amount, quantityDecimals),
      clientId: intent.clientOrderId,
    });
    const { clientOrderId } = intent;
    if ('refused' in placed) {
      world.note('refused', clientOrderId, placed.refused);
      return answer({ kind: 'refused', code: placed.refused });
    }
    const { order } = placed;
    accepted.push({
      clientOrderId,
      venueOrderId: String(order.id),
      symbol: intent.symbol,
      side: intent.side,
      amount: order.quantity,
      timestampMs: submission.timestampMs,
      acceptedMs: scheduler.nowMs(),
      worstAmount: worstOf(intent.symbol),
      positionBefore,
      restingBefore,
      worstOfAll: symbols.map(worstOf).reduce((a, b) => a + b, 0n),
    });
    world.note('accepted', clientOrderId, order.id);
    answer({
      kind: 'accepted',
      order: shownOrder(order),
      fills: fills.filter((fill) => fill.venueOrderId === String(order.id)),
    });
  }

  const quotes: EngineOrder[] = [];
  const house = (symbol: string, side: 'buy' | 'sell', price: bigint): void => {
    const placed = placeOrder(state, {
      account: makersAccount,
      market: symbol,
      side,
      type: 'limit',
      price,
      quantity: 100_000n,
    });
    if ('order' in placed) quotes.push(placed.order);
  };

  return {
    state,
    traits,
    markets: symbols.map(tradeMarket),
    accepted,
    fills,
    seenOrders,
    seenFills,
    missed: new Map(),
    heldTooLong,
    deposit(asset, amount) {
      tick();
      deposit(state, { account, asset, amount: decimal(amount, ledgerDecimals) });
    },
    order(intent, submission, answer) {
      const now = scheduler.nowMs();
      const { timestampMs, deadlineMs } = submission;
      if (timestampMs >= now + 1_000 || now > deadlineMs) {
        world.note('too late', intent.clientOrderId, now - deadlineMs);
        return answer({ kind: 'refused', code: 'deadline' });
      }
      if (world.strikes(plan.faults.heldTooLong, 'heldTooLong')) {
        heldTooLong.add(intent.clientOrderId);
        const ms = engineTimeMs + 15_000 + world.chance('heldTooLong').nextBelow(45_000);
        return scheduler.after(ms, () => place(intent, submission, answer));
      }
      const held =
        engineTimeMs > 0 && world.strikes(0.3, 'engine') ? world.chance('engine').nextBelow(engineTimeMs) : 0;
      if (held === 0) place(intent, submission, answer);
      else scheduler.after(held, () => place(intent, submission, answer));
    },
    cancel(symbol, { clientOrderId, venueOrderId }) {
      tick();
      const open = [...accountOf(state, account).open.values()];
      const order = open.find(
        (each) =>
          each.market === symbol &&
          (String(each.id) === venueOrderId || (clientOrderId !== undefined && each.clientId === clientOrderId)),
      );
      if (order === undefined) return undefined;
      cancelOrder(state, order);
      return shownOrder(order);
    },
    cancelAll() {
      tick();
      for (const order of Array.from(accountOf(state, account).open.values())) cancelOrder(state, order);
    },
    openFor: (symbol) => [...accountOf(state, account).open.values()].some((order) => order.market === symbol),
    tradeByHand(symbol, side, amount) {
      tick();
      placeOrder(state, { account, market: symbol, side, type: 'market', quantity: decimal(amount, quantityDecimals) });
    },
    /** The makers stand anew around the usual price, and somebody takes a little. */
    move() {
      tick();
      for (const order of quotes.splice(0)) if (order.status === 'open') cancelOrder(state, order);
      for (const symbol of symbols) {
        const wander = BigInt(world.chance(`price ${symbol}`).nextBelow(401) - 200);
        const middle = 10_000n + wander;
        for (let level = 1n; level <= 3n; level += 1n) {
          house(symbol, 'buy', middle - 10n * level);
          house(symbol, 'sell', middle + 10n * level);
        }
        const side = world.chance('takers').nextFloat() < 0.5 ? 'buy' : 'sell';
        const quantity = 1n + BigInt(world.chance('takers').nextBelow(6_000));
        placeOrder(state, { account: takersAccount, market: symbol, side, type: 'market', quantity });
      }
    },
    listen: (listener) => void listeners.push(listener),
  };
}
