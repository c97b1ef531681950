import { describe, expect, test } from 'vitest';
import { applyEvent } from '../../../core/order-desk/apply-event.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { appliedByOrder, loadGuard, positionsBySymbol, readTogether } from '../../../core/order-desk/load-guard.ts';
import { recentOrders } from '../../../core/order-desk/open-records.ts';
import { entriesOf } from '../../../core/orders/ledger.ts';
import { units } from '../../../core/orders/amount.ts';
import type { Market } from '../../../core/ports/exchange.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import { fillOf, idOf, intentOf, orderRecordOf } from '../../contracts/order-fixtures.ts';
import { limits } from '../orders/guard-fixtures.ts';
import {
  account,
  failing,
  failureOf,
  limitOrder,
  losingAnswers,
  marketOrder,
  openDesk,
  symbol,
  type TestDesk,
} from './desk-fixtures.ts';

const load = ({ desk, run }: TestDesk, change: Partial<OrderDesk> = {}) =>
  run(loadGuard({ ...desk, ...change }, limits));

const part = (tradeId: string, amount: string) =>
  fillOf(tradeId, { amount, quoteAmount: amount, fee: '0', venueOrderId: '1' });

describe('the guard anew from the store (orders.md 6)', () => {
  test('what is under way is reserved, what is settled is position, and the account’s mode is its own', async () => {
    const desk = openDesk();
    await desk.send(marketOrder('bought', { amount: '2' }));
    await desk.send(marketOrder('sold', { side: 'sell', amount: '0.5' }));
    await desk.send(limitOrder('rests', '90'));
    await desk.send(limitOrder('unknown', '80'), losingAnswers(desk.exchange));
    await desk.put(limitOrder('waits', '70'));
    await desk.store.deny(idOf('waits'), 'x', 1);
    await desk.store.haltSymbol(account, 'ETH/USDT', 'odd', 1);
    await desk.store.setMode(account, 'REDUCING', { reason: 'too hot', by: 'me', person: true }, 1, 1);
    const state = await load(desk);
    expect(state).toMatchObject({
      account,
      limits,
      timing: { receiveWindowMs: 5_000, engineTimeMs: 0 },
      mode: 'REDUCING',
      reason: 'too hot',
      haltedSymbols: [{ symbol: 'ETH/USDT', reason: 'odd' }],
      positions: { [symbol]: '1.5' },
    });
    expect(state.reservations.map(({ clientOrderId }) => clientOrderId).toSorted()).toEqual(
      [idOf('rests'), idOf('unknown')].toSorted(),
    );
    expect(state.recentGrantsMs).toHaveLength(4);
    expect(state.prices[symbol]).toBe('100');
  });

  test('what is applied of an order under way is not position yet', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90', { amount: '2' }));
    await desk.run(applyEvent(desk.desk, idOf('a'), { type: 'filled', fills: [part('1', '0.5')] }));
    expect((await load(desk)).positions).toEqual({});
    await desk.run(applyEvent(desk.desk, idOf('a'), { type: 'filled', fills: [part('2', '1.5')] }));
    expect((await load(desk)).positions).toEqual({ [symbol]: '2' });
  });

  test('a host’s clock that was set two hours off, and two hours the other way, loses nothing of the day', async () => {
    const desk = openDesk();
    await desk.send(marketOrder('bought', { amount: '2' }));
    const counted = (await load(desk)).notionalByMinute;
    expect(counted).toHaveLength(1);
    // By it the order is nearly 28 h old: the venue knows that it is of this minute.
    const nowMs = () => desk.nowMs() + 27.9 * 3_600_000;
    expect((await load(desk, { nowMs })).notionalByMinute).toEqual(counted);
  });

  test.each(['serverTimeMs', 'markets', 'referencePrice'] as const)('without %s it does not start', async (name) => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90'));
    const exchange = failing(desk.exchange, { [name]: 1 }, failureOf('maintenance', '', 'closed'));
    await expect(load(desk, { exchange })).rejects.toMatchObject({ code: 'NotReachable', message: 'closed' });
    expect((await load(desk, { exchange })).reservations).toHaveLength(1);
  });

  test.each<[string, (row: OrderRecord) => OrderRecord]>([
    ['what is applied', (row) => ({ ...row, appliedExecuted: '0.5x' })],
    ['its amount', (row) => ({ ...row, intent: { ...row.intent, amount: '0.5x' } })],
    ['its price', (row) => ({ ...row, intent: { ...row.intent, price: '0.5x' } })],
  ])('a row that is damaged in %s: it does not start, rather than count it as nothing', async (_, damage) => {
    const desk = openDesk();
    await desk.send(marketOrder('bought'));
    const { record } = await desk.send(limitOrder('a', '90'));
    desk.store.held.state.orders.set(idOf('a'), { record: damage(record), adopted: false, lastChange: '' });
    await expect(load(desk)).rejects.toMatchObject({ code: 'BadInput', place: { found: '0.5x' } });
  });
});

describe('rows and positions of one moment', () => {
  /** The store, where something happens right before each of the next readings of the ledger. */
  function meanwhile(desk: TestDesk, happenings: readonly (() => Promise<unknown>)[]) {
    const left = [...happenings];
    let readings = 0;
    const ledgerTotals: OrderDesk['orders']['ledgerTotals'] = async (name) => {
      readings += 1;
      await left.shift()?.();
      return desk.store.ledgerTotals(name);
    };
    return { orders: { ...desk.store, ledgerTotals }, readings: () => readings };
  }

  const filled = (desk: TestDesk, tradeId: string, amount: string) => () =>
    applyEvent(desk.desk, idOf('a'), { type: 'filled', fills: [part(tradeId, amount)] });

  const read = (desk: TestDesk, orders: OrderDesk['orders']) =>
    desk.run(readTogether({ ...desk.desk, orders }, () => recentOrders(orders, account, desk.nowMs())));

  test('a fill that is applied between the two readings counts once', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90', { amount: '2' }));
    const { orders, readings } = meanwhile(desk, [filled(desk, '1', '0.5'), filled(desk, '2', '0.25')]);
    const { records, ledgerPositions } = await read(desk, orders);
    expect(readings()).toBe(3);
    expect(ledgerPositions).toEqual({ [symbol]: '0.75' });
    expect(appliedByOrder(records)).toEqual({ [idOf('a')]: '0.75' });
  });

  test('an order that comes between them is read too', async () => {
    const desk = openDesk();
    const { orders } = meanwhile(desk, [() => desk.put(limitOrder('a', '90'))]);
    expect((await read(desk, orders)).records).toHaveLength(1);
  });

  test('a desk that changes all the time is given up after 20 readings', async () => {
    const desk = openDesk();
    await desk.send(limitOrder('a', '90', { amount: '100' }));
    const happenings = Array.from({ length: 30 }, (_, index) => filled(desk, `${index}`, '0.01'));
    const { orders, readings } = meanwhile(desk, happenings);
    await expect(read(desk, orders)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(readings()).toBe(20);
  });
});

describe('what the desk has bought and sold, by symbol', () => {
  test('what was deposited is no position, and neither is the quote that trades took', async () => {
    const desk = openDesk();
    const common = { transactionId: 'd', account, book: 'unassigned', symbol: '', source: 'd', venueMs: 1 };
    await desk.store.postEntries(entriesOf([['assets', 'external', 'BTC', units('1000')]], common));
    await desk.send(marketOrder('a', { side: 'sell', amount: '0.25' }));
    await desk.send(marketOrder('b', { symbol: 'ETH/USDT', amount: '3' }));
    expect(await desk.run(positionsBySymbol(desk.desk, []))).toEqual({ [symbol]: '-0.25', 'ETH/USDT': '3' });
  });

  test('what is flat again is left out', async () => {
    const desk = openDesk();
    await desk.send(marketOrder('a', { side: 'sell', amount: '0.25' }));
    await desk.send(marketOrder('b', { side: 'buy', amount: '0.25' }));
    expect(await desk.run(positionsBySymbol(desk.desk, []))).toEqual({});
  });

  test('books add up to the account: what one bought and another sold is flat', async () => {
    const desk = openDesk();
    await desk.send(marketOrder('a', { book: 'one', amount: '0.5' }));
    await desk.send(marketOrder('b', { book: 'another', amount: '0.25' }));
    expect(await desk.run(positionsBySymbol(desk.desk, []))).toEqual({ [symbol]: '0.75' });
    await desk.send(marketOrder('c', { book: 'third', side: 'sell', amount: '0.75' }));
    expect(await desk.run(positionsBySymbol(desk.desk, []))).toEqual({});
  });

  /** The venue with one more market of the same base, and a perpetual. */
  const withMarkets = ({ exchange }: TestDesk): OrderDesk['exchange'] => ({
    ...exchange,
    markets: async () => {
      const [btc, ...others] = await exchange.markets();
      if (btc === undefined) throw new Error('no market');
      const perpetual: Market = { ...btc, symbol: 'BTC/USDT:USDT', settle: 'USDT' };
      return [perpetual, { ...btc, symbol: 'BTC/EUR', quote: 'EUR' }, btc, ...others];
    },
  });

  test('of several markets of a base it is the one that is traded, else the first', async () => {
    const desk = openDesk();
    const { record } = await desk.send(marketOrder('a'));
    const exchange = withMarkets(desk);
    expect(await desk.run(positionsBySymbol({ ...desk.desk, exchange }, [record]))).toEqual({ [symbol]: '1' });
    expect(await desk.run(positionsBySymbol({ ...desk.desk, exchange }, []))).toEqual({ 'BTC/EUR': '1' });
  });

  test('a perpetual’s position is the ledger’s, and adds to nothing of spot', async () => {
    const desk = openDesk();
    await desk.send(marketOrder('a'));
    const common = { transactionId: 'p', account, book: 'b', symbol: 'BTC/USDT:USDT', source: 'p', venueMs: 1 };
    await desk.store.postEntries(entriesOf([['positions', 'trading', 'BTC/USDT:USDT', units('-2')]], common));
    const exchange = withMarkets(desk);
    expect(await desk.run(positionsBySymbol({ ...desk.desk, exchange }, [await desk.row('a')]))).toEqual({
      [symbol]: '1',
      'BTC/USDT:USDT': '-2',
    });
  });

  test('an asset that no market has is no position', async () => {
    const desk = openDesk();
    const common = { transactionId: 'x', account, book: 'b', symbol: '', source: 'x', venueMs: 1 };
    await desk.store.postEntries(entriesOf([['assets', 'trading', 'DOGE', units('5')]], common));
    expect(await desk.run(positionsBySymbol(desk.desk, []))).toEqual({});
  });
});

test('what the ledger holds of orders under way has the sign of their side', () => {
  const rowOf = (name: string, side: 'buy' | 'sell', appliedExecuted: string) =>
    orderRecordOf(intentOf(name, { side }), 'partiallyFilled', { appliedExecuted });
  expect(appliedByOrder([rowOf('a', 'buy', '0.50'), rowOf('b', 'sell', '0.2'), rowOf('c', 'sell', '0')])).toEqual({
    [idOf('a')]: '0.5',
    [idOf('b')]: '-0.2',
    [idOf('c')]: '0',
  });
});
