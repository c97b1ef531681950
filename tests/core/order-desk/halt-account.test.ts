import { describe, expect, test } from 'vitest';
import { DeskError } from '../../../core/errors.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { followOrder } from '../../../core/order-desk/follow-order.ts';
import { createOrderWatch } from '../../../core/order-desk/order-watch.ts';
import { haltCancelAll, type HaltOptions } from '../../../core/order-desk/halt-account.ts';
import type { HaltState } from '../../../core/orders/halt.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import {
  account,
  counted,
  failing,
  failureOf,
  limitOrder,
  losingAnswers,
  openDesk,
  symbol,
  type TestDesk,
} from './desk-fixtures.ts';

/** Of a venue without engine time and read lag. */
const settleMs = 5_000;

const halt = ({ desk, run }: TestDesk, options: Partial<HaltOptions> = {}, change: Partial<OrderDesk> = {}) =>
  run(haltCancelAll({ ...desk, ...change }, { latestDeadlineMs: 0, ...options }));

describe('HALTED cancels until nothing can be left (orders.md 6)', () => {
  test('nothing was submitted: one cancel-all is enough', async () => {
    const desk = openDesk();
    const { exchange, calls } = counted(desk.exchange);
    const startMs = desk.nowMs();
    expect(await halt(desk, {}, { exchange })).toEqual({ safeMs: settleMs, cancelAlls: 1, done: true });
    expect(calls).toMatchObject({ cancelAll: 1, openOrders: 1, serverTimeMs: 1 });
    expect(desk.nowMs() - startMs).toBeLessThan(1_000);
  });

  test('what rests is gone at once, and it goes on until after the latest grant’s deadline and the settle time', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const latestDeadlineMs = desk.nowMs() + 10_000;
    desk.after(900, () => expect(desk.venue.openFor(symbol)).toBe(false));
    const state = await halt(desk, { latestDeadlineMs });
    expect(state).toMatchObject({ safeMs: latestDeadlineMs + settleMs, done: true });
    expect(state.cancelAlls).toBeGreaterThan(10);
    expect(desk.nowMs()).toBeGreaterThan(latestDeadlineMs + settleMs);
    expect(desk.nowMs()).toBeLessThan(latestDeadlineMs + settleMs + 2_000);
  });

  test('an order that was signed before and arrives late is cancelled', async () => {
    const desk = openDesk();
    const late: OrderDesk['exchange'] = {
      ...desk.exchange,
      createOrder: async (intent, submission) => {
        desk.after(4_500, () => desk.venue.order(intent, submission, () => {}));
        return { kind: 'failed', failure: failureOf('unknown').failure };
      },
    };
    const { record } = await desk.send(limitOrder('a', '90'), late);
    await desk.store.setMode(account, 'HALTED', { reason: 'x', by: 'me', person: true }, desk.nowMs(), desk.nowMs());
    const state = await halt(desk);
    expect(state.safeMs).toBe((record.submission?.deadlineMs ?? 0) + settleMs);
    expect(desk.venue.accepted.map(({ clientOrderId }) => clientOrderId)).toEqual([idOf('a')]);
    expect(desk.venue.openFor(symbol)).toBe(false);
  });

  test('whoever follows an order through the halt sees it cancelled', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const watch = createOrderWatch({ exchange: desk.exchange, everyMs: () => 2_000, pause: desk.desk.pause });
    const following = followOrder(desk.desk, idOf('a'), { watch, signal: new AbortController().signal });
    await desk.wait(5_000);
    await halt(desk);
    expect(await desk.run(following)).toMatchObject({ state: 'canceled', venueExecuted: '0' });
  });

  test('the newest deadline counts, the store’s or the guard’s', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    await desk.put(limitOrder('b', '90'));
    const deadlineMs = record.submission?.deadlineMs ?? 0;
    expect(await halt(desk, { latestDeadlineMs: deadlineMs - 1 })).toMatchObject({ safeMs: deadlineMs + settleMs });
    expect(await halt(desk, { latestDeadlineMs: deadlineMs + 1 })).toMatchObject({ safeMs: deadlineMs + 1 + settleMs });
  });

  test('the engine time and the read lag of the venue are waited for', async () => {
    const desk = openDesk({ engineTimeMs: 10_000, readLagMs: 12_000 });
    expect(await halt(desk, { latestDeadlineMs: 7 })).toMatchObject({ safeMs: 7 + 10_000 + 2_000 + 12_000 });
  });
});

describe('a halt that a person ends', () => {
  const set = ({ store, nowMs }: TestDesk, mode: 'ACTIVE' | 'HALTED') =>
    store.setMode(account, mode, { reason: 'x', by: 'me', person: true }, nowMs(), nowMs());

  test('cancels nothing of what is sent after it', async () => {
    const desk = openDesk();
    await set(desk, 'HALTED');
    desk.after(2_500, () => void set(desk, 'ACTIVE'));
    const { exchange, calls } = counted(desk.exchange);
    const state = await halt(desk, { latestDeadlineMs: desk.nowMs() + 60_000 }, { exchange });
    expect(state.done).toBe(false);
    expect(calls.cancelAll).toBe(state.cancelAlls);
    await desk.send(limitOrder('new', '90'));
    await desk.wait(70_000);
    expect(calls.cancelAll).toBe(state.cancelAlls);
    expect(desk.venue.openFor(symbol)).toBe(true);
  });

  test('ends nothing that is tried again after it', async () => {
    const desk = openDesk();
    const { changedMs: sinceMs } = await set(desk, 'HALTED');
    await set(desk, 'ACTIVE');
    await desk.send(limitOrder('new', '90'));
    expect(await halt(desk, { sinceMs })).toMatchObject({ done: false, cancelAlls: 0 });
    expect(desk.venue.openFor(symbol)).toBe(true);
  });

  test('is another one than a halt that is on its way to the store', async () => {
    const desk = openDesk();
    await set(desk, 'HALTED');
    const { changedMs: sinceMs } = await set(desk, 'ACTIVE');
    await desk.send(limitOrder('a', '90'));
    desk.after(3_000, () => void set(desk, 'HALTED'));
    expect(await halt(desk, { sinceMs })).toMatchObject({ done: true });
    expect(desk.venue.openFor(symbol)).toBe(false);
  });

  test('and begins again: it is done when nothing can come of what was sent between', async () => {
    const desk = openDesk();
    await set(desk, 'HALTED');
    const latestDeadlineMs = desk.nowMs() + 1_000;
    let deadlineMs = 0;
    desk.after(300, () => {
      const between = async () => {
        await set(desk, 'ACTIVE');
        const { record } = await desk.send(limitOrder('b', '90'), losingAnswers(desk.exchange));
        deadlineMs = record.submission?.deadlineMs ?? 0;
        await set(desk, 'HALTED');
      };
      void between();
    });
    // Stands still while it is resumed and halted again.
    const pause: OrderDesk['pause'] = (ms, signal) => desk.desk.pause(Math.max(ms, 2_000), signal);
    const state = await halt(desk, { latestDeadlineMs }, { pause });
    expect(deadlineMs).toBeGreaterThan(latestDeadlineMs);
    expect(state).toMatchObject({ safeMs: deadlineMs + settleMs, done: true });
  });

  test('is not ended by a store that does not answer', async () => {
    const desk = openDesk();
    await set(desk, 'HALTED');
    let reads = 0;
    const accountState: OrderDesk['orders']['accountState'] = (name) =>
      ++reads > 1 ? Promise.reject(new Error('away')) : desk.store.accountState(name);
    const state = await halt(desk, {}, { orders: { ...desk.store, accountState } });
    expect(state.done).toBe(true);
    expect(reads).toBeGreaterThan(1);
  });
});

describe('a halt whose store is away or full', () => {
  const away: Pick<OrderDesk['orders'], 'accountState' | 'orders'> = {
    accountState: () => Promise.reject(new DeskError('StoreUnavailable', 'away')),
    orders: () => Promise.reject(new DeskError('StoreUnavailable', 'away')),
  };

  test('cancels all the same, until nothing of what was submitted before can come', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const state = await halt(desk, {}, { orders: { ...desk.store, ...away } });
    expect(state.done).toBe(true);
    expect(state.safeMs).toBeGreaterThanOrEqual((record.submission?.deadlineMs ?? 0) + settleMs);
    expect(desk.nowMs()).toBeGreaterThan(state.safeMs);
    expect(desk.venue.openFor(symbol)).toBe(false);
  });

  test('and that answers later counts by what is in it', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    let reads = 0;
    const accountState: OrderDesk['orders']['accountState'] = (name) =>
      ++reads === 1 ? away.accountState(name) : desk.store.accountState(name);
    const state = await halt(desk, {}, { orders: { ...desk.store, accountState } });
    expect(state).toMatchObject({ safeMs: (record.submission?.deadlineMs ?? 0) + settleMs, done: true });
  });

  test('a defect of it is thrown', async () => {
    const broken = () => Promise.reject(new DeskError('Internal', 'a defect'));
    const desk = openDesk();
    await expect(halt(desk, {}, { orders: { ...desk.store, accountState: broken } })).rejects.toThrow('a defect');
  });
});

describe('a halt goes on through a venue that does not answer', () => {
  test.each(['serverTimeMs', 'openOrders'] as const)(
    '%s fails: cancelled again, and the order is gone',
    async (name) => {
      const desk = openDesk();
      await desk.send(limitOrder('a', '90'));
      await desk.wait(20_000);
      const { exchange, calls } = counted(
        failing(desk.exchange, { [name]: 3 }, failureOf('maintenance', '', 'closed')),
      );
      const told: [HaltState, string][] = [];
      const state = await halt(desk, { onProgress: (its, failure) => told.push([its, failure]) }, { exchange });
      expect(state.done).toBe(true);
      expect(desk.venue.openFor(symbol)).toBe(false);
      expect(calls[name]).toBe(4);
      expect(told.map(([{ cancelAlls }]) => cancelAlls)).toEqual(name === 'openOrders' ? [0, 1, 2, 3] : [0, 0, 0, 0]);
      // Cancelling went well; only what was asked before it is told.
      const failure = name === 'openOrders' ? '' : 'closed';
      expect(told.map(([, text]) => text)).toEqual(['', failure, failure, failure]);
    },
  );

  test('a cancel-all that the venue did not take proves nothing, and its words are told', async () => {
    const desk = openDesk();
    await desk.wait(20_000);
    let left = 2;
    const exchange: OrderDesk['exchange'] = {
      ...desk.exchange,
      cancelAll: (...args) => {
        left -= 1;
        const failure = { kind: 'unknown', code: '', message: 'timed out' } as const;
        return left >= 0 ? Promise.resolve({ kind: 'failed', failure }) : desk.exchange.cancelAll(...args);
      },
    };
    const told: string[] = [];
    const state = await halt(desk, { onProgress: (_, failure) => told.push(failure) }, { exchange });
    expect(state).toMatchObject({ done: true, cancelAlls: 3 });
    expect(told).toEqual(['', 'timed out', 'timed out']);
  });

  test('an order that is still open after a cancel-all: once more', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    await desk.wait(20_000);
    const cancels: number[] = [];
    const cancelAll: OrderDesk['exchange']['cancelAll'] = (...args) => {
      cancels.push(desk.nowMs());
      return cancels.length < 3 ? Promise.resolve({ kind: 'canceled' }) : desk.exchange.cancelAll(...args);
    };
    expect(await halt(desk, {}, { exchange: { ...desk.exchange, cancelAll } })).toMatchObject({ cancelAlls: 3 });
    expect(desk.venue.openFor(symbol)).toBe(false);
    expect((cancels[1] ?? 0) - (cancels[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test('whatever is thrown is told and survived', async () => {
    const desk = openDesk();
    await desk.wait(20_000);
    const told: string[] = [];
    const exchange = failing(
      failing(desk.exchange, { cancelAll: 1 }, 'no error at all'),
      { serverTimeMs: 1 },
      new TypeError('odd'),
    );
    expect(await halt(desk, { onProgress: (_, failure) => told.push(failure) }, { exchange })).toMatchObject({
      done: true,
    });
    expect(told).toEqual(['', 'odd', 'no error at all']);
  });

  test('whoever halts may stop: another goes on', async () => {
    const stopped = new Error('stopped');
    const desk = openDesk();
    await expect(halt(desk, { signal: AbortSignal.abort(stopped) })).rejects.toBe(stopped);
    const stop = new AbortController();
    desk.after(2_500, () => stop.abort(stopped));
    await expect(halt(desk, { latestDeadlineMs: desk.nowMs() + 60_000, signal: stop.signal })).rejects.toBe(stopped);
    const under = new AbortController();
    const cancelAll = () => {
      under.abort(stopped);
      return Promise.reject(new TypeError('aborted'));
    };
    const exchange = { ...desk.exchange, cancelAll };
    await expect(halt(desk, { signal: under.signal }, { exchange })).rejects.toBe(stopped);
  });

  test('its signal reaches the venue', async () => {
    const desk = openDesk();
    const { exchange, args } = counted(desk.exchange);
    const { signal } = new AbortController();
    await halt(desk, { signal }, { exchange });
    expect(args.get('serverTimeMs')).toEqual([{ signal }]);
    expect(args.get('cancelAll')).toEqual([undefined, { signal }]);
    expect(args.get('openOrders')).toEqual([undefined, { signal }]);
  });
});
