import { describe, expect, test } from 'vitest';
import { applyEvent } from '../../../core/order-desk/apply-event.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { type LookProgress, resolveUnknown } from '../../../core/order-desk/resolve-unknown.ts';
import type { OrderSighting } from '../../../core/ports/exchange.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import {
  counted,
  failing,
  failureOf,
  limitOrder,
  losingAnswers,
  losingRequests,
  marketOrder,
  openDesk,
  type TestDesk,
} from './desk-fixtures.ts';

type Options = Partial<Parameters<typeof resolveUnknown>[2]>;

const resolve = ({ desk, run }: TestDesk, options: Options = {}, change: Partial<OrderDesk> = {}) =>
  run(resolveUnknown({ ...desk, ...change }, idOf('a'), { signal: new AbortController().signal, ...options }));

/** The venue, where looks show only what `of` leaves; with the venue's time at which each began. */
function looking({ exchange, nowMs }: TestDesk, of: (sighting: OrderSighting, look: number) => OrderSighting) {
  const begunMs: number[] = [];
  let asked = 0;
  const serverTimeMs: OrderDesk['exchange']['serverTimeMs'] = async (stop) =>
    (asked = await exchange.serverTimeMs(stop));
  const findOrder: OrderDesk['exchange']['findOrder'] = async (...args) => {
    begunMs.push(asked);
    return of(await exchange.findOrder(...args), begunMs.length);
  };
  return { exchange: { ...exchange, serverTimeMs, findOrder }, begunMs, nowMs };
}

const nothing: OrderSighting = { fills: [] };

describe('found: at once (orders.md 4)', () => {
  test('an order whose answer was lost is adopted by the first look', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const startMs = desk.nowMs();
    const { exchange, calls } = counted(desk.exchange);
    expect(await resolve(desk, {}, { exchange })).toMatchObject({
      state: 'accepted',
      venueOrderId: desk.venue.accepted[0]?.venueOrderId,
    });
    expect(calls.findOrder).toBe(1);
    expect(desk.nowMs() - startMs).toBeLessThan(1_000);
  });

  test('one that was filled comes with its fills', async () => {
    const desk = openDesk();
    await desk.send(marketOrder('a'), losingAnswers(desk.exchange));
    expect(await resolve(desk)).toMatchObject({ state: 'filled', appliedExecuted: '1', venueExecuted: '1' });
  });

  test('where the venue forgets the ids of filled orders, by its fills', async () => {
    const desk = openDesk({ name: 'okx', forgetsFilledIds: true });
    await desk.send(marketOrder('a'), losingAnswers(desk.exchange));
    expect(await resolve(desk)).toMatchObject({ state: 'filled', appliedExecuted: '1' });
  });

  test('one that the venue’s queries show late is accepted, not proven absent', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const { exchange, begunMs } = looking(desk, (sighting, look) => (look < 5 ? nothing : sighting));
    expect(await resolve(desk, {}, { exchange })).toMatchObject({ state: 'accepted' });
    expect(begunMs).toHaveLength(5);
  });

  test('found by the third conclusive look, after two that did not find it', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const settledMs = (record.submission?.deadlineMs ?? 0) + 5_000;
    const { exchange, begunMs } = looking(desk, (sighting) =>
      begunMs.filter((ms) => ms > settledMs).length < 3 ? nothing : sighting,
    );
    expect(await resolve(desk, {}, { exchange })).toMatchObject({ state: 'accepted' });
    expect(begunMs.filter((ms) => ms > settledMs)).toHaveLength(3);
  });
});

describe('never accepted: three looks, 2 s apart, each after deadline + settle time (orders.md 4)', () => {
  test.each([
    { engineTimeMs: 0, readLagMs: 0, settleMs: 5_000 },
    { engineTimeMs: 10_000, readLagMs: 0, settleMs: 15_000 },
    { engineTimeMs: 0, readLagMs: 12_000, settleMs: 14_000 },
  ])('%j', async ({ settleMs, ...traits }) => {
    const desk = openDesk(traits);
    const { record } = await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    const conclusiveMs = (record.submission?.deadlineMs ?? 0) + settleMs;
    const { exchange, begunMs } = looking(desk, (sighting) => sighting);
    expect(await resolve(desk, {}, { exchange })).toMatchObject({
      state: 'notSent',
      reason: 'not in open orders, closed orders and fills after its deadline and the settle time',
    });
    const proving = begunMs.filter((ms) => ms > conclusiveMs);
    expect(proving).toHaveLength(3);
    expect((proving[1] ?? 0) - (proving[0] ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect((proving[2] ?? 0) - (proving[1] ?? 0)).toBeGreaterThanOrEqual(2_000);
    // Within settle time + 7 s of the deadline.
    expect(desk.nowMs()).toBeLessThan(conclusiveMs + 7_000);
    expect(begunMs.length).toBeGreaterThan(3);
  });

  test('who goes on where another one stopped makes only the looks that are missing', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    const stop = new AbortController();
    let told: LookProgress | undefined;
    const onProgress = (progress: LookProgress) => {
      told = progress;
      if (progress.lookUp.notFound === 2) stop.abort(new Error('killed'));
    };
    await expect(resolve(desk, { signal: stop.signal, onProgress })).rejects.toThrow('killed');
    // A worker that is killed is noticed after 3 s.
    await desk.wait(3_000);
    const { exchange, begunMs } = looking(desk, (sighting) => sighting);
    const goOnFrom: unknown = JSON.parse(JSON.stringify(told)).lookUp;
    expect(await resolve(desk, { goOnFrom }, { exchange })).toMatchObject({ state: 'notSent' });
    expect(begunMs).toHaveLength(1);
    // Within settle time (5 s) + 7 s of the deadline (orders.md 4).
    expect(desk.nowMs()).toBeLessThan((record.submission?.deadlineMs ?? 0) + 12_000);
  });

  test('a venue whose clock stands still proves nothing', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    const stoppedMs = desk.nowMs();
    const stop = new AbortController();
    desk.after(120_000, () => stop.abort(new Error('enough')));
    const exchange = { ...desk.exchange, serverTimeMs: () => Promise.resolve(stoppedMs) };
    await expect(resolve(desk, { signal: stop.signal }, { exchange })).rejects.toThrow('enough');
    expect(await desk.row('a')).toMatchObject({ state: 'unknown' });
  });
});

describe('a look that failed is no look (orders.md 8)', () => {
  test('looks and the venue’s time fail: asked ever more slowly, each failure told, nothing concluded', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    await desk.wait(60_000);
    const through = failing(
      desk.exchange,
      { serverTimeMs: 3, findOrder: 3 },
      failureOf('maintenance', '-1016', 'closed'),
    );
    const told: (LookProgress & { atMs: number })[] = [];
    const onProgress = (progress: LookProgress) => told.push({ ...progress, atMs: desk.nowMs() });
    expect(await resolve(desk, { onProgress }, { exchange: through })).toMatchObject({ state: 'notSent' });
    expect(told.map(({ looks, failedLooks }) => [looks, failedLooks])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
      [0, 5],
      [0, 6],
      [1, 6],
      [2, 6],
    ]);
    expect(told[0]?.lastFailure).toBe('');
    expect(told[1]?.lastFailure).toBe('closed (-1016)');
    const pausesMs = told.slice(2, 8).map(({ atMs }, index) => atMs - (told[index + 1]?.atMs ?? 0));
    // To the next hundred: the venue's answers take some of it.
    expect(pausesMs.map((ms) => Math.floor(ms / 500) * 500)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    expect(told.at(-1)?.lookUp.notFound).toBe(2);
  });

  test('after a look that came through, the next failure is soon repeated again', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    await desk.wait(60_000);
    let asked = 0;
    const failsAt = new Set([1, 2, 3, 5]);
    const serverTimeMs: OrderDesk['exchange']['serverTimeMs'] = (stop) =>
      failsAt.has((asked += 1)) ? Promise.reject(failureOf('unknown')) : desk.exchange.serverTimeMs(stop);
    const pausesMs: number[] = [];
    const pause: OrderDesk['pause'] = (ms, signal) => {
      pausesMs.push(ms);
      return desk.desk.pause(ms, signal);
    };
    await resolve(desk, {}, { pause, exchange: { ...desk.exchange, serverTimeMs } });
    expect(pausesMs).toEqual([500, 1_000, 2_000, 2_000, 500, 2_000]);
  });

  test('a defect is thrown', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const exchange = failing(desk.exchange, { findOrder: 1 }, new TypeError('undefined is not a function'));
    await expect(resolve(desk, {}, { exchange })).rejects.toThrow(TypeError);
    expect(await desk.row('a')).toMatchObject({ state: 'unknown' });
  });
});

describe('it only looks, so others may be quicker', () => {
  test.each(['accepted', 'rejected', 'denied', 'initialized'])(
    'what is no open question is not looked for: %s',
    async (state) => {
      const desk = openDesk();
      const amount = state === 'rejected' ? '1000000' : '1';
      if (state === 'denied' || state === 'initialized') await desk.put(limitOrder('a', '90'));
      else await desk.send(limitOrder('a', '90', { amount }));
      if (state === 'denied') await desk.store.deny(idOf('a'), 'by hand', desk.nowMs());
      const { exchange, calls } = counted(desk.exchange);
      expect(await resolve(desk, {}, { exchange })).toMatchObject({ state });
      expect(calls).toEqual({});
    },
  );

  test('a stream that tells it meanwhile ends the looking', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    desk.after(2_500, () => void applyEvent(desk.desk, idOf('a'), { type: 'rejected', reason: 'no funds' }));
    const startMs = desk.nowMs();
    expect(await resolve(desk)).toMatchObject({ state: 'rejected', reason: 'no funds' });
    expect(desk.nowMs() - startMs).toBeLessThan(7_000);
  });

  test.each([true, false])(
    'one whose sender died right after the submission is looked for: arrived %j',
    async (arrived) => {
      const desk = openDesk();
      const intent = limitOrder('a', '90');
      await desk.put(intent);
      const venueMs = desk.nowMs();
      const submission = { timestampMs: venueMs, deadlineMs: venueMs + 5_000 };
      const grant = desk.grantNow(idOf('a'));
      await desk.store.submitOnce({ clientOrderId: idOf('a'), submission, venueMs, grant, reduces: false }, venueMs);
      if (arrived) await desk.run(desk.exchange.createOrder(intent, submission));
      expect(await desk.row('a')).toMatchObject({ state: 'submitted' });
      expect(await resolve(desk)).toMatchObject({ state: arrived ? 'accepted' : 'notSent' });
    },
  );

  test('two at once come to the same end', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const [one, other] = await Promise.all([resolve(desk), resolve(desk)]);
    expect(one).toMatchObject({ state: 'accepted' });
    expect(other).toEqual(one);
  });

  test('a damaged row, submitted without a deadline, is no question that looks could answer', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const { submission: _submission, ...record } = await desk.row('a');
    desk.store.held.state.orders.set(idOf('a'), { record, adopted: false, lastChange: '' });
    await expect(resolve(desk)).rejects.toMatchObject({ code: 'Internal' });
  });

  test('whoever looks may stop, before it begins, while it waits and while a look is under way', async () => {
    const stopped = new Error('stopped');
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    await expect(resolve(desk, { signal: AbortSignal.abort(stopped) })).rejects.toBe(stopped);
    const stop = new AbortController();
    desk.after(3_000, () => stop.abort(stopped));
    await expect(resolve(desk, { signal: stop.signal })).rejects.toBe(stopped);
    const under = new AbortController();
    const findOrder: OrderDesk['exchange']['findOrder'] = () => {
      under.abort(stopped);
      return Promise.reject(failureOf('unknown'));
    };
    const exchange = { ...desk.exchange, findOrder };
    await expect(resolve(desk, { signal: under.signal }, { exchange })).rejects.toBe(stopped);
    expect(await desk.row('a')).toMatchObject({ state: 'unknown' });
  });
});
