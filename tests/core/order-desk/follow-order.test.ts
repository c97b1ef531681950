import { describe, expect, test } from 'vitest';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { followOrder, type FollowOptions } from '../../../core/order-desk/follow-order.ts';
import { createOrderWatch } from '../../../core/order-desk/order-watch.ts';
import type { OrderSighting } from '../../../core/ports/exchange.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import { DeskError } from '../../../core/errors.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import { counted, failing, limitOrder, marketOrder, openDesk, type TestDesk } from './desk-fixtures.ts';

/** Follows `a` as a worker would, with one question about open orders every 5 s. */
function follow({ desk, run }: TestDesk, options: Partial<FollowOptions> = {}, change: Partial<OrderDesk> = {}) {
  const its = { ...desk, ...change };
  const watch = createOrderWatch({ exchange: its.exchange, everyMs: () => 5_000, pause: desk.pause });
  const { signal } = new AbortController();
  return run(followOrder(its, idOf('a'), { watch, signal, ...options }));
}

/** The venue, where a look shows only what `of` leaves of it. */
const showing = ({ exchange }: TestDesk, of: (sighting: OrderSighting, look: number) => OrderSighting) => {
  let looks = 0;
  const findOrder: OrderDesk['exchange']['findOrder'] = async (...args) =>
    of(await exchange.findOrder(...args), (looks += 1));
  return { ...exchange, findOrder };
};

describe('an order is followed until it has ended and its fills are applied (orders.md 4, 6)', () => {
  test('one that rests, until somebody takes it', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.after(20_000, () => desk.somebodyTrades('sell', '90', '40'));
    const seen: OrderRecord[] = [];
    const record = await follow(desk, { onProgress: (row) => seen.push(row) });
    expect(record).toMatchObject({ state: 'filled', appliedExecuted: '1' });
    expect(seen.map(({ state }) => state)).toContain('accepted');
    // Asked for in the time of one question, not of the longest wait.
    expect(desk.venue.fills[0]?.venueMs).toBeGreaterThan(desk.nowMs() - 6_000);
  });

  test('one that has settled is not looked at', async () => {
    const desk = openDesk();
    const { record } = await desk.send(marketOrder('a'));
    const { exchange, calls } = counted(desk.exchange);
    expect(await follow(desk, {}, { exchange })).toEqual(record);
    expect(calls).toEqual({});
  });

  test('one that ended, and whose fills come later', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    const exchange = showing(desk, ({ fills, ...its }, look) => ({ ...its, fills: look < 4 ? [] : fills }));
    const states: string[] = [];
    const onProgress = ({ state, venueExecuted, appliedExecuted }: OrderRecord) =>
      states.push(`${state} ${appliedExecuted} of ${venueExecuted}`);
    expect(await follow(desk, { onProgress }, { exchange })).toMatchObject({ state: 'filled', appliedExecuted: '1' });
    expect(states).toEqual(['accepted 0 of 0', 'filled 0 of 1', 'filled 0 of 1', 'filled 0 of 1']);
    // A second between two looks for fills that the venue still owes.
    expect(desk.nowMs() - (desk.venue.fills[0]?.venueMs ?? 0)).toBeGreaterThan(3_000);
    expect(desk.nowMs() - (desk.venue.fills[0]?.venueMs ?? 0)).toBeLessThan(4_000);
  });

  test.each(['accepted', 'partiallyFilled'])(
    'one that rests is looked at once a minute, not each second: %s',
    async (state) => {
      const desk = openDesk();
      await desk.send(limitOrder('a', '90'));
      // The house stands before it at better prices.
      if (state === 'partiallyFilled') desk.somebodyTrades('sell', '90', '30.5');
      const { exchange, calls } = counted(desk.exchange);
      expect(await follow(desk, { atMostMs: 130_000 }, { exchange })).toMatchObject({ state });
      expect(calls.findOrder).toBe(4);
    },
  );

  test('a hint of a stream is news at once', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const watch = createOrderWatch({ exchange: desk.exchange, everyMs: () => 50_000, pause: desk.desk.pause });
    desk.after(3_000, () => {
      desk.somebodyTrades('sell', '90', '40');
      watch.hint({ clientOrderId: idOf('a'), state: 'filled', executed: '1' });
    });
    const startMs = desk.nowMs();
    expect(await follow(desk, { watch })).toMatchObject({ state: 'filled' });
    expect(desk.nowMs() - startMs).toBeLessThan(4_000);
  });
});

describe('a look that fails or finds nothing ends nothing (orders.md 8)', () => {
  test('looks that fail are repeated', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    const startMs = desk.nowMs();
    const exchange = failing(desk.exchange, { findOrder: 3 });
    expect(await follow(desk, {}, { exchange })).toMatchObject({ state: 'filled', appliedExecuted: '1' });
    expect(desk.nowMs() - startMs).toBeGreaterThanOrEqual(3_000);
    expect(desk.nowMs() - startMs).toBeLessThan(4_000);
  });

  test('a look that finds nothing is repeated, and the row stays accepted', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    const exchange = showing(desk, (sighting, look) => (look < 3 ? { fills: [] } : sighting));
    const states: string[] = [];
    const startMs = desk.nowMs();
    await follow(desk, { onProgress: ({ state }) => states.push(state) }, { exchange });
    expect(states).toEqual(['accepted', 'accepted', 'accepted']);
    expect(desk.nowMs() - startMs).toBeLessThan(3_000);
    expect(await desk.row('a')).toMatchObject({ state: 'filled' });
  });

  test('a store that is away for a moment is waited for as well', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    let away = 2;
    const apply: OrderDesk['orders']['apply'] = (change) =>
      (away -= 1) >= 0 ? Promise.reject(new DeskError('StoreUnavailable', 'locked')) : desk.store.apply(change);
    const orders = { ...desk.store, apply };
    expect(await follow(desk, {}, { orders })).toMatchObject({ state: 'filled' });
    expect(away).toBe(-1);
  });

  test('a defect is thrown: repeating does not mend it', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const exchange = failing(desk.exchange, { findOrder: 1 }, new TypeError('undefined is not a function'));
    await expect(follow(desk, {}, { exchange })).rejects.toThrow(TypeError);
  });

  test('an id that was never stored', async () => {
    await expect(follow(openDesk())).rejects.toMatchObject({ code: 'NotFound' });
  });
});

describe('a limit returns the row as it stands', () => {
  test.each([800, 2_500, 7_000, 70_000])('after %i ms by the host', async (atMostMs) => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const startMs = desk.nowMs();
    expect(await follow(desk, { atMostMs })).toMatchObject({ state: 'accepted' });
    expect(desk.nowMs() - startMs).toBeGreaterThanOrEqual(atMostMs);
    // The look that begins before it may end after it.
    expect(desk.nowMs() - startMs).toBeLessThan(atMostMs + 300);
  });

  test('at a moment of the venue’s time, whoever begins to follow anew', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const untilVenueMs = desk.nowMs() + 12_000;
    await follow(desk, { atMostMs: 5_000, untilVenueMs });
    expect(desk.nowMs()).toBeLessThan(untilVenueMs);
    expect(await follow(desk, { untilVenueMs })).toMatchObject({ state: 'accepted' });
    expect(desk.nowMs()).toBeGreaterThanOrEqual(untilVenueMs);
    expect(desk.nowMs()).toBeLessThan(untilVenueMs + 300);
  });

  test('while the venue’s time is not known that moment has not come', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const exchange = failing(desk.exchange, { venueTimeMs: 2 });
    const watch = createOrderWatch({ exchange, everyMs: () => 5_000, pause: desk.desk.pause });
    const untilVenueMs = desk.nowMs() - 1;
    desk.after(1_000, () => watch.hint({ clientOrderId: idOf('a'), state: 'partiallyFilled', executed: '0.5' }));
    desk.after(2_000, () => watch.hint({ clientOrderId: idOf('a'), state: 'partiallyFilled', executed: '0.5' }));
    const startMs = desk.nowMs();
    expect(await follow(desk, { untilVenueMs, watch }, { exchange })).toMatchObject({ state: 'accepted' });
    expect(desk.nowMs() - startMs).toBeGreaterThanOrEqual(2_000);
  });

  test('one that ends in the last look is returned as it ended', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    expect(await follow(desk, { atMostMs: 1 })).toMatchObject({ state: 'filled', appliedExecuted: '1' });
  });
});

describe('whoever follows may stop', () => {
  const stopped = new Error('stopped');

  test('before it begins', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const { exchange, calls } = counted(desk.exchange);
    await expect(follow(desk, { signal: AbortSignal.abort(stopped) }, { exchange })).rejects.toBe(stopped);
    expect(calls).toEqual({});
  });

  test.each([1_000, 30_000])('while it waits, after %i ms', async (ms) => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const stop = new AbortController();
    desk.after(ms, () => stop.abort(stopped));
    const startMs = desk.nowMs();
    await expect(follow(desk, { signal: stop.signal })).rejects.toBe(stopped);
    expect(desk.nowMs() - startMs).toBeLessThan(ms + 100);
  });

  test('while a look fails: its reason, not the look’s', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const stop = new AbortController();
    const findOrder: OrderDesk['exchange']['findOrder'] = () => {
      stop.abort(stopped);
      return Promise.reject(new TypeError('aborted'));
    };
    const exchange = { ...desk.exchange, findOrder };
    await expect(follow(desk, { signal: stop.signal }, { exchange })).rejects.toBe(stopped);
  });
});
