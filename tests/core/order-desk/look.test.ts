import { describe, expect, test } from 'vitest';
import { findOrder, isFound, sightingEvent } from '../../../core/order-desk/look.ts';
import { fillOf, idOf, venueOrderOf } from '../../contracts/order-fixtures.ts';
import { counted, failing, failureOf, limitOrder, losingAnswers, marketOrder, openDesk } from './desk-fixtures.ts';

describe('one look, by our id or the venue’s, never by size (orders.md 4)', () => {
  test('an order whose answer was lost is found by our id', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'), losingAnswers(desk.exchange));
    const sighting = await desk.run(findOrder(desk.exchange, record));
    expect(isFound(sighting)).toBe(true);
    expect(sightingEvent(sighting)).toMatchObject({ type: 'sighted', order: { clientOrderId: idOf('a') }, fills: [] });
  });

  test('where the venue forgets the ids of filled orders, its fills are found', async () => {
    const desk = openDesk({ name: 'okx', forgetsFilledIds: true });
    const { record } = await desk.send(marketOrder('a'), losingAnswers(desk.exchange));
    const sighting = await desk.run(findOrder(desk.exchange, record));
    expect(sighting.order).toBeUndefined();
    expect(isFound(sighting)).toBe(true);
    expect(sightingEvent(sighting)).toEqual({ type: 'filled', fills: desk.venue.fills });
  });

  test('fills are looked for since 5 s before the signed timestamp; without one, since the row', async () => {
    const desk = openDesk();
    const { exchange, args } = counted(desk.exchange);
    const initialized = await desk.put(limitOrder('a', '90'));
    await desk.wait(7_000);
    await desk.run(findOrder(exchange, initialized));
    expect(args.get('findOrder')?.[0]).toEqual({
      symbol: 'BTC/USDT',
      clientOrderId: idOf('a'),
      sinceMs: initialized.createdMs,
    });
    const { record } = await desk.send(limitOrder('b', '90'));
    await desk.run(findOrder(exchange, record));
    const { submission, venueOrderId } = record;
    expect(args.get('findOrder')?.[0]).toMatchObject({ sinceMs: (submission?.timestampMs ?? 0) - 5_000, venueOrderId });
  });

  test('stops when its caller does', async () => {
    const desk = openDesk();
    const { exchange, args } = counted(desk.exchange);
    const record = await desk.put(limitOrder('a', '90'));
    const { signal } = new AbortController();
    await desk.run(findOrder(exchange, record, signal));
    expect(args.get('findOrder')?.[1]).toEqual({ signal });
  });

  test('one that failed says so, and says nothing of the order', async () => {
    const desk = openDesk();
    const record = await desk.put(limitOrder('a', '90'));
    const through = failing(desk.exchange, { findOrder: 1 }, failureOf('maintenance', '-1016', 'closed'));
    await expect(desk.run(findOrder(through, record))).rejects.toMatchObject({ code: 'NotReachable' });
  });

  test.each([
    [{ fills: [] }, false],
    [{ order: venueOrderOf('1'), fills: [] }, true],
    [{ fills: [fillOf('1')] }, true],
  ])('%j is found: %j', (sighting, expected) => expect(isFound(sighting)).toBe(expected));
});
