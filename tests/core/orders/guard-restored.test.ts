import { describe, expect, test } from 'vitest';
import { rebuildGuard } from '../../../core/orders/guard-rebuild.ts';
import type { GuardState } from '../../../core/orders/guard-types.ts';
import type { NotionalByMinute } from '../../../core/orders/notional-by-minute.ts';
import { newAccount } from '../../../core/orders/store-rules.ts';
import type { AccountState } from '../../../core/ports/order-store.ts';
import { account, intentOf, noonMs, orderRecordOf } from '../../contracts/order-fixtures.ts';
import { ask, end, guardOf, limits, timing, told, verdict } from './guard-fixtures.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Of grant, window and engine. */
const graceMs = 20_000;

/** Built from a store that was restored; whatever was forgotten was accepted until noon. */
const rebuilt = (loadedMs: number, known: Partial<AccountState> = { restoredSafeMs: noonMs }): GuardState =>
  rebuildGuard({
    account,
    limits,
    timing,
    records: [],
    accountState: { ...newAccount(account), ...known },
    ledgerPositions: {},
    prices: {},
    venueMs: loadedMs,
  });

const remember = (state: GuardState, notionalByMinute: NotionalByMinute, loadedMs = state.loadedMs): GuardState =>
  told(state, { type: 'remembered', notionalByMinute, ...(loadedMs !== undefined && { loadedMs }) });

const spentAt = (minute: number, notional: string): NotionalByMinute => [{ minuteMs: minute, notional }];

const untold = 'the store was restored from a backup: what it has forgotten is looked up first';
const tooSoon = 'orders a minute: the store was restored from a backup, and may have forgotten as many';

describe('a guard that was built from a restored store', () => {
  const later = noonMs + minuteMs + 1;

  test('grants nothing before it was told what that has forgotten, not even what reduces', () => {
    const state = { ...rebuilt(noonMs - 5_000), positions: { 'BTC/USDT': '5' } };
    expect(verdict(ask(state, 'a', { venueMs: later }))).toBe(untold);
    expect(verdict(ask(state, 'a', { venueMs: later, side: 'sell' }))).toBe(untold);
    expect(verdict(ask(remember(state, []), 'a', { venueMs: later }))).toBe('granted');
  });

  test('counts as many forgotten orders as a minute allows, as late as they may have been accepted', () => {
    const state = remember(rebuilt(noonMs), []);
    expect(verdict(ask(state, 'a', { venueMs: noonMs + minuteMs }))).toBe(tooSoon);
    expect(verdict(ask(state, 'a', { venueMs: noonMs + minuteMs + 1 }))).toBe('granted');
  });

  test('counts what they have spent against the notional of a day', () => {
    const state = remember(rebuilt(noonMs), spentAt(noonMs - 3 * minuteMs, '99800'));
    expect(verdict(ask(state, 'a', { venueMs: later, amount: '2' }))).toBe('granted');
    expect(verdict(ask(state, 'a', { venueMs: later, amount: '2.1' }))).toBe(
      'notional a day would be 100010, the limit is 100000',
    );
    // With what it has granted itself.
    const { state: granted } = ask(state, 'a', { venueMs: later, amount: '1.5' });
    expect(verdict(ask(granted, 'b', { venueMs: later, amount: '1' }))).toContain('notional a day would be 100050');
  });

  test('forgets it after a day and the grace that grants may take', () => {
    const state = remember(rebuilt(noonMs), spentAt(noonMs - 2 * minuteMs, '100000'));
    const overMs = noonMs - minuteMs + dayMs + graceMs;
    expect(verdict(ask(state, 'a', { venueMs: overMs - 1 }))).toContain('notional a day');
    expect(verdict(ask(state, 'a', { venueMs: overMs }))).toBe('granted');
    // A day after the last moment at which anything could be forgotten it waits for nobody.
    expect(verdict(ask(rebuilt(noonMs), 'a', { venueMs: noonMs + dayMs + graceMs - 1 }))).toBe(untold);
    expect(verdict(ask(rebuilt(noonMs), 'a', { venueMs: noonMs + dayMs + graceMs }))).toBe('granted');
    expect(end(state, 'x', '0', noonMs + dayMs + graceMs).restored).toBeUndefined();
    expect(rebuilt(noonMs + dayMs + graceMs - 1).restored).toEqual({ safeMs: noonMs });
    expect(rebuilt(noonMs + dayMs + graceMs).restored).toBeUndefined();
  });

  test('keeps the larger account where it is told twice, by somebody who stood still', () => {
    const both = [...spentAt(noonMs - minuteMs, '60000'), ...spentAt(noonMs, '40000')];
    const state = remember(remember(rebuilt(noonMs), both), spentAt(noonMs - minuteMs, '50000'));
    expect(state.restored?.forgotten).toEqual(both);
  });

  test('takes nothing that was read for the guard before it', () => {
    const state = rebuilt(noonMs);
    expect(remember(state, [], noonMs - 1)).toEqual(state);
  });

  test('is as any other where no store was restored, or the guard is older than the restore', () => {
    const plain = rebuilt(noonMs, {});
    expect(plain).not.toHaveProperty('restored');
    expect(verdict(ask(plain, 'a'))).toBe('granted');
    const kept = guardOf();
    expect(remember(kept, spentAt(noonMs, '100000'))).toEqual(kept);
  });

  test('counts what the restore made doubtful as late as it may have been sent', () => {
    // The host's clock, an hour behind, dated it; the deadline is of the venue's.
    const submission = { timestampMs: noonMs - 3_600_000, deadlineMs: noonMs - 5_000 };
    const record = orderRecordOf(intentOf('a', { amount: '2', price: '100' }), 'unknown', { submission });
    const state = rebuildGuard({
      account,
      limits,
      timing,
      records: [record],
      accountState: newAccount(account),
      ledgerPositions: {},
      prices: {},
      venueMs: noonMs,
    });
    expect(state.recentGrantsMs).toEqual([noonMs - 10_000]);
    expect(state.notionalByMinute).toEqual(spentAt(noonMs - minuteMs, '200'));
  });
});
