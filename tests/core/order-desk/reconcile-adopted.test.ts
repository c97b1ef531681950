import { describe, expect, test } from 'vitest';
import type { VenueOrder } from '../../../core/orders/types.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import { account, failing, limitOrder, symbol } from './desk-fixtures.ts';
import { openKeeper } from './keeper-stand.ts';

/** Of a venue without engine time and read lag, and what is added to it. */
const closedAfterMs = 5_000 + 60_000;

const forgetful = { name: 'okx', forgetsFilledIds: true } as const;

type Keeper = Awaited<ReturnType<typeof openKeeper>>;

const openOrder = (keeper: Keeper, change: Partial<VenueOrder> = {}): VenueOrder => ({
  venue: keeper.exchange.traits.venue,
  symbol,
  venueOrderId: '77',
  clientOrderId: idOf('adopted'),
  side: 'buy',
  type: 'limit',
  state: 'accepted',
  amount: '1',
  executed: '0',
  price: '90',
  reduceOnly: false,
  venueMs: keeper.nowMs(),
  ...change,
});

const adopt = (keeper: Keeper, change: Partial<VenueOrder> = {}) =>
  keeper.store.adopt([openOrder(keeper, change)], [], [], account, keeper.nowMs());

const stateOf = async (keeper: Keeper) => {
  const { state, reason } = await keeper.row('adopted');
  return [state, reason];
};

const closed = ['canceled', 'adopted, closed at the venue'];

describe('an adopted order that the venue shows nowhere any more', () => {
  test('is closed when it was found nowhere for longer than queries may miss it, and what moved is booked', async () => {
    const keeper = await openKeeper(forgetful);
    await adopt(keeper, { state: 'partiallyFilled', executed: '0.4' });
    await keeper.reconcile();
    const sinceMs = keeper.nowMs();
    keeper.venue.deposit('BTC', '1');
    while (keeper.nowMs() < sinceMs + closedAfterMs - 10_000) {
      const { corrections } = await keeper.reconcile();
      expect([await stateOf(keeper), corrections]).toEqual([['partiallyFilled', ''], 0]);
      await keeper.wait(10_000);
    }
    await keeper.wait(10_000);
    expect((await keeper.reconcile()).done).toContain(`closed at the venue ${idOf('adopted')}: canceled`);
    expect(await stateOf(keeper)).toEqual(closed);
    await keeper.reconcile();
    expect(await keeper.held('BTC')).toEqual(['1001']);
  });

  test('looks that failed prove nothing, and begin nothing anew', async () => {
    const keeper = await openKeeper(forgetful);
    await adopt(keeper);
    await keeper.reconcile(failing(keeper.exchange, { findOrder: 1 }));
    await keeper.wait(closedAfterMs);
    await keeper.reconcile();
    expect(await stateOf(keeper)).toEqual(['accepted', '']);
    await keeper.wait(closedAfterMs);
    const failed = await keeper.reconcile(failing(keeper.exchange, { findOrder: 1 }));
    expect([failed.failures.length, await stateOf(keeper)]).toEqual([1, ['accepted', '']]);
    await keeper.reconcile(failing(keeper.exchange, { openOrders: 1 }));
    expect(await stateOf(keeper)).toEqual(['accepted', '']);
    await keeper.reconcile();
    expect(await stateOf(keeper)).toEqual(closed);
  });

  test('is missing anew when it was seen in between', async () => {
    const keeper = await openKeeper(forgetful);
    await adopt(keeper);
    await keeper.reconcile();
    await keeper.wait(closedAfterMs);
    const openOrders = () => Promise.resolve([openOrder(keeper)]);
    await keeper.reconcile({ ...keeper.exchange, openOrders });
    await keeper.reconcile();
    expect(await stateOf(keeper)).toEqual(['accepted', '']);
    const order = openOrder(keeper, { state: 'partiallyFilled', executed: '0.4' });
    await keeper.wait(closedAfterMs);
    await keeper.reconcile({ ...keeper.exchange, findOrder: () => Promise.resolve({ order, fills: [] }) });
    await keeper.reconcile();
    expect(await stateOf(keeper)).toEqual(['partiallyFilled', '']);
  });

  test('ends by its fills where those are all there, at once', async () => {
    const keeper = await openKeeper(forgetful);
    keeper.venue.tradeByHand(symbol, 'buy', '1');
    const [fill] = keeper.venue.fills;
    if (fill === undefined) throw new Error('no fill');
    // The fill was adopted first; what open orders showed was older.
    const { venueOrderId } = fill;
    await keeper.store.adopt([], [fill], [], account, keeper.nowMs());
    await adopt(keeper, { venueOrderId, type: 'market' });
    await keeper.reconcile();
    expect(await keeper.row('adopted')).toMatchObject({ state: 'filled', appliedExecuted: '1' });
  });

  test('one that we sent is never closed so', async () => {
    const keeper = await openKeeper();
    await keeper.send(limitOrder('adopted', '90'));
    const hidden = {
      ...keeper.exchange,
      openOrders: () => Promise.resolve([]),
      findOrder: () => Promise.resolve({ fills: [] }),
    };
    for (let reading = 0; reading < 3; reading++) {
      await keeper.reconcile(hidden);
      await keeper.wait(closedAfterMs);
    }
    expect(await stateOf(keeper)).toEqual(['accepted', '']);
  });
});
