import { describe, expect, test } from 'vitest';
import { parseWant, refusedWant, sameWant } from '../../../core/orders/want.ts';
import {
  emptyQueue,
  endGroup,
  mostWaiting,
  refusalOf,
  statusOfWant,
  takeGroups,
  takeWant,
  waitingSymbols,
} from '../../../core/orders/want-queue.ts';
import { groupResults } from '../../../core/orders/group-outcome.ts';
import { netIntents } from '../../../core/orders/netting.ts';
import { account, noonMs, symbol } from '../../contracts/order-fixtures.ts';

const asked = { intentId: 'a', book: 'STR-001', symbol, side: 'buy', amount: '0.02' } as const;
const want = (change: Partial<typeof asked> | object = {}) => parseWant({ ...asked, ...change });

describe('parseWant', () => {
  test('reads it as it is; a reason may be left out', () => {
    expect(want()).toEqual({ ...asked, reason: 'wanted' });
    expect(want({ reason: 'rebalance' }).reason).toBe('rebalance');
  });

  test.each([
    ['intentId', { intentId: undefined }],
    ['intentId', { intentId: 'x'.repeat(201) }],
    ['book', { book: 'unassigned' }],
    ['book', { book: `group-${'0'.repeat(32)}` }],
    ['symbol', { symbol: 7 }],
    ['side', { side: 'long' }],
    ['amount', { amount: 0.02 }],
    ['amount', { amount: '-1' }],
    ['amount', { amount: '0' }],
    ['price', { price: '1' }],
  ])('refuses a wrong %s: %j', (path, change) => {
    expect(() => want(change)).toThrowError(
      expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path }) }),
    );
  });

  test.each(['unassigned', `group-${'0'.repeat(32)}`])('no want is for the book %s', (book) => {
    expect(() => want({ book })).toThrowError(
      expect.objectContaining({ message: 'no book that trades', place: expect.objectContaining({ found: book }) }),
    );
  });

  test.each([undefined, null, [], 'buy'])('refuses %j', (input) => {
    expect(() => parseWant(input)).toThrowError(expect.objectContaining({ code: 'BadInput' }));
  });

  test('the same want is the same amount, however it is written', () => {
    expect(sameWant(want(), want({ amount: '0.0200', reason: 'again' }))).toBe(true);
    for (const change of [{ amount: '0.03' }, { side: 'sell' }, { book: 'STR-002' }, { symbol: 'ETH/USDT' }]) {
      expect(sameWant(want(), want(change))).toBe(false);
    }
  });
});

describe('wants of an account', () => {
  const other = want({ intentId: 'b', side: 'sell' });
  const waiting = takeWant(takeWant(emptyQueue, want()), other);
  const groups = netIntents(waiting.waiting, account, noonMs).map(({ group }) => group);
  const underWay = takeGroups(waiting, { groups, refused: [] });
  const [group] = groups;
  const results =
    group === undefined
      ? []
      : groupResults(group, { legs: [], fills: [], ledgerDecimals: 8, middle: '60000', note: '' });
  const ended = endGroup(underWay, group?.groupId ?? '', results);

  test('a want waits, is under way with its group, and has ended', () => {
    expect(statusOfWant(emptyQueue, 'a')).toEqual({ state: 'unknown' });
    expect(statusOfWant(waiting, 'a')).toEqual({ state: 'waiting' });
    expect(statusOfWant(underWay, 'b')).toEqual({ state: 'underWay', groupId: group?.groupId });
    expect(statusOfWant(ended, 'a')).toMatchObject({ state: 'ended', result: { kind: 'done', crossed: '0.02' } });
    expect(ended).toMatchObject({ waiting: [], underWay: [] });
  });

  test.each([
    ['waiting', waiting],
    ['under way', underWay],
    ['ended', ended],
  ])('known while %s: taken once, and never with another content', (_, queue) => {
    expect(takeWant(queue, want())).toBe(queue);
    expect(refusalOf(queue, want({ amount: '0.020' }))).toBeUndefined();
    expect(refusalOf(queue, want({ amount: '0.021' }))).toContain('another content');
  });

  test('who is refused has ended with the reason; who came meanwhile goes on waiting', () => {
    const later = takeWant(waiting, want({ intentId: 'c', symbol: 'ETH/USDT' }));
    const queue = takeGroups(later, { groups: [], refused: [{ intentId: 'a', reason: 'HALTED' }] });
    expect(statusOfWant(queue, 'a')).toEqual({
      state: 'ended',
      result: {
        ...asked,
        kind: 'refused',
        groupId: '',
        crossed: '0',
        shared: '0',
        quote: '0',
        fees: {},
        legs: [],
        reason: 'HALTED',
      },
    });
    expect(queue.waiting.map(({ intentId }) => intentId)).toEqual(['b', 'c']);
    expect(statusOfWant(queue, 'b')).toEqual({ state: 'waiting' });
    expect(statusOfWant(queue, 'nobody')).toEqual({ state: 'unknown' });
    expect(waitingSymbols(queue)).toEqual([symbol, 'ETH/USDT']);
  });

  test('one group ends, the others and what ended before stay', () => {
    const others = netIntents([want({ intentId: 'x' })], account, noonMs).map((plan) => plan.group);
    const both = takeGroups(takeWant(underWay, want({ intentId: 'x' })), { groups: others, refused: [] });
    expect(both.underWay).toEqual([...groups, ...others]);
    expect(statusOfWant(both, 'x')).toEqual({ state: 'underWay', groupId: others[0]?.groupId });
    const one = endGroup(
      { ...both, ended: [refusedWant(want({ intentId: 'old' }), 'x')] },
      groups[0]?.groupId ?? '',
      results,
    );
    expect(one.underWay).toEqual(others);
    expect(one.ended.map(({ intentId }) => intentId)).toEqual(['old', 'a', 'b']);
    const later = takeGroups(one, { groups: [], refused: [] });
    expect(later.ended).toEqual(one.ended);
    expect(takeGroups(takeWant(one, want({ intentId: 'y' })), { groups: [], refused: [] }).waiting).toHaveLength(1);
  });

  test('a thousand ends are kept, the newest', () => {
    const old = Array.from({ length: 1_000 }, (_, index) => refusedWant(want({ intentId: `old-${index}` }), 'x'));
    const { ended: kept } = endGroup({ ...underWay, ended: old }, group?.groupId ?? '', results);
    expect(kept).toHaveLength(1_000);
    expect(kept.slice(-2).map(({ intentId }) => intentId)).toEqual(['a', 'b']);
    expect(kept[0]?.intentId).toBe('old-2');
  });

  test('a group that is taken or ended twice is there once', () => {
    expect(takeGroups(underWay, { groups, refused: [] })).toEqual(underWay);
    expect(endGroup(ended, group?.groupId ?? '', results)).toEqual(ended);
  });

  test('no more wait than may', () => {
    const full = {
      ...emptyQueue,
      waiting: Array.from({ length: mostWaiting }, (_, index) => want({ intentId: `${index}` })),
    };
    expect(refusalOf(full, want())).toContain('wait already');
    expect(refusalOf(full, want({ intentId: '7' }))).toBeUndefined();
    const almost = { ...full, waiting: full.waiting.slice(1) };
    expect(refusalOf(almost, want())).toBeUndefined();
    expect(takeWant(almost, want()).waiting).toHaveLength(mostWaiting);
  });
});
