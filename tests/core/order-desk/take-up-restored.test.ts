import { describe, expect, test } from 'vitest';
import { type RestoreOptions, takeUpRestored } from '../../../core/order-desk/take-up-restored.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { entriesOf } from '../../../core/orders/ledger.ts';
import { units } from '../../../core/orders/amount.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import { backupOf } from '../../sim/memory-state.ts';
import {
  account,
  counted,
  failing,
  limitOrder,
  losingRequests,
  marketOrder,
  symbol,
  type TestDesk,
} from './desk-fixtures.ts';
import { openKeeper } from './keeper-stand.ts';

const takeUp = ({ desk, run }: TestDesk, options: Partial<RestoreOptions> = {}, change: Partial<OrderDesk> = {}) =>
  run(takeUpRestored({ ...desk, ...change }, { by: 'me', signal: new AbortController().signal, ...options }));

const restore = ({ store }: TestDesk, backup: ReturnType<typeof backupOf>) => {
  store.held.state = backup;
};

describe('after a restore from a backup, before anything is sent (orders.md 3.1)', () => {
  test('the account is halted, and no look counts before receive window and settle time have passed', async () => {
    const desk = await openKeeper();
    await desk.put(limitOrder('waits', '90'));
    const startMs = desk.nowMs();
    const waits: [number, number][] = [];
    await takeUp(desk, { onWait: (leftMs, underWay) => waits.push([leftMs, underWay]) });
    const state = await desk.store.accountState(account);
    expect(state).toMatchObject({ mode: 'HALTED', by: 'me' });
    expect(state.restoredSafeMs).toBeGreaterThanOrEqual(startMs + 10_000);
    expect(desk.nowMs()).toBeGreaterThan(state.restoredSafeMs ?? Infinity);
    expect(waits.length).toBeGreaterThanOrEqual(9);
    expect(waits.length).toBeLessThanOrEqual(12);
    expect(waits.every(([leftMs, underWay]) => leftMs >= 0 && leftMs <= 10_000 && underWay === 1)).toBe(true);
    // A second between two questions about the venue's time, and less at the end.
    expect((waits[0]?.[0] ?? 0) - (waits[1]?.[0] ?? 0)).toBeLessThan(1_300);
  });

  test('what the backup has as never submitted, and was sent after it, is found; what was not is proven absent', async () => {
    const desk = await openKeeper();
    await desk.put(limitOrder('sent', '90'));
    await desk.put(limitOrder('not', '80'));
    const backup = backupOf(desk.store.held.state);
    await desk.send(limitOrder('sent', '90'));
    restore(desk, backup);
    const report = await takeUp(desk);
    expect(report.failures).toEqual([]);
    expect(await desk.row('sent')).toMatchObject({ state: 'accepted' });
    expect(await desk.row('not')).toMatchObject({ state: 'notSent' });
    expect(desk.sent).toHaveLength(1);
  });

  test('an order that its workflow drives is looked up all the same: it knows another past', async () => {
    const desk = await openKeeper();
    await desk.send(limitOrder('lost', '90'), losingRequests(desk.exchange));
    await takeUp(desk);
    expect(await desk.row('lost')).toMatchObject({ state: 'notSent' });
  });

  test('fills that the backup has not, of orders that it has, are booked', async () => {
    const desk = await openKeeper();
    await desk.send(limitOrder('rests', '90'));
    const backup = backupOf(desk.store.held.state);
    desk.somebodyTrades('sell', '90', '40');
    restore(desk, backup);
    await takeUp(desk);
    expect(await desk.row('rests')).toMatchObject({ state: 'filled', appliedExecuted: '1' });
  });

  test('orders that the backup has forgotten are taken over with their fills: the ledger is the venue’s again', async () => {
    const desk = await openKeeper();
    await desk.send(marketOrder('known', { amount: '0.5' }));
    const backup = backupOf(desk.store.held.state);
    await desk.wait(60_000);
    await desk.send(marketOrder('forgotten', { amount: '2' }));
    await desk.send(limitOrder('rests', '90'));
    restore(desk, backup);
    const report = await takeUp(desk);
    expect(report.drift).toEqual([]);
    const held = (await desk.store.ledgerTotals(account)).filter(
      ({ ledgerAccount, asset }) => ledgerAccount === 'assets' && asset === 'BTC',
    );
    expect(held.reduce((sum, { amount }) => sum + Number(amount), 0)).toBeCloseTo(1_000 + 2.5 * 0.999, 9);
    expect(await desk.store.order(idOf('rests'))).toMatchObject({ state: 'accepted' });
  });
});

describe('from when on fills are asked for', () => {
  const asked = async (desk: TestDesk) => {
    const { exchange, args } = counted(desk.exchange);
    await takeUp(desk, {}, { exchange });
    return args.get('fillsSince')?.slice(0, 2);
  };

  test('an hour before the newest row of the backup', async () => {
    const desk = await openKeeper();
    await desk.send(marketOrder('a'));
    const { createdMs } = await desk.row('a');
    await desk.wait(100_000);
    expect(await asked(desk)).toEqual([symbol, createdMs - 3_600_000]);
  });

  test('the same where the only order of the market is one that was never submitted by the backup', async () => {
    const desk = await openKeeper();
    const { createdMs } = await desk.put(limitOrder('waits', '90'));
    expect(await asked(desk)).toEqual([symbol, createdMs - 3_600_000]);
  });

  test('a week back where it has no order at all, but knows a market', async () => {
    const desk = await openKeeper();
    const common = { transactionId: 'x', account, book: 'b', symbol, source: 'x', venueMs: 1 };
    await desk.store.postEntries(entriesOf([['assets', 'trading', 'BTC', units('1')]], common));
    const [market, sinceMs] = (await asked(desk)) ?? [];
    expect(market).toBe(symbol);
    const weekMs = 7 * 86_400_000;
    expect(Number(sinceMs)).toBeLessThanOrEqual(desk.nowMs() - weekMs);
    expect(Number(sinceMs)).toBeGreaterThan(desk.nowMs() - weekMs - 60_000);
  });
});

describe('a venue that does not answer', () => {
  test('at first: nothing is begun', async () => {
    const desk = await openKeeper();
    const exchange = failing(desk.exchange, { serverTimeMs: 1 });
    await expect(takeUp(desk, {}, { exchange })).rejects.toMatchObject({ code: 'NotReachable' });
    expect((await desk.store.accountState(account)).mode).toBe('ACTIVE');
  });

  test('later: the account is halted already, and whoever goes on waits anew', async () => {
    const desk = await openKeeper();
    const { exchange } = desk;
    let calls = 0;
    const serverTimeMs: OrderDesk['exchange']['serverTimeMs'] = (stop) =>
      (calls += 1) === 3 ? Promise.reject(new Error('gone')) : exchange.serverTimeMs(stop);
    await expect(takeUp(desk, {}, { exchange: { ...exchange, serverTimeMs } })).rejects.toThrow('gone');
    expect((await desk.store.accountState(account)).mode).toBe('HALTED');
    await takeUp(desk);
    expect((await desk.store.accountState(account)).mode).toBe('HALTED');
  });

  test('whoever waits may stop', async () => {
    const desk = await openKeeper();
    const stop = new AbortController();
    const stopped = new Error('stopped');
    desk.after(3_000, () => stop.abort(stopped));
    await expect(takeUp(desk, { signal: stop.signal })).rejects.toBe(stopped);
  });
});
