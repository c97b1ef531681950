import { describe, expect, test } from 'vitest';
import { beginning, noForgotten, tellForgotten, wholeEveryMs } from '../../../activities/orders/tell-forgotten.ts';
import { loadGuard } from '../../../core/order-desk/load-guard.ts';
import { stepGuard } from '../../../core/orders/guard.ts';
import type { GuardView, SyncMessage } from '../../../core/orders/guard-messages.ts';
import type { GuardState } from '../../../core/orders/guard-types.ts';
import type { AccountGuards } from '../../../core/ports/account-guards.ts';
import { account, failing, marketOrder, symbol } from '../../core/order-desk/desk-fixtures.ts';
import { openKeeper } from '../../core/order-desk/keeper-stand.ts';
import { limits, requestOf } from '../../core/orders/guard-fixtures.ts';
import { backupOf } from '../../sim/memory-state.ts';

const dayMs = 86_400_000;

/** A guard that was built from a store which has forgotten a filled order, and a keeper beside it. */
async function standAfterRestore() {
  const keeper = await openKeeper();
  const { desk, store, nowMs, exchange, run } = keeper;
  const backup = backupOf(store.held.state);
  await keeper.send(marketOrder('forgotten', { amount: '2' }));
  store.held.state = backup;
  const restored = { venueMs: nowMs(), receiveWindowMs: exchange.traits.receiveWindowMs, settleMs: 5_000 };
  await store.afterRestore(account, 'me', restored, nowMs());
  let guard: GuardState = await run(loadGuard(desk, limits));
  const messages: SyncMessage[] = [];
  const update: AccountGuards['update'] = (_account, { argument }) => {
    const message = argument as SyncMessage;
    messages.push(message);
    if (message.forgotten) guard = stepGuard(guard, { type: 'remembered', ...message.forgotten }).state;
    return Promise.resolve();
  };
  const kept = noForgotten();
  const view = (): GuardView => ({ ...guard, underWay: [], loading: false });
  const guards = { update, view: () => Promise.resolve(view()), isRunning: () => Promise.resolve(false) };
  return {
    ...keeper,
    kept,
    messages,
    safeMs: (await store.accountState(account)).restoredSafeMs ?? 0,
    reload: async () => (guard = await run(loadGuard(desk, limits))),
    /** One whole round, and what the guard hears of it. */
    round: async (through = exchange, afterReconcile = () => Promise.resolve<unknown>(undefined)) => {
      const begunMs = await run(beginning(kept, desk));
      const report = await keeper.reconcile(through);
      const state = await store.accountState(account);
      await afterReconcile();
      const { signal } = new AbortController();
      await run(tellForgotten({ guards }, desk, { kept, view: view(), state, report, begunMs, signal }));
    },
    /** Whether the guard would grant so much at the price of 100, when trading goes on. */
    ask: (amount: string, venueMs = nowMs()) => {
      const request = { ...requestOf('next', { amount }), symbol };
      const active = { ...guard, mode: 'ACTIVE' as const, limits: { ...limits, maxNotionalPerDay: '1000' } };
      const { decision } = stepGuard(active, { type: 'reserve', request, venueMs });
      return decision?.kind === 'refused' ? decision.reason : 'granted';
    },
  };
}

describe('a guard built from a restored store hears what that has forgotten', () => {
  test('from a round that began when all of it had to show, and counts it', async () => {
    const stand = await standAfterRestore();
    await stand.round();
    await stand.round();
    expect([stand.messages, stand.kept.guardWaits]).toEqual([[], true]);
    expect(wholeEveryMs(stand.kept, 30_000)).toBe(15_000);
    expect(stand.ask('1')).toContain('what it has forgotten is looked up first');
    await stand.wait(stand.safeMs - stand.nowMs() + 1);
    await stand.round();
    expect(stand.messages).toHaveLength(1);
    expect(wholeEveryMs(stand.kept, 30_000)).toBe(30_000);
    const later = stand.safeMs + 60_001;
    // Of the 1000 of a day about 200 are spent.
    expect([stand.ask('7', later), stand.ask('9', later)]).toEqual([
      'granted',
      expect.stringMatching(/notional a day would be 110\d/),
    ]);
  });

  test('once, and again only where there is news or the guard is another one', async () => {
    const stand = await standAfterRestore();
    await stand.wait(stand.safeMs - stand.nowMs() + 1);
    for (let count = 0; count < 4; count++) await stand.round();
    expect(stand.messages).toHaveLength(1);
    await stand.reload();
    expect(stand.ask('1')).toContain('what it has forgotten');
    await stand.round();
    expect(stand.messages).toHaveLength(2);
    expect(stand.ask('1', stand.safeMs + 60_001)).toBe('granted');
  });

  test('not from a round that missed something', async () => {
    const stand = await standAfterRestore();
    await stand.round();
    await stand.wait(stand.safeMs - stand.nowMs() + 1);
    for (const name of ['openOrders', 'fillsSince', 'balances'] as const) {
      await stand.round(failing(stand.exchange, { [name]: 1 }));
      expect([name, stand.messages, stand.kept.guardWaits]).toEqual([name, [], true]);
    }
    await stand.round();
    expect(stand.messages).toHaveLength(1);
  });

  test('with the mode that the account has when it is told', async () => {
    const stand = await standAfterRestore();
    await stand.round();
    await stand.wait(stand.safeMs - stand.nowMs() + 1);
    const why = { reason: 'looked', by: 'me', person: true };
    await stand.store.setMode(account, 'ACTIVE', why, stand.nowMs(), stand.nowMs());
    const halt = () =>
      stand.store.setMode(account, 'HALTED', { ...why, reason: 'again' }, stand.nowMs(), stand.nowMs());
    await stand.round(stand.exchange, halt);
    expect(stand.messages).toMatchObject([{ mode: 'HALTED', reason: 'again' }]);
  });

  test('a day later nobody waits any more', async () => {
    const stand = await standAfterRestore();
    await stand.round();
    expect(stand.kept.guardWaits).toBe(true);
    await stand.store.afterRestore(
      account,
      'me',
      { venueMs: stand.nowMs() - dayMs - 60_000, receiveWindowMs: 5_000, settleMs: 5_000 },
      stand.nowMs(),
    );
    await stand.round();
    expect([stand.messages, stand.kept.guardWaits]).toEqual([[], false]);
  });
});

test('a store that was never restored costs no question', async () => {
  const { desk } = await openKeeper();
  const kept = noForgotten();
  expect(await beginning(kept, { ...desk, exchange: failing(desk.exchange, { serverTimeMs: 1 }) })).toBeUndefined();
  expect(wholeEveryMs(kept, 30_000)).toBe(30_000);
});
