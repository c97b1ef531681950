import { describe, expect, test } from 'vitest';
import { rebuildGuard, type RebuildInput } from '../../../core/orders/guard-rebuild.ts';
import { newAccount } from '../../../core/orders/store-rules.ts';
import type { OrderIntent, OrderState } from '../../../core/orders/types.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import { account, idOf, intentOf, noonMs, owner, symbol, venue } from '../../contracts/order-fixtures.ts';
import { ask, end, limits, timing, told, verdict } from './guard-fixtures.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A row of 2 BTC at 100, signed so long before noon. */
const recordOf = (
  name: string,
  state: OrderState,
  {
    agoMs = 1_000,
    applied = '0',
    ...change
  }: Partial<OrderIntent> & Readonly<{ agoMs?: number; applied?: string }> = {},
): OrderRecord => ({
  intent: intentOf(name, { amount: '2', price: '100', ...change }),
  venue,
  state,
  version: 1,
  venueExecuted: applied,
  appliedExecuted: applied,
  reason: '',
  ownerWorkflowId: owner,
  createdMs: noonMs - agoMs,
  changedMs: noonMs - agoMs,
  ...(state === 'initialized' || state === 'denied'
    ? {}
    : { submission: { timestampMs: noonMs - agoMs, deadlineMs: noonMs - agoMs + 5_000 } }),
});

const rebuild = (records: readonly OrderRecord[], change: Partial<RebuildInput> = {}) =>
  rebuildGuard({
    account,
    limits,
    timing,
    records,
    accountState: newAccount(account),
    ledgerPositions: {},
    prices: {},
    venueMs: noonMs,
    ...change,
  });

describe('a guard anew from the store', () => {
  test('has the account’s mode and halted symbols', () => {
    const accountState = {
      ...newAccount(account),
      mode: 'REDUCING',
      reason: 'a drawdown',
      haltedSymbols: [{ symbol, reason: 'doubled', sinceMs: noonMs }],
    } as const;
    expect(rebuild([], { accountState })).toMatchObject({
      mode: 'REDUCING',
      reason: 'a drawdown',
      haltedSymbols: [{ symbol, reason: 'doubled' }],
    });
  });

  test('holds a reservation for every order that is not settled, also one that was never sent', () => {
    const settled = recordOf('filled', 'filled', { applied: '2' });
    const missing = { ...recordOf('missing', 'canceled'), venueExecuted: '1' };
    const { reservations, decided } = rebuild([
      recordOf('waits', 'initialized'),
      recordOf('rests', 'accepted', { type: 'stopMarket', stopPrice: '90', price: undefined as never }),
      missing,
      settled,
      recordOf('denied', 'denied'),
    ]);
    expect(reservations.map(({ clientOrderId, price, protective }) => [clientOrderId, price, protective])).toEqual([
      [idOf('waits'), '100', false],
      [idOf('rests'), '90', true],
      [idOf('missing'), '100', false],
    ]);
    expect(decided.map(({ clientOrderId }) => clientOrderId)).toEqual([idOf('denied'), idOf('filled')]);
  });

  test('has the ledger’s positions, without what orders under way have in it', () => {
    // 5 long in the ledger: 1.5 of them of a buy that rests on, 1 less of a sale. Settled: 5 - 1.5 + 1 = 4.5.
    const state = rebuild(
      [
        recordOf('buys', 'partiallyFilled', { applied: '1.5' }),
        recordOf('sells', 'partiallyFilled', { side: 'sell', applied: '1' }),
        recordOf('elsewhere', 'partiallyFilled', { symbol: 'ETH/USDT', applied: '2' }),
      ],
      { ledgerPositions: { [symbol]: '5', 'ETH/USDT': '2' } },
    );
    expect(state.positions).toEqual({ [symbol]: '4.5' });
    // Ended, they are all in it again.
    const ended = end(end(end(state, 'buys', '1.5'), 'sells', '1'), 'elsewhere', '2');
    expect(ended.positions).toEqual({ [symbol]: '5', 'ETH/USDT': '2' });
  });

  test('a market order is valued at the symbol’s price, and at nothing where there is none', () => {
    const { price: _, ...market } = intentOf('m', { type: 'market' });
    const record = { ...recordOf('m', 'submitted'), intent: market };
    expect(rebuild([record], { prices: { [symbol]: '64000' } }).reservations[0]?.price).toBe('64000');
    expect(rebuild([record]).reservations[0]?.price).toBe('0');
  });

  test('knows the orders of the last minute and the notional of the last day, with the grace that grants may take', () => {
    const records = [
      recordOf('just now', 'filled', { agoMs: 0, applied: '2' }),
      recordOf('waits', 'initialized'),
      recordOf('within the grace', 'canceled', { agoMs: minuteMs + 19_999 }),
      recordOf('before it', 'canceled', { agoMs: minuteMs + 20_000 }),
      recordOf('yesterday', 'canceled', { agoMs: dayMs + 20_000 }),
      recordOf('never sent', 'denied', { amount: '7' }),
    ];
    const { recentGrantsMs, notionalByMinute } = rebuild(records);
    expect(recentGrantsMs).toEqual([noonMs - minuteMs - 19_999, noonMs, noonMs]);
    // 200 each; what waits counts as if it were sent now.
    expect(notionalByMinute).toEqual([
      { minuteMs: noonMs - 2 * minuteMs, notional: '400' },
      { minuteMs: noonMs, notional: '400' },
    ]);
  });

  test('a halt waits for the latest deadline of the store, and for a grant of before that may still be used', () => {
    expect(rebuild([]).latestDeadlineMs).toBe(noonMs + 10_000);
    const far = { ...recordOf('far', 'submitted'), submission: { timestampMs: noonMs, deadlineMs: noonMs + 60_000 } };
    expect(rebuild([far]).latestDeadlineMs).toBe(noonMs + 60_000);
  });

  test('decides as the guard did before it was lost', () => {
    const records = [
      recordOf('rests', 'accepted', { amount: '10' }),
      recordOf('waits', 'initialized', { amount: '5' }),
      recordOf('ended', 'filled', { applied: '2' }),
    ];
    const state = rebuild(records, { ledgerPositions: { [symbol]: '2' } });
    // 2 + 10 + 5 are 17 of the 20 that the position may reach.
    expect(verdict(ask(state, 'more', { amount: '3' }))).toBe('granted');
    expect(verdict(ask(state, 'more', { amount: '3.1' }))).toContain(`position in ${symbol} would be 2010`);
    expect(verdict(ask(state, 'ended'))).toBe('already ended');
    // What waits is decided anew and does not stand in its own way.
    expect(verdict(ask(state, 'waits', { amount: '5' }))).toBe('granted');
    const halted = told(state, { type: 'setMode', mode: 'HALTED', reason: 'a test', person: false, venueMs: noonMs });
    expect(verdict(ask(halted, 'waits', { amount: '5' }))).toContain('HALTED');
  });
});
