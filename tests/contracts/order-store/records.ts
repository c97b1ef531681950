import { describe, expect, test } from 'vitest';
import type { NettedGroup, OrderFilter } from '../../../core/ports/order-store.ts';
import { account, idOf, noonMs, stored, symbol } from '../order-fixtures.ts';
import { badInput, type WithStore } from './with-store.ts';

export function recordContract(name: string, withStore: WithStore): void {
  describe(`${name}: groups, decisions, alerts`, () => {
    const group: NettedGroup = {
      groupId: 'group-1',
      account,
      symbol,
      members: [
        { book: 'STR-001', side: 'buy', amount: '0.5', intentId: idOf('a') },
        { book: 'STR-002', side: 'sell', amount: '0.2', intentId: idOf('b') },
      ],
      atMs: noonMs,
    };

    test(
      'a group is written once and never regrouped',
      withStore(async (store) => {
        expect(await store.group('group-1')).toBeUndefined();
        expect(await store.putGroup(group)).toBe('stored');
        expect(await store.putGroup({ ...group, atMs: noonMs + 1, members: group.members.toReversed() })).toBe('same');
        const [first, second] = group.members;
        if (first === undefined || second === undefined) throw new Error('two members');
        expect(await store.putGroup({ ...group, members: [first] })).toBe('changed');
        expect(await store.putGroup({ ...group, members: [first, { ...second, amount: '0.3' }] })).toBe('changed');
        expect(await store.putGroup({ ...group, groupId: 'group-2', members: [second] })).toBe('changed');
        await expect(store.putGroup({ ...group, groupId: 'group-3', members: [first, first] })).rejects.toMatchObject(
          badInput('members'),
        );
        expect(await store.group('group-1')).toEqual(group);
        expect(await store.group('group-2')).toBeUndefined();
      }),
    );

    test(
      'an intent leads to its one group, which keeps its seed and price',
      withStore(async (store) => {
        const whole = { ...group, seed: 'book-trading:a/run', middle: '65000.5' };
        expect(await store.groupOfIntent(idOf('a'))).toBeUndefined();
        await store.putGroup(whole);
        await store.putGroup({ ...whole, seed: 'another', middle: '1' });
        expect(await store.groupOfIntent(idOf('b'))).toEqual(whole);
        expect(await store.groupOfIntent(idOf('c'))).toBeUndefined();
      }),
    );

    test(
      'a book has its own orders and those of its groups; a group has its own',
      withStore(async (store) => {
        await store.putGroup(group);
        await stored(store, 'own', { book: 'STR-001' });
        await stored(store, 'netted', { book: 'group-1', leg: 'netted' });
        await stored(store, 'other', { book: 'STR-003', symbol: 'ETH/USDT' });
        const of = async (filter: OrderFilter) =>
          (await store.orders(filter)).map(({ intent }) => intent.clientOrderId);
        expect((await of({ book: 'STR-001' })).toSorted()).toEqual([idOf('own'), idOf('netted')].toSorted());
        expect(await of({ book: 'STR-002' })).toEqual([idOf('netted')]);
        expect(await of({ book: 'STR-002', symbol: 'ETH/USDT' })).toEqual([]);
        expect(await of({ book: 'STR-002', states: ['initialized'], limit: 5 })).toEqual([idOf('netted')]);
        expect(await of({ book: 'group-1' })).toEqual([idOf('netted')]);
        expect(await of({ book: 'STR-004' })).toEqual([]);
      }),
    );

    test(
      'a group is settled once: crossing and decisions together, and nothing by who comes later',
      withStore(async (store) => {
        const later = { ...group, groupId: 'group-2', atMs: noonMs + 1 };
        const members = group.members.map((member) => ({ ...member, intentId: idOf(`later ${member.intentId}`) }));
        await store.putGroup(group);
        await store.putGroup({ ...later, members });
        const entry = { account, symbol, source: 'group-1', venueMs: noonMs, transactionId: 'cross-1', asset: 'BTC' };
        const entries = [
          { ...entry, ledgerAccount: 'assets', amount: '0.2', book: 'STR-001' },
          { ...entry, ledgerAccount: 'crossing', amount: '-0.2', book: 'STR-001' },
        ];
        const decisions = [{ account, what: 'crossed', why: '0.2', by: 'books', atMs: noonMs }];
        expect(await store.unsettledGroups(account)).toMatchObject([{ groupId: 'group-1' }, { groupId: 'group-2' }]);
        const settlement = { groupId: 'group-1', entries, decisions, atMs: noonMs };
        expect(await store.settleGroup(settlement)).toBe('settled');
        const again = {
          ...settlement,
          entries: [],
          decisions: decisions.map((decision) => ({ ...decision, why: '0.3' })),
          atMs: noonMs + 5,
        };
        expect(await store.settleGroup(again)).toBe('same');
        expect(await store.unsettledGroups(account)).toMatchObject([{ groupId: 'group-2' }]);
        expect(await store.unsettledGroups('another')).toEqual([]);
        expect(await store.entries(account)).toHaveLength(2);
        expect(await store.decisions({ account })).toMatchObject([{ what: 'crossed', why: '0.2' }]);
        await expect(store.settleGroup({ ...settlement, groupId: 'none' })).rejects.toMatchObject({ code: 'NotFound' });
        // What does not balance settles nothing.
        const [first] = entries;
        const broken = { ...settlement, groupId: 'group-2', entries: first === undefined ? [] : [first] };
        await expect(store.settleGroup(broken)).rejects.toMatchObject({ code: 'BadInput' });
        expect(await store.unsettledGroups(account)).toMatchObject([{ groupId: 'group-2' }]);
      }),
    );

    test(
      'decisions come back in their order, each once',
      withStore(async (store) => {
        const decision = {
          account,
          clientOrderId: idOf('a'),
          what: 'reserved',
          why: '1,923 USDT of 5,000',
          by: 'guard',
          atMs: noonMs,
        };
        await store.recordDecision(decision);
        await store.recordDecision(decision);
        await store.recordDecision({
          account: 'kraken-main',
          what: 'crossed',
          why: 'with STR-002',
          by: 'guard',
          atMs: noonMs + 1,
        });
        await store.recordDecision({ ...decision, what: 'released', atMs: noonMs + 2 });
        expect((await store.decisions({})).map(({ what }) => what)).toEqual(['reserved', 'crossed', 'released']);
        expect((await store.decisions({ limit: 2 })).map(({ what }) => what)).toEqual(['crossed', 'released']);
        expect(await store.decisions({ account: 'kraken-main' })).toHaveLength(1);
        expect((await store.decisions({ clientOrderId: idOf('a') }))[0]).toEqual(decision);
        expect((await store.decisions({ clientOrderId: '' })).map(({ what }) => what)).toEqual(['crossed']);
      }),
    );

    test(
      'alerts are kept by their key',
      withStore(async (store) => {
        const alert = {
          key: 'drift BTC',
          account,
          symbol,
          severity: 'YELLOW',
          text: '0.1 BTC too much',
          atMs: noonMs,
        } as const;
        await store.raiseAlerts([alert, { ...alert, text: 'once more' }]);
        await store.raiseAlerts([{ ...alert, key: 'drift ETH', account: 'kraken-main' }, alert]);
        expect((await store.alerts({})).map(({ key }) => key)).toEqual(['drift ETH', 'drift BTC']);
        expect(await store.alerts({ account })).toEqual([alert]);
      }),
    );
  });
}
