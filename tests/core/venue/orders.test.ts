import { describe, expect, test } from 'vitest';
import type { VenueEvent } from '../../../core/venue/events.ts';
import type { OrderRequest } from '../../../core/venue/order.ts';
import { amendOrder, cancelOrder, placeOrder } from '../../../core/venue/orders.ts';
import { accountOf, type VenueState } from '../../../core/venue/state.ts';
import { venueWith } from './random-orders.ts';

/** A limit order of an account, as `['a', 'buy', price, quantity]` says. */
const limit = (
  [account, side, price, quantity]: readonly [string, 'buy' | 'sell', bigint, bigint],
  more: Partial<OrderRequest> = {},
): OrderRequest => ({ account, market: 'BTCUSDT', side, type: 'limit', price, quantity, ...more });

function place(state: VenueState, request: OrderRequest) {
  const placed = placeOrder(state, request);
  if ('refused' in placed) throw new Error(placed.refused);
  return placed.order;
}

const refused = (state: VenueState, request: OrderRequest) => {
  const placed = placeOrder(state, request);
  return 'refused' in placed ? placed.refused : 'taken';
};

test('better price first, then who came first; the resting price is paid', () => {
  const state = venueWith();
  const late = place(state, limit(['a', 'sell', 2_000_100n, 1_000n]));
  const first = place(state, limit(['b', 'sell', 2_000_000n, 1_000n]));
  const second = place(state, limit(['a', 'sell', 2_000_000n, 1_000n]));
  const taker = place(state, limit(['c', 'buy', 2_000_100n, 2_500n]));
  expect(taker.fills.map(({ price, quantity }) => [price, quantity])).toEqual([
    [2_000_000n, 1_000n],
    [2_000_000n, 1_000n],
    [2_000_100n, 500n],
  ]);
  expect([first.status, second.status, late.status, late.filled]).toEqual(['filled', 'filled', 'open', 500n]);
  expect(new Set(taker.fills.map(({ tradeId }) => tradeId)).size).toBe(3);
});

describe('times in force', () => {
  test.each([
    ['GTC', 'open', 1_000n],
    ['IOC', 'expired', 1_000n],
    ['FOK', 'expired', 0n],
  ] as const)('%s with half of it in the book ends %s', (timeInForce, status, filled) => {
    const state = venueWith();
    place(state, limit(['a', 'sell', 2_000_000n, 1_000n]));
    expect(place(state, limit(['b', 'buy', 2_000_000n, 2_000n], { timeInForce }))).toMatchObject({ status, filled });
  });

  test('post-only that would take is refused, elsewhere it rests', () => {
    const state = venueWith();
    place(state, limit(['a', 'sell', 2_000_000n, 1_000n]));
    expect(refused(state, limit(['b', 'buy', 2_000_000n, 1_000n], { postOnly: true }))).toBe('wouldMatch');
    expect(place(state, limit(['b', 'buy', 1_999_999n, 1_000n], { postOnly: true })).status).toBe('open');
  });
});

test('an order that meets its own account makes the resting one expire', () => {
  const state = venueWith();
  const resting = place(state, limit(['a', 'sell', 2_000_000n, 1_000n]));
  const taker = place(state, limit(['a', 'buy', 2_000_000n, 1_000n]));
  expect(resting).toMatchObject({ status: 'expired', reason: 'selfTrade', filled: 0n });
  expect(taker).toMatchObject({ status: 'open', filled: 0n });
});

test('a stop waits for the last price, then trades; its events come in that order', () => {
  const state = venueWith();
  place(state, limit(['a', 'buy', 1_990_000n, 1_000n]));
  place(state, limit(['a', 'sell', 2_000_000n, 100n]));
  place(state, limit(['b', 'buy', 2_000_000n, 100n]));
  const stop = place(state, {
    account: 'c',
    market: 'BTCUSDT',
    side: 'sell',
    type: 'market',
    quantity: 500n,
    stop: { price: 1_995_000n, rises: false },
  });
  expect(stop).toMatchObject({ active: false, status: 'open' });
  const kinds: string[] = [];
  state.emit = (event: VenueEvent) => {
    if (event.type === 'order' && event.order === stop) kinds.push(event.kind);
  };
  place(state, { account: 'b', market: 'BTCUSDT', side: 'sell', type: 'market', quantity: 200n });
  expect(stop).toMatchObject({ active: true, status: 'filled', filled: 500n });
  expect(kinds).toEqual(['triggered', 'fill']);
});

test('a client id is free again once its order ended', () => {
  const state = venueWith();
  const order = place(state, limit(['a', 'buy', 1_990_000n, 1_000n], { clientId: 'x' }));
  expect(refused(state, limit(['a', 'buy', 1_990_000n, 1_000n], { clientId: 'x' }))).toBe('duplicateClientId');
  expect(cancelOrder(state, order)).toBe(true);
  expect(cancelOrder(state, order)).toBe(false);
  expect(refused(state, limit(['a', 'buy', 1_990_000n, 1_000n], { clientId: 'x' }))).toBe('taken');
});

test('an amendment keeps its place when only the quantity falls, and loses it otherwise', () => {
  const state = venueWith();
  const first = place(state, limit(['a', 'sell', 2_000_000n, 1_000n]));
  const second = place(state, limit(['b', 'sell', 2_000_000n, 1_000n]));
  amendOrder(state, first, { quantity: 900n });
  place(state, limit(['c', 'buy', 2_000_000n, 100n]));
  expect([first.filled, second.filled]).toEqual([100n, 0n]);
  amendOrder(state, first, { quantity: 950n });
  place(state, limit(['c', 'buy', 2_000_000n, 100n]));
  expect([first.filled, second.filled]).toEqual([100n, 100n]);
});

test('a perpetual: what is closed earns the difference, what reduces needs no margin', () => {
  const state = venueWith({ kind: 'perpetual', feeIn: 'quote', makerFeePpm: 0n, takerFeePpm: 0n });
  place(state, limit(['a', 'sell', 2_000_000n, 100_000n]));
  place(state, limit(['b', 'buy', 2_000_000n, 100_000n]));
  place(state, limit(['a', 'buy', 2_100_000n, 100_000n]));
  const close = place(state, limit(['b', 'sell', 2_100_000n, 200_000n], { reduceOnly: true }));
  // 1 BTC bought at 20,000.00 and sold at 21,000.00, in 1e-8 USDT; reduce-only was cut to the position.
  expect(close).toMatchObject({ quantity: 100_000n, status: 'filled' });
  expect(close.fills[0]?.realized).toBe(100_000_000_000n);
  expect(accountOf(state, 'b').positions.get('BTCUSDT')).toMatchObject({ size: 0n, cost: 0n });
  expect(refused(state, limit(['b', 'sell', 2_100_000n, 1_000n], { reduceOnly: true }))).toBe('reduceOnly');
});
