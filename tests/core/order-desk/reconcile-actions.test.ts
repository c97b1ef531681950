import { describe, expect, test } from 'vitest';
import { performAction } from '../../../core/order-desk/reconcile-actions.ts';
import type { ReconcileAction } from '../../../core/orders/reconcile.ts';
import type { VenueOrder } from '../../../core/orders/types.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import {
  account,
  failing,
  limitOrder,
  losingAnswers,
  losingRequests,
  openDesk,
  symbol,
  type TestDesk,
} from './desk-fixtures.ts';

const clientOrderId = idOf('a');

function perform(desk: TestDesk, action: ReconcileAction, exchange: Exchange = desk.exchange): Promise<string> {
  const { signal } = new AbortController();
  return desk.run(performAction({ ...desk.desk, exchange }, action, { signal, missing: {}, noteMissing: () => {} }));
}

/** What the venue has open, by its own word. */
const openOf = async (desk: TestDesk): Promise<VenueOrder> => {
  const [order] = await desk.run(desk.exchange.openOrders());
  if (order === undefined) throw new Error('nothing is open');
  return order;
};

describe('what a reconciliation does, one thing after the other (orders.md 8)', () => {
  test('an intent that nobody drives is denied; one that was submitted meanwhile is not', async () => {
    const desk = openDesk();
    const deny = { type: 'deny', clientOrderId, reason: 'nobody drives it' } as const;
    await desk.put(limitOrder('a', '90'));
    expect(await perform(desk, deny)).toBe(`denied ${clientOrderId}`);
    expect(await desk.row('a')).toMatchObject({ state: 'denied', reason: 'nobody drives it' });
    const other = openDesk();
    await other.send(limitOrder('a', '90'));
    expect(await perform(other, deny)).toBe(`lost ${clientOrderId}`);
    expect(await other.row('a')).toMatchObject({ state: 'accepted' });
  });

  test.each([
    ['accepted', losingAnswers],
    ['notSent', losingRequests],
  ] as const)('an order that nobody drives is looked for to its conclusion: %s', async (state, losing) => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losing(desk.exchange));
    expect(await perform(desk, { type: 'resolve', clientOrderId })).toBe(`resolved ${clientOrderId}: ${state}`);
    expect(await desk.row('a')).toMatchObject({ state });
  });

  test('one look at what is no longer listed: filled', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    expect(await perform(desk, { type: 'look', clientOrderId })).toBe(`looked at ${clientOrderId}: filled`);
    expect(await desk.row('a')).toMatchObject({ state: 'filled', appliedExecuted: '1' });
  });

  test('one look that finds nothing ends nothing, and a row that is gone is none', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'));
    const blind = { ...desk.exchange, findOrder: () => Promise.resolve({ fills: [] }) };
    expect(await perform(desk, { type: 'look', clientOrderId }, blind)).toBe(`not found ${clientOrderId}`);
    expect(await desk.row('a')).toEqual(record);
    expect(await perform(desk, { type: 'look', clientOrderId: idOf('b') })).toBe(`gone ${idOf('b')}`);
  });

  test('one look that fails is thrown: it is no answer', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'));
    const through = failing(desk.exchange, { findOrder: 1 });
    await expect(perform(desk, { type: 'look', clientOrderId }, through)).rejects.toMatchObject({
      code: 'NotReachable',
    });
    expect(await desk.row('a')).toEqual(record);
  });

  test('what the venue lists is news', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const order = await openOf(desk);
    expect(await perform(desk, { type: 'sight', clientOrderId, order })).toBe(`saw ${clientOrderId}: accepted`);
    expect(await desk.row('a')).toMatchObject({ state: 'accepted', venueOrderId: order.venueOrderId });
  });

  test('fills that the stream lost are applied once', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    const fill = { type: 'fill', clientOrderId, fills: desk.venue.fills } as const;
    for (let times = 0; times < 2; times += 1) {
      expect(await perform(desk, fill)).toBe(`fills of ${clientOrderId}: 1`);
    }
    expect(await desk.store.fills({ account })).toHaveLength(desk.venue.fills.length);
  });

  test('an order that has ended by our record and is open at the venue is cancelled there', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const { venueOrderId } = await openOf(desk);
    const cancel = { type: 'cancel', clientOrderId, venueOrderId, symbol } as const;
    const said = `cancel of ${clientOrderId}, which has ended by our record:`;
    expect(await perform(desk, cancel)).toBe(`${said} canceled`);
    expect(desk.venue.openFor(symbol)).toBe(false);
    expect(await perform(desk, cancel)).toBe(`${said} failed`);
  });
});

describe('orders and fills of others (orders.md 7, 8)', () => {
  test('are in a book of their own, whole, and never deleted', async () => {
    const desk = openDesk();
    desk.venue.tradeByHand(symbol, 'buy', '0.5');
    const adopt = { type: 'adopt', orders: [], fills: desk.venue.fills } as const;
    const count = desk.venue.fills.length;
    expect(await perform(desk, adopt)).toBe(`adopted 0 orders and ${count} fills of others`);
    const held = (await desk.store.ledgerTotals(account)).filter(({ ledgerAccount }) => ledgerAccount === 'assets');
    expect(held.map(({ asset, book }) => [asset, book])).toEqual([
      ['BTC', 'unassigned'],
      ['USDT', 'unassigned'],
    ]);
    // A thousandth of it is the fee.
    expect(held[0]?.amount).toBe('0.4995');
    await perform(desk, adopt);
    expect((await desk.store.ledgerTotals(account)).filter(({ ledgerAccount }) => ledgerAccount === 'assets')).toEqual(
      held,
    );
  });

  test('an order that rests is known from then on', async () => {
    const desk = openDesk();
    const intent = limitOrder('others', '90');
    await desk.run(desk.exchange.createOrder(intent, { timestampMs: desk.nowMs(), deadlineMs: desk.nowMs() + 5_000 }));
    const order = await openOf(desk);
    expect(await perform(desk, { type: 'adopt', orders: [order], fills: [] })).toBe(
      'adopted 1 orders and 0 fills of others',
    );
    expect(await desk.row('others')).toMatchObject({ state: 'accepted', ownerWorkflowId: '' });
  });

  test('a fill of a market that the venue does not name is not booked, and neither is what came with it', async () => {
    const desk = openDesk();
    desk.venue.tradeByHand(symbol, 'buy', '0.5');
    const [fill] = desk.venue.fills;
    if (fill === undefined) throw new Error('no fill');
    const odd = { ...fill, symbol: 'DOGE/USDT', tradeId: '9999' };
    const adopt = { type: 'adopt', orders: [], fills: [fill, odd] } as const;
    await expect(perform(desk, adopt)).rejects.toMatchObject({ code: 'BadInput', place: { found: 'DOGE/USDT' } });
    expect(await desk.store.fills({ account })).toEqual([]);
  });
});
