import { describe, expect, test } from 'vitest';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { formGroups } from '../../../core/order-desk/form-groups.ts';
import { parseWant, type Want } from '../../../core/orders/want.ts';
import { account, counted, failing, failureOf, openDesk, symbol, type TestDesk } from './desk-fixtures.ts';

const settings = { maxDeviation: '0.05', maxAgeMs: 5_000 };

const want = (intentId: string, change: Partial<Want> = {}): Want =>
  parseWant({ intentId, book: `book-${intentId}`, symbol, side: 'buy', amount: '0.5', ...change });

const form = ({ desk, run }: TestDesk, wants: readonly Want[], change: Partial<OrderDesk> = {}, seed = 'books:1') =>
  run(formGroups({ ...desk, ...change }, { symbol, wants, seed }, { settings }));

describe('what waits at one decision is one stored group (orders.md 7)', () => {
  test('its row is there before anything is sent: members, seed, and the venue’s price of that moment', async () => {
    const desk = openDesk();
    const wants = [want('a'), want('b', { side: 'sell', amount: '0.2' })];
    const startMs = desk.nowMs();
    const { groups, refused } = await form(desk, wants);
    expect(refused).toEqual([]);
    expect(groups).toHaveLength(1);
    const [group] = groups;
    expect(group).toMatchObject({
      account,
      symbol,
      seed: 'books:1',
      middle: '100',
      members: [
        { intentId: 'a', book: 'book-a', side: 'buy', amount: '0.5' },
        { intentId: 'b', book: 'book-b', side: 'sell', amount: '0.2' },
      ],
    });
    expect(group?.atMs).toBeGreaterThanOrEqual(startMs);
    expect(await desk.store.group(group?.groupId ?? '')).toEqual(group);
    expect(desk.sent).toEqual([]);
  });

  test('asked again, after a crash or a reset, it is the group of before, whatever is new', async () => {
    const desk = openDesk();
    const first = await form(desk, [want('a'), want('b')]);
    await desk.wait(60_000);
    expect(await form(desk, [want('b'), want('a')], {}, 'books:2')).toEqual(first);
    const later = await form(desk, [want('a'), want('c'), want('b')], {}, 'books:2');
    expect(later.groups).toHaveLength(2);
    expect(later.groups[0]).toEqual(first.groups[0]);
    expect(later.groups[1]).toMatchObject({ seed: 'books:2', members: [{ intentId: 'c' }] });
  });

  test('what is known is answered while the account is halted and the venue gives no price', async () => {
    const desk = openDesk();
    const first = await form(desk, [want('a')]);
    await desk.store.setMode(account, 'HALTED', { reason: 'x', by: 'me', person: true }, 1, 1);
    const exchange = failing(desk.exchange, { referencePrice: 9 });
    expect(await form(desk, [want('a')], { exchange })).toEqual(first);
  });

  test('an id that is known with another content is refused, and the group of before stays', async () => {
    const desk = openDesk();
    const { groups } = await form(desk, [want('a')]);
    for (const change of [{ amount: '0.6' }, { side: 'sell' }, { book: 'another' }] as const) {
      const again = await form(desk, [want('a', change), want('b')]);
      expect(again.refused).toEqual([{ intentId: 'a', reason: 'its id is known with another content' }]);
      expect(again.groups.map(({ members }) => members.map(({ intentId }) => intentId))).toEqual([['b']]);
    }
    expect(await desk.store.group(groups[0]?.groupId ?? '')).toEqual(groups[0]);
  });

  test('nothing waits: nothing is stored, and no price is asked for', async () => {
    const desk = openDesk();
    const { exchange, calls } = counted(desk.exchange);
    expect(await form(desk, [], { exchange })).toEqual({ groups: [], refused: [] });
    expect(calls.referencePrice).toBeUndefined();
  });
});

describe('books trade with each other only while the account may trade (orders.md 6, 7)', () => {
  test.each([
    ['a halt by a person', 'too hot', 'the account is HALTED: too hot'],
    ['a halt without a word', '', 'the account is HALTED'],
  ])('HALTED, %s: each is refused', async (_, reason, expected) => {
    const desk = openDesk();
    await desk.store.setMode(account, 'HALTED', { reason, by: 'me', person: true }, 1, 1);
    expect(await form(desk, [want('a'), want('b')])).toEqual({
      groups: [],
      refused: [
        { intentId: 'a', reason: expected },
        { intentId: 'b', reason: expected },
      ],
    });
    expect(await desk.store.unsettledGroups(account)).toEqual([]);
  });

  test('what is refused for its content stays so beside what the halt refuses', async () => {
    const desk = openDesk();
    await form(desk, [want('a')]);
    await desk.store.setMode(account, 'HALTED', { reason: 'x', by: 'me', person: true }, 1, 1);
    const { refused } = await form(desk, [want('a', { amount: '7' }), want('b')]);
    expect(refused.map(({ intentId, reason }) => [intentId, reason])).toEqual([
      ['a', 'its id is known with another content'],
      ['b', 'the account is HALTED: x'],
    ]);
  });

  test('REDUCING leaves it to the guard, which knows what reduces', async () => {
    const desk = openDesk();
    await desk.store.setMode(account, 'REDUCING', { reason: 'x', by: 'me', person: true }, 1, 1);
    expect((await form(desk, [want('a')])).groups).toHaveLength(1);
  });

  test('a halted symbol refuses its own wants', async () => {
    const desk = openDesk();
    await desk.store.haltSymbol(account, 'ETH/USDT', 'odd', 1);
    expect((await form(desk, [want('a')])).groups).toHaveLength(1);
    await desk.store.haltSymbol(account, symbol, 'stale price', 1);
    expect((await form(desk, [want('b')])).refused).toEqual([
      { intentId: 'b', reason: 'BTC/USDT is halted: stale price' },
    ]);
  });

  test.each([0, 1])('a price of zero or an old one refuses, and halts the symbol: %i', async (kind) => {
    const desk = openDesk();
    const always = { symbol, fromMs: 0, untilMs: Infinity };
    // The simulation's venue tells zero in every other of these times, and an old price in the others.
    const others = { ...always, symbol: 'ETH/USDT' };
    (desk.truth.badPrices as object[]).push(...(kind === 0 ? [always] : [others, always]));
    const { groups, refused } = await form(desk, [want('a')]);
    expect(groups).toEqual([]);
    expect(refused[0]?.reason).toMatch(kind === 0 ? /bookMid is 0/ : /60\d{3} ms old, at most 5000/);
    expect((await desk.store.accountState(account)).haltedSymbols).toMatchObject([{ symbol }]);
  });

  test('a price that cannot be had is no answer: the wants wait', async () => {
    const desk = openDesk();
    const exchange = failing(desk.exchange, { referencePrice: 1 }, failureOf('maintenance', '', 'closed'));
    await expect(form(desk, [want('a')], { exchange })).rejects.toMatchObject({ code: 'NotReachable' });
    expect(await desk.store.unsettledGroups(account)).toEqual([]);
    expect((await form(desk, [want('a')], { exchange })).groups).toHaveLength(1);
  });
});

describe('a group is never regrouped (orders.md 7)', () => {
  /** The store, where another attempt forms its own groups right before this one writes. */
  const raced = ({ desk, store }: TestDesk, wants: readonly Want[]): OrderDesk['orders'] => ({
    ...store,
    putGroup: async (group) => {
      await formGroups(desk, { symbol, wants, seed: 'another' }, { settings });
      return store.putGroup(group);
    },
  });

  test('another attempt that stored the same wants: its row counts, with its seed', async () => {
    const desk = openDesk();
    const { groups } = await form(desk, [want('a'), want('b')], { orders: raced(desk, [want('a'), want('b')]) });
    expect(groups).toMatchObject([{ seed: 'another' }]);
    expect(await desk.store.unsettledGroups(account)).toEqual(groups);
  });

  test('another attempt that stored one of them: asked again, it is known', async () => {
    const desk = openDesk();
    const orders = raced(desk, [want('a')]);
    await expect(form(desk, [want('a'), want('b')], { orders })).rejects.toMatchObject({ code: 'StoreUnavailable' });
    const { groups } = await form(desk, [want('a'), want('b')]);
    expect(groups.map(({ members }) => members.map(({ intentId }) => intentId))).toEqual([['a'], ['b']]);
  });

  test('another attempt that stored it for another book, which makes the same id: not this one’s group', async () => {
    const desk = openDesk();
    const orders = raced(desk, [want('a', { book: 'another' })]);
    await expect(form(desk, [want('a')], { orders })).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(await form(desk, [want('a')])).toMatchObject({ groups: [], refused: [{ intentId: 'a' }] });
  });

  test('a market that the venue has not is refused before anything is stored', async () => {
    const desk = openDesk();
    const asked = { symbol: 'BTC/USD', wants: [want('a', { symbol: 'BTC/USD' })], seed: 's' };
    await expect(desk.run(formGroups(desk.desk, asked, { settings }))).rejects.toMatchObject({
      code: 'BadInput',
      place: { nearest: 'BTC/USDT' },
    });
    expect(await desk.store.unsettledGroups(account)).toEqual([]);
  });
});
