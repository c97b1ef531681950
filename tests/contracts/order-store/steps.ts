import { describe, expect, test } from 'vitest';
import type { OrderState } from '../../../core/orders/types.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import {
  account,
  entriesOf,
  everything,
  filledBy,
  fillOf,
  idOf,
  noonMs,
  submitted,
  symbol,
} from '../order-fixtures.ts';
import { badInput, type WithStore } from './with-store.ts';

export function stepContract(name: string, withStore: WithStore): void {
  describe(`${name}: steps of an order`, () => {
    test(
      'write state, fills, postings and alerts together',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const fill = fillOf('1', { fee: '-0.00001' });
        const alert = {
          key: 'late 1',
          account,
          symbol,
          clientOrderId: idOf('a'),
          severity: 'RED',
          text: 'late',
          atMs: noonMs,
        } as const;
        const change = filledBy(sent, fill, { entries: entriesOf(fillOf('1')), alerts: [alert], reason: 'one third' });
        const applied = await store.apply(change);
        const record = {
          ...sent,
          version: 3,
          state: 'partiallyFilled',
          venueOrderId: '9001',
          venueExecuted: '0.01',
          appliedExecuted: '0.01',
          reason: 'one third',
          changedMs: noonMs + 200,
        };
        expect(applied).toEqual({ kind: 'applied', record, knownTradeIds: [] });
        expect(await store.order(idOf('a'))).toEqual(record);
        expect(await store.fills({ clientOrderId: idOf('a') })).toEqual([fill]);
        expect(await store.knownFill(account, fill)).toEqual(fill);
        expect(await store.entriesOf(idOf('a'))).toEqual(entriesOf(fillOf('1')));
        expect(await store.alerts({ clientOrderId: idOf('a') })).toEqual([alert]);
        expect((await store.steps(idOf('a'))).map(({ version, state, atMs }) => [version, state, atMs])).toEqual([
          [1, 'initialized', noonMs - 500],
          [2, 'submitted', noonMs],
          [3, 'partiallyFilled', noonMs + 200],
        ]);
      }),
    );

    test(
      'need the version that was read; the very same one again is applied already',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const change = filledBy(sent, fillOf('1'));
        const applied = await store.apply(change);
        const before = await everything(store);
        expect(await store.apply(change)).toEqual({ ...applied, knownTradeIds: ['1'] });
        expect(await store.apply({ ...change, state: 'canceled' })).toMatchObject({
          kind: 'stale',
          record: applied.record,
          knownTradeIds: ['1'],
        });
        expect(await store.apply({ ...filledBy(sent, fillOf('2')) })).toMatchObject({
          kind: 'stale',
          knownTradeIds: [],
        });
        expect(await everything(store)).toEqual(before);
        await expect(store.apply({ ...change, clientOrderId: idOf('nobody') })).rejects.toMatchObject({
          code: 'NotFound',
        });
      }),
    );

    test(
      'book a fill once, also for another account a trade of the same id',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const first = await store.apply(filledBy(sent, fillOf('1')));
        // The stream again with other numbers, and a new one: the first stays, the new one counts.
        const [altered, second] = [fillOf('1', { amount: '0.02' }), fillOf('2')];
        const next = await store.apply(
          filledBy(first.record, second, {
            fills: [altered, second],
            entries: [...entriesOf(altered), ...entriesOf(second)],
            venueExecuted: '0.02',
            appliedExecuted: '0.04',
          }),
        );
        expect(next).toMatchObject({ kind: 'applied', knownTradeIds: ['1'], record: { appliedExecuted: '0.02' } });
        expect(await store.fills({})).toEqual([fillOf('1'), second]);
        expect(await store.entriesOf(idOf('a'))).toEqual([...entriesOf(fillOf('1')), ...entriesOf(second)]);
        const other = await submitted(store, 'theirs', { account: 'binance-two', side: 'sell' });
        const theirs = fillOf('1', { side: 'sell', venueOrderId: '9002' });
        expect(await store.apply(filledBy(other, theirs, { entries: [] }))).toMatchObject({
          kind: 'applied',
          knownTradeIds: [],
        });
        expect(await store.knownFill('binance-two', theirs)).toEqual(theirs);
        expect(await store.knownFill(account, theirs)).toEqual(fillOf('1'));
      }),
    );

    test(
      'take a late fill after the end, and never lead back to where an order could be sent again',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const change = { ...filledBy(sent, fillOf('1')), fills: [], entries: [] };
        const { appliedExecuted: _, venueExecuted: __, ...bare } = change;
        const ended = await store.apply({ ...bare, state: 'canceled' });
        expect(ended).toMatchObject({ kind: 'applied', record: { state: 'canceled', appliedExecuted: '0' } });
        for (const state of ['initialized', 'submitted'] as OrderState[]) {
          await expect(store.apply({ ...bare, expectedVersion: 3, state })).rejects.toMatchObject(badInput('state'));
        }
        const late = await store.apply(filledBy(ended.record, fillOf('1'), { state: 'canceled' }));
        expect(late.record).toMatchObject({ state: 'canceled', appliedExecuted: '0.01', version: 4 });
      }),
    );

    test(
      'halt the symbol with what they halt it for, in the same transaction',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const over = fillOf('1', { amount: '0.04' });
        await store.apply(filledBy(sent, over, { state: 'filled', haltSymbol: 'overfilled: 0.04 of 0.03' }));
        expect((await store.accountState(account)).haltedSymbols).toEqual([
          { symbol, reason: 'overfilled: 0.04 of 0.03', sinceMs: noonMs + 200 },
        ]);
        expect(await store.orders({ unsettled: true })).toEqual([]);
      }),
    );

    test(
      'leave an ended order unsettled until its fills are applied',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const ended = await store.apply(
          filledBy(sent, fillOf('1'), { state: 'filled', venueExecuted: '0.0300', appliedExecuted: '0.01' }),
        );
        expect(await store.orders({ unsettled: true })).toEqual([ended.record]);
        const rest = fillOf('2', { amount: '0.02' });
        await store.apply(
          filledBy(ended.record, rest, { state: 'filled', venueExecuted: '0.03', appliedExecuted: '0.03' }),
        );
        expect(await store.orders({ unsettled: true })).toEqual([]);
        expect(await store.orders({ states: ['filled'] })).toHaveLength(1);
      }),
    );

    test(
      'that do not add up are refused whole',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const before = await everything(store);
        const fill = fillOf('1');
        const [first, ...rest] = entriesOf(fill);
        const bad: [Parameters<typeof filledBy>[2], string][] = [
          [{ appliedExecuted: '0.02' }, 'appliedExecuted'],
          [{ entries: rest }, 'entries'],
          [{ entries: first === undefined ? [] : [{ ...first, amount: '-641.23' }, ...rest] }, 'entries'],
          [{ entries: first === undefined ? [] : [{ ...first, amount: '-6e2' }, ...rest] }, 'amount'],
          [{ fills: [fillOf('1', { amount: '0' })] }, 'amount'],
          [{ fills: [fillOf('1', { fee: 'none' })] }, 'fee'],
          [{ fills: [fillOf('1', { quoteAmount: '-1' })] }, 'quoteAmount'],
          [{ fills: [fillOf('1', { symbol: 'ETH/USDT' })] }, 'symbol'],
          [{ fills: [fillOf('1', { venue: 'kraken' })] }, 'venue'],
          [{ venueExecuted: '1,5' }, 'venueExecuted'],
        ];
        for (const [change, path] of bad) {
          await expect(store.apply(filledBy(sent, fill, change)), path).rejects.toMatchObject(badInput(path));
        }
        expect(await everything(store)).toEqual(before);
      }),
    );

    test(
      'by writers at once are all kept, each fill once',
      withStore(async (store, opened) => {
        const other = await opened.second();
        await submitted(store, 'a', { amount: '1' });
        const fills = Array.from({ length: 20 }, (_, n) => fillOf(String(n + 1), { venueMs: noonMs + n }));
        const writer = async (to: OrderStore, mine: readonly (typeof fills)[number][]) => {
          for (const fill of mine) {
            for (let kind = ''; kind !== 'applied';) {
              const record = await to.order(idOf('a'));
              if (record === undefined) throw new Error('gone');
              const { appliedExecuted: _, ...change } = filledBy(record, fill);
              ({ kind } = await to.apply(change));
            }
          }
        };
        await Promise.all([writer(store, fills), writer(other, fills.toReversed())]);
        expect(await store.fills({ clientOrderId: idOf('a') })).toEqual(fills);
        expect(await store.order(idOf('a'))).toMatchObject({ appliedExecuted: '0.2' });
        expect(await store.entriesOf(idOf('a'))).toHaveLength(20 * 6);
        if (other !== store) other.close();
      }),
    );
  });
}
