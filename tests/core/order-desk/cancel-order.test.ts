import { describe, expect, test } from 'vitest';
import { cancelOrder } from '../../../core/order-desk/cancel-order.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import {
  counted,
  failing,
  failureOf,
  limitOrder,
  losingAnswers,
  losingRequests,
  marketOrder,
  openDesk,
  type TestDesk,
} from './desk-fixtures.ts';

const reason = 'a person wants it gone';

const cancel = ({ desk, run }: TestDesk, change: Partial<OrderDesk> = {}) =>
  run(cancelOrder({ ...desk, ...change }, idOf('a'), { reason }));

describe('an order is cancelled wherever it stands', () => {
  test('one that was never submitted is denied, and the venue hears nothing', async () => {
    const desk = openDesk();
    await desk.put(limitOrder('a', '90'));
    const { exchange, calls } = counted(desk.exchange);
    expect(await cancel(desk, { exchange })).toMatchObject({ state: 'denied', reason });
    expect(calls).toEqual({});
  });

  test('one that is submitted in the same moment is cancelled at the venue', async () => {
    const desk = openDesk();
    await desk.put(limitOrder('a', '90'));
    const orders = {
      ...desk.store,
      deny: async (...args: Parameters<OrderDesk['orders']['deny']>) => {
        await desk.send(limitOrder('a', '90'));
        return desk.store.deny(...args);
      },
    };
    expect(await cancel(desk, { orders })).toMatchObject({ state: 'canceled' });
    expect(desk.venue.openFor('BTC/USDT')).toBe(false);
  });

  test.each([
    ['filled', marketOrder('a')],
    ['rejected', limitOrder('a', '90', { amount: '1000000' })],
  ])('one that has ended is left alone: %s', async (state, intent) => {
    const desk = openDesk();
    const { record } = await desk.send(intent);
    const { exchange, calls } = counted(desk.exchange);
    expect(record.state).toBe(state);
    expect(await cancel(desk, { exchange })).toEqual(record);
    expect(calls).toEqual({});
  });

  test('one that rests is gone, and its row says so', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    expect(await cancel(desk)).toMatchObject({ state: 'canceled', venueExecuted: '0' });
    expect(desk.venue.openFor('BTC/USDT')).toBe(false);
  });

  test('one that is filled in part keeps what it has', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '101.5'));
    const { appliedExecuted } = await cancel(desk);
    expect(appliedExecuted).toBe('1');
    await desk.send(limitOrder('b', '90', { amount: '5' }));
    desk.somebodyTrades('sell', '90', '32');
    const record = await desk.run(cancelOrder(desk.desk, idOf('b'), { reason }));
    expect(record).toMatchObject({ state: 'canceled', appliedExecuted: record.venueExecuted });
    expect(Number(record.venueExecuted)).toBeGreaterThan(0);
    expect(Number(record.venueExecuted)).toBeLessThan(5);
  });

  test('the venue’s own id goes along where it is known', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'));
    const { exchange, args } = counted(desk.exchange);
    await cancel(desk, { exchange });
    expect(args.get('cancelOrder')?.[0]).toEqual({
      symbol: 'BTC/USDT',
      clientOrderId: idOf('a'),
      venueOrderId: record.venueOrderId,
    });
    await desk.send(limitOrder('b', '90'), losingAnswers(desk.exchange));
    const { signal } = new AbortController();
    await desk.run(cancelOrder({ ...desk.desk, exchange }, idOf('b'), { reason, signal }));
    expect(args.get('cancelOrder')).toEqual([{ symbol: 'BTC/USDT', clientOrderId: idOf('b') }, { signal }]);
    expect(args.get('findOrder')?.[1]).toEqual({ signal });
  });
});

describe('a cancel’s answer is no evidence: the look after it is (orders.md 5)', () => {
  test('"unknown order" of one that was filled meanwhile: it is filled', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    const record = await cancel(desk);
    expect(record).toMatchObject({ state: 'filled', appliedExecuted: '1' });
  });

  test('the same where the venue has forgotten its id: its fills say so', async () => {
    const desk = openDesk({ name: 'okx', forgetsFilledIds: true });
    await desk.send(limitOrder('a', '90'));
    desk.somebodyTrades('sell', '90', '40');
    expect(await cancel(desk)).toMatchObject({ state: 'filled', appliedExecuted: '1' });
  });

  test('"unknown order" of one that the venue does not show proves nothing: it stays unknown', async () => {
    const desk = openDesk();
    const { record } = await desk.send(limitOrder('a', '90'), losingRequests(desk.exchange));
    expect(await cancel(desk)).toEqual(record);
    expect(record.state).toBe('unknown');
  });

  test.each(['unknown', 'rateLimited', 'maintenance'] as const)(
    '%s is thrown, and the row stays as it is',
    async (kind) => {
      const desk = openDesk();
      const { record } = await desk.send(limitOrder('a', '90'));
      const failure = { kind, code: '-1', message: 'no' };
      const exchange = { ...desk.exchange, cancelOrder: () => Promise.resolve({ kind: 'failed', failure } as const) };
      await expect(cancel(desk, { exchange })).rejects.toMatchObject({
        code: kind === 'rateLimited' ? 'RateLimited' : 'NotReachable',
        message: 'no (-1)',
      });
      expect(await desk.row('a')).toEqual(record);
    },
  );

  test('a cancel that arrived and whose answer was lost is seen by the next one', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const lost: OrderDesk['exchange']['cancelOrder'] = async (...args) => {
      await desk.exchange.cancelOrder(...args);
      return { kind: 'failed', failure: { kind: 'unknown', code: '', message: 'timed out' } };
    };
    await expect(cancel(desk, { exchange: { ...desk.exchange, cancelOrder: lost } })).rejects.toMatchObject({
      code: 'NotReachable',
    });
    expect(await cancel(desk)).toMatchObject({ state: 'canceled' });
  });

  test('a look that fails after a cancel that arrived is thrown: cancelling again does no harm', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const exchange = failing(desk.exchange, { findOrder: 1 }, failureOf('unknown'));
    await expect(cancel(desk, { exchange })).rejects.toMatchObject({ code: 'NotReachable' });
    expect(await cancel(desk, { exchange })).toMatchObject({ state: 'canceled' });
  });

  test('an id that was never stored', async () => {
    await expect(cancel(openDesk())).rejects.toMatchObject({ code: 'NotFound' });
  });
});
