import { describe, expect, test } from 'vitest';
import { readForgotten } from '../../../core/order-desk/read-forgotten.ts';
import { submitAndSend } from '../../../core/order-desk/submit-and-send.ts';
import { unitText, units } from '../../../core/orders/amount.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import { backupOf } from '../../sim/memory-state.ts';
import type { VenuePlan } from '../../sim/plan.ts';
import { account, counted, failing, limitOrder, marketOrder, symbol } from './desk-fixtures.ts';
import { openKeeper } from './keeper-stand.ts';

type Keeper = Awaited<ReturnType<typeof openKeeper>>;

/** A store that is set back to what it was before these orders, says so, and has waited until a look proves something. */
async function restoredAfter(trade: (keeper: Keeper) => Promise<unknown>, venue: Partial<VenuePlan> = {}) {
  const keeper = await openKeeper(venue);
  const { desk, store, nowMs, exchange, run } = keeper;
  const backup = backupOf(store.held.state);
  await trade(keeper);
  store.held.state = backup;
  const restored = { venueMs: nowMs(), receiveWindowMs: exchange.traits.receiveWindowMs, settleMs: 5_000 };
  await store.afterRestore(account, 'me', restored, nowMs());
  const { restoredSafeMs: safeMs = 0 } = await store.accountState(account);
  await keeper.wait(safeMs - nowMs() + 1);
  const looked = new Map<string, number>();
  return {
    ...keeper,
    /** All that was forgotten, in quote. */
    spent: async (through: Exchange = exchange, allOrders = false): Promise<string> => {
      const options = { safeMs, allOrders, looked, signal: new AbortController().signal };
      const found = await run(readForgotten({ ...desk, exchange: through }, options));
      return unitText(found.reduce((sum, { notional }) => sum + units(notional), 0n));
    },
  };
}

const quoteOf = (fills: readonly Fill[]): string =>
  unitText(fills.reduce((sum, { quoteAmount }) => sum + units(quoteAmount), 0n));

describe('what a restored store has forgotten', () => {
  const buys = (keeper: Keeper) => keeper.send(marketOrder('a', { amount: '2' }));

  test('is found by the assets that it moved, in a market that the backup has no order of', async () => {
    const keeper = await restoredAfter(buys);
    expect(await keeper.spent()).toBe('0');
    const { drift, failures } = await keeper.reconcile();
    expect([drift, failures, await keeper.held('BTC')]).toEqual([[], [], ['1001.998']]);
    expect(await keeper.spent()).toBe(quoteOf(keeper.venue.fills));
    expect(await keeper.row('a')).toMatchObject({ state: 'filled', venueExecuted: '2', appliedExecuted: '2' });
    // It was not booked as a difference, neither then nor later.
    expect((await keeper.reconcile()).corrections + (await keeper.reconcile()).corrections).toBe(0);
  });

  test('is asked for again where the first question failed', async () => {
    const keeper = await restoredAfter(buys);
    const { failures, drift } = await keeper.reconcile(failing(keeper.exchange, { fillsSince: 1 }));
    expect([failures.length, drift.length]).toEqual([1, 2]);
    expect(await keeper.reconcile()).toMatchObject({ drift: [], failures: [], corrections: 0 });
    expect(await keeper.spent()).toBe(quoteOf(keeper.venue.fills));
  });

  test('counts as it was ordered where it was filled in part', async () => {
    const keeper = await restoredAfter(async (before) => {
      await before.send(limitOrder('a', '90', { amount: '4' }));
      // What the house would pay more for, and a half beyond it.
      before.somebodyTrades('sell', '90', '30.5');
      before.venue.cancelAll();
    });
    await keeper.reconcile();
    expect(await keeper.spent()).toBe('360');
    const { state, appliedExecuted } = await keeper.row('a');
    expect([state, Number(appliedExecuted) > 0.49, Number(appliedExecuted) < 4]).toEqual(['canceled', true, true]);
  });

  test('counts where it still rests', async () => {
    const keeper = await restoredAfter((before) => before.send(limitOrder('a', '90', { amount: '3' })));
    await keeper.reconcile();
    expect(await keeper.spent()).toBe('270');
  });

  test('counts by its fills at a venue that forgets filled orders, which is asked for it three times', async () => {
    const keeper = await restoredAfter(buys, { name: 'okx', forgetsFilledIds: true });
    await keeper.reconcile();
    const { exchange, calls } = counted(keeper.exchange);
    for (let reading = 0; reading < 5; reading++) {
      expect(await keeper.spent(exchange)).toBe(quoteOf(keeper.venue.fills));
    }
    expect(calls.findOrder).toBe(3);
    expect(await keeper.store.order(idOf('a'))).toBeUndefined();
  });

  test('counts though it ended without a fill, where all orders are asked for', async () => {
    const keeper = await restoredAfter(async (before) => {
      await before.send(limitOrder('a', '90', { amount: '4' }));
      before.venue.cancelAll();
    });
    await keeper.reconcile();
    expect(await keeper.spent()).toBe('0');
    await expect(keeper.spent(failing(keeper.exchange, { ordersSince: 1 }), true)).rejects.toMatchObject({
      code: 'NotReachable',
    });
    expect(await keeper.spent(keeper.exchange, true)).toBe('360');
    expect(await keeper.row('a')).toMatchObject({ state: 'canceled', intent: { book: 'unassigned' } });
    // Known once, it is in the store.
    expect(await keeper.spent()).toBe('360');
  });

  test('counts though its workflow came back and was denied meanwhile', async () => {
    const keeper = await restoredAfter(async (before) => {
      await before.send(limitOrder('a', '90', { amount: '4' }));
      before.venue.cancelAll();
    });
    await keeper.put(limitOrder('a', '90', { amount: '4' }));
    await keeper.store.deny(idOf('a'), 'HALTED', keeper.nowMs());
    expect(await keeper.spent(keeper.exchange, true)).toBe('360');
    expect(await keeper.row('a')).toMatchObject({ state: 'denied' });
  });

  test('is no order that this store has sent, nor one of others, though all are asked for', async () => {
    const keeper = await restoredAfter(async ({ venue }) => venue.tradeByHand(symbol, 'buy', '1'));
    await keeper.store.setMode(account, 'ACTIVE', { reason: 'x', by: 'me', person: true }, keeper.nowMs(), 0);
    const { intent } = await keeper.put(limitOrder('b', '90'));
    const grant = keeper.grantNow(intent.clientOrderId);
    await keeper.run(submitAndSend(keeper.desk, { clientOrderId: intent.clientOrderId, grant, reduces: false }));
    expect(await keeper.row('b')).toMatchObject({ state: 'accepted' });
    expect(await keeper.spent(keeper.exchange, true)).toBe('0');
    expect((await keeper.store.orders({ account })).map((row) => row.intent.clientOrderId)).toEqual([idOf('b')]);
  });

  test('is no trade of others', async () => {
    const keeper = await restoredAfter(async ({ venue }) => venue.tradeByHand(symbol, 'buy', '1'));
    await keeper.reconcile();
    expect(await keeper.spent()).toBe('0');
    const [row] = await keeper.store.orders({ account });
    expect(row).toMatchObject({ state: 'filled', appliedExecuted: '1', intent: { book: 'unassigned' } });
  });

  test('is unknown as long as something could not be asked', async () => {
    const keeper = await restoredAfter(buys);
    await keeper.reconcile();
    for (const name of ['findOrder', 'serverTimeMs'] as const) {
      await expect(keeper.spent(failing(keeper.exchange, { [name]: 1 }))).rejects.toMatchObject({
        code: 'NotReachable',
      });
    }
    expect(await keeper.spent()).toBe(quoteOf(keeper.venue.fills));
  });

  test('is not an order whose row is older than the day', async () => {
    const keeper = await restoredAfter(buys);
    await keeper.reconcile();
    await keeper.spent();
    // By its host's clock the row was made two days before; the venue's says that it traded just now.
    const { store } = keeper;
    const row = await keeper.row('a');
    const submission = { timestampMs: keeper.nowMs() - 1_000, deadlineMs: keeper.nowMs() + 4_000 };
    const older = { ...row, createdMs: row.createdMs - 2 * 86_400_000, submission };
    store.held.state.orders.set(idOf('a'), { record: older, adopted: false, lastChange: '' });
    expect(await keeper.spent()).toBe('0');
  });
});

describe('without a restore', () => {
  test('a market that the desk never traded in is not asked about: others’ trades there are a difference', async () => {
    const keeper = await openKeeper();
    keeper.venue.tradeByHand(symbol, 'buy', '1');
    const { exchange, calls } = counted(keeper.exchange);
    expect((await keeper.reconcile(exchange)).drift.map(({ asset }) => asset).toSorted()).toEqual(['BTC', 'USDT']);
    expect(calls.fillsSince).toBeUndefined();
    expect((await keeper.reconcile(exchange)).corrections).toBe(2);
  });

  test('so it is a week after one', async () => {
    const keeper = await restoredAfter(async ({ venue }) => venue.tradeByHand(symbol, 'buy', '1'));
    const later = keeper.nowMs() + 7 * 86_400_000;
    const { exchange, calls } = counted({ ...keeper.exchange, venueTimeMs: () => Promise.resolve(later) });
    await keeper.reconcile(exchange);
    expect(calls.fillsSince).toBeUndefined();
  });

  test('two deposits do not make a trade of what is no market', async () => {
    const keeper = await restoredAfter(async ({ venue }) => {
      venue.deposit('BTC', '1');
      venue.deposit('ETH', '1');
    });
    const { exchange, calls } = counted(keeper.exchange);
    expect((await keeper.reconcile(exchange)).drift).toHaveLength(2);
    expect(calls.fillsSince).toBeUndefined();
  });
});
