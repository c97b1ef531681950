import { describe, expect, test } from 'vitest';
import type { Fill } from '../../../core/orders/types.ts';
import {
  account,
  entriesOf,
  everything,
  filledBy,
  fillOf,
  idOf,
  intentOf,
  noonMs,
  owner,
  stored,
  submitOf,
  submitted,
  venue,
  venueOrderOf,
} from '../order-fixtures.ts';
import { badInput, type WithStore } from './with-store.ts';

export function adoptionContract(name: string, withStore: WithStore): void {
  describe(`${name}: adopted orders and restored stores`, () => {
    test(
      'keeps what others do, and what they did with it, once',
      withStore(async (store) => {
        const order = venueOrderOf('77', { clientOrderId: 'x-their-id' });
        const fill = fillOf('1', { venueOrderId: '77', side: 'sell' });
        const loose = fillOf('2', { venueOrderId: '78' });
        const entries = [...entriesOf(fill, 'unassigned'), ...entriesOf(loose, 'unassigned')];
        const adopt = () => store.adopt([order], [fill, loose], entries, account, noonMs);
        await adopt();
        const before = await everything(store);
        await adopt();
        expect(await everything(store)).toEqual(before);
        const [record] = await store.orders({ account });
        expect(record).toMatchObject({
          state: 'accepted',
          venueOrderId: '77',
          appliedExecuted: '0.01',
          ownerWorkflowId: '',
          intent: {
            clientOrderId: `venue:${account}:binance:BTC/USDT:77`,
            book: 'unassigned',
            amount: '0.5',
            price: '70000',
          },
        });
        await store.adopt([{ ...order, state: 'filled', executed: '0.5' }], [], [], account, noonMs + 1);
        expect(await store.orders({ venueOrderId: '77' })).toMatchObject([{ state: 'filled', venueExecuted: '0.5' }]);
        expect(await store.fills({})).toEqual([fill, loose]);
        expect(await store.entries(account)).toHaveLength(12);
      }),
    );

    test(
      'counts fills for their adopted order, whichever of the two was seen first',
      withStore(async (store) => {
        const [before, after, other] = [
          fillOf('1', { venueOrderId: '77' }),
          fillOf('2', { venueOrderId: '77' }),
          fillOf('3', { venueOrderId: '78' }),
        ];
        await store.adopt([], [before, other], entriesOf(before, 'unassigned'), account, noonMs);
        const order = venueOrderOf('77', { clientOrderId: idOf('forgotten'), amount: '0.02' });
        await store.adopt([order], [], [], account, noonMs);
        expect(await store.order(idOf('forgotten'))).toMatchObject({ state: 'accepted', appliedExecuted: '0.01' });
        await store.adopt([order], [after], entriesOf(after, 'unassigned'), account, noonMs);
        expect(await store.order(idOf('forgotten'))).toMatchObject({ appliedExecuted: '0.02' });
        expect(await store.fills({ clientOrderId: idOf('forgotten') })).toEqual([before, after]);
      }),
    );

    test(
      'leaves orders that we sent, and their fills, to their own steps',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const { appliedExecuted: _, ...ack } = filledBy(sent, fillOf('1'), {
          fills: [],
          entries: [],
          state: 'accepted',
          venueExecuted: '0',
        });
        const accepted = await store.apply(ack);
        const before = await everything(store);
        const ours = venueOrderOf('9001', { clientOrderId: idOf('a'), state: 'filled' });
        const { clientOrderId: __, ...unnamed } = ours;
        const fill = fillOf('1');
        await store.adopt([ours, unnamed], [fill], entriesOf(fill, 'unassigned'), account, noonMs);
        expect(await everything(store)).toEqual(before);
        expect(await store.apply(filledBy(accepted.record, fill))).toMatchObject({
          kind: 'applied',
          knownTradeIds: [],
        });
      }),
    );

    test(
      'hands fills that were adopted too early to their order and its book',
      withStore(async (store) => {
        const sent = await submitted(store, 'a');
        const [first, second, third] = [fillOf('1'), fillOf('2'), fillOf('3')];
        const early = [...entriesOf(first, 'unassigned'), ...entriesOf(second, 'unassigned')];
        await store.adopt([], [first, second], early, account, noonMs); // before its order's id was known
        // The stream brings the second one once more, with a third; that the first belongs to it shows by the venue's id.
        const applied = await store.apply(
          filledBy(sent, third, {
            fills: [second, third],
            entries: [...entriesOf(second), ...entriesOf(third)],
            venueExecuted: '0.030',
            appliedExecuted: '0.02',
          }),
        );
        expect(applied).toMatchObject({
          kind: 'applied',
          knownTradeIds: ['2'],
          record: { appliedExecuted: '0.03', venueExecuted: '0.03' },
        });
        expect(await store.fills({ clientOrderId: idOf('a') })).toEqual([first, second, third]);
        const held = (await store.ledgerTotals(account)).filter(
          ({ asset, ledgerAccount }) => asset + ledgerAccount === 'BTCtrading',
        );
        expect(held).toEqual([{ ledgerAccount: 'trading', asset: 'BTC', book: 'STR-001', amount: '-0.03' }]);
        expect((await store.alerts({ account })).map(({ severity }) => severity)).toEqual(['YELLOW', 'YELLOW']);
        expect(await store.orders({ unsettled: true })).toHaveLength(1); // partly filled, and all of it applied
      }),
    );

    test(
      'gives an adopted order to the intent that made it, as it stands',
      withStore(async (store) => {
        const { clientOrderId, amount, side, type, price } = intentOf('a');
        const order = venueOrderOf('9001', { clientOrderId, amount, side, type, state: 'filled', executed: amount });
        await store.adopt([{ ...order, ...(price !== undefined && { price }) }], [], [], account, noonMs);
        expect(await store.putIntent(intentOf('a', { amount: '1' }), venue, owner, noonMs)).toMatchObject({
          kind: 'changed',
        });
        expect(await store.putIntent(intentOf('a'), venue, owner, noonMs)).toMatchObject({
          kind: 'same',
          record: { state: 'filled', venueOrderId: '9001', ownerWorkflowId: owner, intent: { book: 'STR-001' } },
        });
        expect(await store.submitOnce(submitOf('a'), noonMs)).toMatchObject({ kind: 'lost' });
      }),
    );

    test(
      'moves what was adopted with an order into the book of the intent that made it',
      withStore(async (store) => {
        const { clientOrderId, amount, side, type, price = '' } = intentOf('a');
        const shown = { clientOrderId, amount, side, type, price, state: 'partiallyFilled', executed: '0.02' } as const;
        const order = venueOrderOf('9001', shown);
        const [early, late, other] = [fillOf('1'), fillOf('2'), fillOf('3', { venueOrderId: '78' })];
        const entries = (...fills: Fill[]) => fills.flatMap((fill) => entriesOf(fill, 'unassigned'));
        await store.adopt([], [early, other], entries(early, other), account, noonMs);
        await store.adopt([order], [late], entries(late), account, noonMs);
        await store.putIntent(intentOf('a'), venue, owner, noonMs);
        const before = await everything(store);
        await store.putIntent(intentOf('a'), venue, owner, noonMs);
        expect(await everything(store)).toEqual(before);
        const held = (await store.ledgerTotals(account))
          .filter(({ asset, ledgerAccount }) => asset + ledgerAccount === 'BTCtrading')
          .map(({ book, amount: sum }) => [book, sum]);
        expect(held).toEqual([
          ['STR-001', '-0.02'],
          ['unassigned', '-0.01'],
        ]);
      }),
    );

    test(
      'doubts everything initialized after a restore, and halts until a person looked',
      withStore(async (store) => {
        await stored(store, 'not sent yet');
        await submitted(store, 'sent');
        await stored(store, 'denied');
        await store.deny(idOf('denied'), 'limit', noonMs);
        await stored(store, 'elsewhere', { account: 'kraken-main' });
        const open = await store.afterRestore(
          account,
          'ada',
          { venueMs: noonMs + 60_000, receiveWindowMs: 5_000, settleMs: 15_000 },
          noonMs + 60_000,
        );
        expect(open.map(({ intent, state }) => `${intent.leg}: ${state}`).toSorted()).toEqual([
          'not sent yet: unknown',
          'sent: submitted',
        ]);
        expect(await store.order(idOf('not sent yet'))).toMatchObject({
          state: 'unknown',
          submission: { timestampMs: noonMs - 500, deadlineMs: noonMs + 65_000 },
        });
        expect(await store.submitOnce(submitOf('not sent yet'), noonMs)).toMatchObject({ kind: 'lost' });
        expect(await store.accountState(account)).toMatchObject({
          mode: 'HALTED',
          by: 'ada',
          haltedVenueMs: noonMs + 60_000,
        });
        expect(await store.order(idOf('elsewhere'))).toMatchObject({ state: 'initialized' });
        expect(await store.accountState('kraken-main')).toMatchObject({ mode: 'ACTIVE' });
        expect((await store.decisions({ account })).map(({ what }) => what)).toContain('restored');
      }),
    );

    test(
      'ends no halt before a look can prove anything, and lets nothing be submitted without one for a week',
      withStore(async (store) => {
        const restored = { venueMs: noonMs, receiveWindowMs: 5_000, settleMs: 15_000 };
        await store.afterRestore(account, 'ada', restored, noonMs);
        const safeMs = noonMs + 20_000;
        expect(await store.accountState(account)).toMatchObject({ mode: 'HALTED', restoredSafeMs: safeMs });
        const why = { reason: 'looked', by: 'ada', person: true };
        await expect(store.setMode(account, 'ACTIVE', why, safeMs, noonMs)).rejects.toMatchObject(badInput('mode'));
        await store.setMode(account, 'ACTIVE', why, safeMs + 1, noonMs);
        expect(await store.accountState(account)).toMatchObject({ mode: 'ACTIVE', restoredSafeMs: safeMs });
        // A workflow that the restored store knows nothing of comes back to its intent.
        const at = (venueMs: number, lookedVenueMs?: number) =>
          submitOf('forgotten', {
            venueMs,
            submission: { timestampMs: venueMs, deadlineMs: venueMs + 5_000 },
            grant: { clientOrderId: idOf('forgotten'), grantedMs: venueMs - 100, reservationId: 'res' },
            ...(lookedVenueMs !== undefined && { lookedVenueMs }),
          });
        await stored(store, 'forgotten');
        const refused = { kind: 'refused', why: 'restored' };
        const weekMs = 7 * 86_400_000;
        expect(await store.submitOnce(at(safeMs + 500), noonMs)).toMatchObject(refused);
        expect(await store.submitOnce(at(safeMs + weekMs - 500), noonMs)).toMatchObject(refused);
        expect(await store.submitOnce(at(safeMs + 500, safeMs), noonMs)).toMatchObject(refused);
        expect(await store.submitOnce(at(safeMs + 500, safeMs + 1), noonMs)).toMatchObject({ kind: 'won' });
        await stored(store, 'later');
        const later = { ...at(safeMs + weekMs + 1), clientOrderId: idOf('later') };
        const grant = { ...later.grant, clientOrderId: idOf('later') };
        expect(await store.submitOnce({ ...later, grant }, noonMs)).toMatchObject({ kind: 'won' });
      }),
    );
  });
}
