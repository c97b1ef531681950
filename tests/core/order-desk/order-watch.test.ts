import { describe, expect, test } from 'vitest';
import { createOrderWatch, type OrderWatch, type WatchedOrder } from '../../../core/order-desk/order-watch.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import { counted, failing, limitOrder, openDesk, type TestDesk } from './desk-fixtures.ts';

const everyMs = 5_000;

const never = new AbortController().signal;

const resting = (name: string, executed = '0'): WatchedOrder => ({
  clientOrderId: idOf(name),
  state: 'accepted',
  executed,
});

/** A watch that counts its questions, and how long a wait for an order took. */
function watching(desk: TestDesk, through: Exchange = desk.exchange) {
  const { exchange, calls } = counted(through);
  const watch = createOrderWatch({ exchange, everyMs: () => everyMs, pause: desk.desk.pause });
  const waited = async (order: WatchedOrder, limitMs = 60_000, signal = never): Promise<number> => {
    const startMs = desk.nowMs();
    await watch.change(order, limitMs, signal);
    return desk.nowMs() - startMs;
  };
  return { watch, waited, questions: () => calls.openOrders ?? 0 };
}

const fill = (desk: TestDesk) => desk.somebodyTrades('sell', '90', '40');

async function restingDesk(...names: readonly string[]) {
  const desk = openDesk();
  for (const name of names) await desk.send(limitOrder(name, '90'));
  return desk;
}

describe('one question for all orders that are waited for (orders.md 8)', () => {
  test('an order that the venue no longer has open has changed', async () => {
    const desk = await restingDesk('a');
    const { waited } = watching(desk);
    desk.after(7_000, () => fill(desk));
    const ms = await desk.run(waited(resting('a')));
    expect(ms).toBeGreaterThan(10_000);
    expect(ms).toBeLessThan(10_300);
  });

  test('an order that is filled in part has changed, one that is as it was has not', async () => {
    const desk = await restingDesk('a', 'b');
    const { waited } = watching(desk);
    desk.after(1_000, () => desk.somebodyTrades('sell', '90', '30.5'));
    const [a, b] = await desk.run(Promise.all([waited(resting('a')), waited(resting('b'), 13_000)]));
    expect(a).toBeLessThan(5_300);
    expect(b).toBe(13_000);
  });

  test('a hundred waits ask as often as one', async () => {
    const desk = await restingDesk('a');
    const { waited, questions } = watching(desk);
    await desk.run(Promise.all(Array.from({ length: 100 }, () => waited(resting('a'), 22_000))));
    expect(questions()).toBe(4);
  });

  test('while nobody waits nothing is asked; whoever comes later is asked for again', async () => {
    const desk = await restingDesk('a');
    const { waited, questions } = watching(desk);
    await desk.run(waited(resting('a'), 6_000));
    const asked = questions();
    await desk.wait(60_000);
    expect(questions()).toBeLessThanOrEqual(asked + 1);
    fill(desk);
    expect(await desk.run(waited(resting('a')))).toBeLessThan(5_300);
  });

  test.each(['0.0', '0.000', '0'])('the same amount, however it is written, is no news: %s', async (executed) => {
    const desk = await restingDesk('a');
    const { waited } = watching(desk);
    expect(await desk.run(waited(resting('a', executed), 12_000))).toBe(12_000);
  });

  test('a question that fails says nothing of any order; the next one follows', async () => {
    const desk = await restingDesk('a');
    const { waited, questions } = watching(desk, failing(desk.exchange, { openOrders: 2 }));
    fill(desk);
    const ms = await desk.run(waited(resting('a')));
    expect(questions()).toBe(3);
    expect(ms).toBeGreaterThan(15_000);
  });
});

describe('a wait ends', () => {
  test.each([1, 400, 4_999])('after its limit: %i ms', async (limitMs) => {
    const desk = await restingDesk('a');
    const { waited } = watching(desk);
    expect(await desk.run(waited(resting('a'), limitMs))).toBe(limitMs);
  });

  test('when its caller stops, before it or in it', async () => {
    const desk = await restingDesk('a');
    const { waited, questions } = watching(desk);
    const stopped = new Error('stopped');
    await expect(desk.run(waited(resting('a'), 60_000, AbortSignal.abort(stopped)))).rejects.toBe(stopped);
    expect(questions()).toBe(0);
    const stop = new AbortController();
    desk.after(700, () => stop.abort(stopped));
    await expect(desk.run(waited(resting('a'), 60_000, stop.signal))).rejects.toBe(stopped);
  });
});

test('nothing that waited goes on waiting behind a wait that has ended', async () => {
  const desk = await restingDesk('a');
  const left = new Set<AbortSignal | undefined>();
  const pause: typeof desk.desk.pause = async (ms, signal) => {
    left.add(signal);
    signal?.addEventListener('abort', () => left.delete(signal), { once: true });
    await desk.desk.pause(ms, signal);
    left.delete(signal);
  };
  const watch = createOrderWatch({ exchange: desk.exchange, everyMs: () => everyMs, pause });
  fill(desk);
  desk.after(1_000, watch.look);
  await desk.run(watch.change(resting('a'), 60_000, never));
  await desk.wait(100);
  // The time until the watch's own next question.
  expect(left.size).toBe(1);
  await desk.wait(6_000);
  expect(left.size).toBe(0);
});

describe('what a stream says (orders.md 9)', () => {
  const told = async (hints: (watch: OrderWatch) => void, order = resting('a')) => {
    const desk = await restingDesk('a', 'b');
    const { watch, waited, questions } = watching(desk);
    desk.after(1_000, () => hints(watch));
    return { ms: await desk.run(waited(order, 3_000)), questions: questions() };
  };

  test('news of the order wakes whoever waits for it, without a question', async () => {
    expect(await told((watch) => watch.hint(resting('a', '0.5')))).toEqual({ ms: 1_000, questions: 0 });
    expect(await told((watch) => watch.hint({ ...resting('a'), state: 'canceled' }))).toMatchObject({ ms: 1_000 });
  });

  test('what is known, and news of another order, wakes nobody', async () => {
    expect(await told((watch) => watch.hint(resting('a', '0.00')))).toMatchObject({ ms: 3_000 });
    expect(await told((watch) => watch.hint(resting('b', '0.5')))).toMatchObject({ ms: 3_000 });
  });

  test('news that came before the wait is looked at first, once', async () => {
    const desk = await restingDesk('a');
    const { watch, waited } = watching(desk);
    watch.hint(resting('a'));
    watch.hint(resting('a', '0.5'));
    expect(await desk.run(waited(resting('a'), 2_000))).toBe(0);
    expect(await desk.run(waited(resting('a'), 2_000))).toBe(2_000);
    watch.hint(resting('a', '0.5'));
    expect(await desk.run(waited(resting('a', '0.5'), 2_000))).toBe(2_000);
  });

  test('news that somebody waited for is not kept for the next wait', async () => {
    const desk = await restingDesk('a');
    const { watch, waited } = watching(desk);
    desk.after(500, () => watch.hint(resting('a', '0.5')));
    await desk.run(waited(resting('a'), 2_000));
    expect(await desk.run(waited(resting('a'), 2_000))).toBe(2_000);
  });

  test('10,000 pieces of news are kept, the newest of them', async () => {
    const desk = await restingDesk('a');
    const { watch, waited } = watching(desk);
    const others = Array.from({ length: 9_999 }, (_, index) => `other-${index}`);
    watch.hint(resting('first', '0.5'));
    watch.hint(resting('second', '0.5'));
    watch.hint(resting('first', '0.6')); // newest again
    for (const name of others) watch.hint({ ...resting('a'), clientOrderId: name, executed: '0.5' });
    expect(await desk.run(waited(resting('first'), 100))).toBe(0);
    expect(await desk.run(waited(resting('second'), 100))).toBe(100);
    expect(await desk.run(waited({ ...resting('a'), clientOrderId: 'other-0' }, 100))).toBe(0);
  });

  test('a stream that begins anew may have missed something: asked at once, where anybody waits', async () => {
    const desk = await restingDesk('a');
    const { watch, waited, questions } = watching(desk);
    fill(desk);
    desk.after(1_000, watch.look);
    const ms = await desk.run(waited(resting('a'), 4_000));
    expect(ms).toBeGreaterThanOrEqual(1_000);
    expect(ms).toBeLessThan(1_300);
    expect(questions()).toBe(1);
  });

  test('one look is one question: the next comes in its time', async () => {
    const desk = await restingDesk('a');
    const { watch, waited, questions } = watching(desk);
    desk.after(1_000, watch.look);
    await desk.run(waited(resting('a'), 5_500));
    expect(questions()).toBe(1);
  });
});

describe('somebody else’s answer to the same question', () => {
  test('wakes whoever waits for what has changed', async () => {
    const desk = await restingDesk('a', 'b');
    const { watch, waited } = watching(desk);
    const open = await desk.run(desk.exchange.openOrders());
    desk.after(1_000, () => watch.feed(open));
    desk.after(2_000, () => watch.feed(open.filter(({ clientOrderId }) => clientOrderId !== idOf('a'))));
    const [a, b] = await desk.run(Promise.all([waited(resting('a'), 4_000), waited(resting('b'), 4_000)]));
    expect([a, b]).toEqual([2_000, 4_000]);
  });

  test('need not be asked again so soon: one question is left out, not more', async () => {
    const desk = await restingDesk('a');
    const { watch, waited, questions } = watching(desk);
    const open = await desk.run(desk.exchange.openOrders());
    desk.after(1_000, () => watch.feed(open));
    await desk.run(waited(resting('a'), 11_000));
    expect(questions()).toBe(1);
  });

  test('an order of others, without our id, is nobody’s news', async () => {
    const desk = await restingDesk('a');
    const { watch, waited } = watching(desk);
    const [own] = await desk.run(desk.exchange.openOrders());
    if (own === undefined) throw new Error('not open');
    const { clientOrderId: _clientOrderId, ...others } = own;
    desk.after(1_000, () => watch.feed([own, { ...others, venueOrderId: '1' }]));
    expect(await desk.run(waited(resting('a'), 2_000))).toBe(2_000);
  });

  test('does not hold back a look that was asked for', async () => {
    const desk = await restingDesk('a');
    const { watch, waited, questions } = watching(desk);
    const open = await desk.run(desk.exchange.openOrders());
    desk.after(1_000, () => watch.feed(open));
    desk.after(1_500, watch.look);
    await desk.run(waited(resting('a'), 3_000));
    expect(questions()).toBe(1);
  });
});
