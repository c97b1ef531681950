import { describe, expect, test } from 'vitest';
import { idOf, noonMs, symbol } from '../../contracts/order-fixtures.ts';
import { after, ask, end, guardOf, told } from './guard-fixtures.ts';

describe('the end of an order', () => {
  test('turns its reservation into position in one step, once', () => {
    const state = end(after('a', 'b'), 'a', '0.4');
    expect([state.positions, state.reservations.length, state.settledCount]).toEqual([{ [symbol]: '0.4' }, 1, 1]);
    expect(end(state, 'a', '0.4')).toEqual(state);
    const sold = end(ask(state, 's', { side: 'sell', amount: '0.4' }).state, 's', '0.4');
    expect(sold.positions).toEqual({});
  });
});

test('twenty thousand ended ids are kept, the newest', () => {
  const decided = Array.from({ length: 20_000 }, (_, index) => ({ clientOrderId: `id-${index}`, endedMs: noonMs }));
  const state = end(guardOf({ decided }), 'a', '0');
  expect(state.decided).toHaveLength(20_000);
  expect(state.decided.at(-1)).toEqual({ clientOrderId: idOf('a'), endedMs: noonMs });
  expect(state.decided[0]?.clientOrderId).toBe('id-1');
  const fuller = guardOf({ decided: [...decided, { clientOrderId: 'one more', endedMs: noonMs }] });
  expect(ask(fuller, 'a').state.decided).toHaveLength(20_000);
});

describe('positions read anew from the store', () => {
  const ledgerPositions = { [symbol]: '3', 'ETH/USDT': '0' };

  test('are the ledger’s without what orders under way have in it', () => {
    const state = told(after('a'), {
      type: 'synced',
      settledCount: 0,
      ledgerPositions,
      appliedByOrder: { [idOf('a')]: '0.25' },
    });
    expect(state.positions).toEqual({ [symbol]: '2.75' });
    expect(end(state, 'a', '1').positions).toEqual({ [symbol]: '3.75' });
  });

  test('without all of them that are under way in a symbol', () => {
    const state = told(after('a', 'b'), {
      type: 'synced',
      settledCount: 0,
      ledgerPositions,
      appliedByOrder: { [idOf('a')]: '0.25', [idOf('b')]: '0.5' },
    });
    expect(state.positions).toEqual({ [symbol]: '2.25' });
  });

  test('are dropped where the guard was rebuilt since', () => {
    const before = { ...after('a'), loadedMs: noonMs };
    const synced = { type: 'synced', settledCount: 0, ledgerPositions, appliedByOrder: { [idOf('a')]: '0' } } as const;
    expect(told(before, synced)).toEqual(before);
    expect(told(before, { ...synced, loadedMs: noonMs - 1 })).toEqual(before);
    expect(told(before, { ...synced, loadedMs: noonMs }).positions).toEqual({ [symbol]: '3' });
  });

  test.each<[string, number, Record<string, string>]>([
    ['an order has ended since', 1, { [idOf('a')]: '0', [idOf('b')]: '0' }],
    ['an order was granted since', 0, { [idOf('b')]: '0' }],
  ])('are dropped where %s', (_, settledCount, appliedByOrder) => {
    const before = after('b', 'a');
    expect(told(before, { type: 'synced', settledCount, ledgerPositions, appliedByOrder })).toEqual(before);
  });
});
