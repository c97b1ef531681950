import { describe, expect, test } from 'vitest';
import { applyEvent, marketOf, storedOrder } from '../../../core/order-desk/apply-event.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import type { OrderEvent } from '../../../core/orders/order-machine.ts';
import { netIntents } from '../../../core/orders/netting.ts';
import { fillOf, idOf } from '../../contracts/order-fixtures.ts';
import {
  account,
  failing,
  failureOf,
  limitOrder,
  losingAnswers,
  openDesk,
  symbol,
  type TestDesk,
} from './desk-fixtures.ts';

/** An order that is sent and whose answer is lost, and two thirds of it as its venue's stream tells them. */
async function sentOrder() {
  const desk = openDesk();
  await desk.send(limitOrder('a', '90', { amount: '0.03' }), losingAnswers(desk.exchange));
  return desk;
}

const trade = (tradeId: string, change = {}) =>
  fillOf(tradeId, { price: '90', quoteAmount: '0.9', fee: '0', venueOrderId: '1007', ...change });

const filled = (...ids: readonly string[]): OrderEvent => ({ type: 'filled', fills: ids.map((id) => trade(id)) });

const apply = ({ desk, run }: TestDesk, event: OrderEvent, change: Partial<OrderDesk> = {}) =>
  run(applyEvent({ ...desk, ...change }, idOf('a'), event));

/** The store, where somebody else writes an order right before each of the next writes of this desk. */
function raced({ desk, store }: TestDesk, events: readonly OrderEvent[]) {
  const left = [...events];
  let applies = 0;
  const write: OrderDesk['orders']['apply'] = async (change) => {
    applies += 1;
    const event = left.shift();
    if (event !== undefined) await applyEvent(desk, change.clientOrderId, event);
    return store.apply(change);
  };
  return { orders: { ...store, apply: write }, applies: () => applies };
}

describe('what becomes known of an order is one step of its machine in the store (orders.md 4)', () => {
  test('fills are applied with their postings, and the row after them comes back', async () => {
    const desk = await sentOrder();
    const record = await apply(desk, filled('1', '2'));
    expect(record).toMatchObject({ state: 'partiallyFilled', appliedExecuted: '0.02', venueExecuted: '0.02' });
    expect(await desk.row('a')).toEqual(record);
    const assets = (await desk.store.ledgerTotals(account)).filter(({ ledgerAccount }) => ledgerAccount === 'assets');
    expect(assets.map(({ asset, book, amount }) => [asset, book, amount])).toEqual([
      ['BTC', 'STR-001', '0.02'],
      ['USDT', 'STR-001', '-1.8'],
    ]);
  });

  test('one reading and one writing; alerts are read only where there is one', async () => {
    const desk = await sentOrder();
    const asked: string[] = [];
    const noting = (name: 'order' | 'apply' | 'alerts') => (argument: never) => {
      asked.push(name);
      return desk.store[name](argument) as never;
    };
    const orders = { ...desk.store, order: noting('order'), apply: noting('apply'), alerts: noting('alerts') };
    await apply(desk, filled('1'), { orders });
    expect(asked).toEqual(['order', 'apply']);
    await apply(desk, { type: 'filled', fills: [trade('1', { amount: '0.02' })] }, { orders });
    expect(asked).toEqual(['order', 'apply', 'order', 'alerts', 'apply']);
  });

  test('the same again changes nothing, however often it comes', async () => {
    const desk = await sentOrder();
    const once = await apply(desk, filled('1'));
    expect(await apply(desk, filled('1'))).toEqual(once);
    expect(await apply(desk, filled('1', '1'))).toEqual(once);
    expect(await desk.store.fills({ account })).toHaveLength(1);
  });

  test('a trade that comes again with other numbers is told once, and halts nothing by itself', async () => {
    const desk = await sentOrder();
    await apply(desk, filled('1'));
    const other: OrderEvent = { type: 'filled', fills: [trade('1', { amount: '0.02' })] };
    for (let times = 0; times < 3; times += 1) {
      expect(await apply(desk, other)).toMatchObject({ appliedExecuted: '0.01' });
    }
    expect(await desk.store.alerts({ account })).toMatchObject([{ key: `${idOf('a')}:otherNumbers:1` }]);
  });

  test('a second order under its id halts the symbol once: whoever resumed it is not stopped by the same news', async () => {
    const desk = await sentOrder();
    await apply(desk, filled('1'));
    const doubled: OrderEvent = { type: 'filled', fills: [trade('9', { venueOrderId: '666' })] };
    await apply(desk, doubled);
    expect((await desk.store.accountState(account)).haltedSymbols).toMatchObject([{ symbol }]);
    await desk.store.resumeSymbol(account, symbol, { reason: 'seen', by: 'me' }, desk.nowMs());
    await apply(desk, { type: 'filled', fills: [trade('10', { venueOrderId: '666' })] });
    expect((await desk.store.accountState(account)).haltedSymbols).toEqual([]);
    expect(await desk.store.alerts({ account })).toHaveLength(1);
  });

  test('fills of a group’s order are its members’', async () => {
    const desk = openDesk();
    const wants = (['a', 'b'] as const).map((id) => ({
      intentId: id,
      book: id,
      symbol,
      side: 'buy' as const,
      amount: '1',
    }));
    const [plan] = netIntents(wants, account, desk.nowMs());
    if (plan === undefined) throw new Error('no group');
    await desk.store.putGroup(plan.group);
    await desk.send(limitOrder('a', '90', { book: plan.group.groupId, amount: '2' }));
    await apply(desk, { type: 'filled', fills: [trade('1', { amount: '1' })] });
    const btc = (await desk.store.ledgerTotals(account)).filter(
      (t) => t.asset === 'BTC' && t.ledgerAccount === 'assets',
    );
    expect(btc.map(({ book, amount }) => [book, amount])).toEqual([
      ['a', '0.5'],
      ['b', '0.5'],
    ]);
  });
});

describe('writers of one order race', () => {
  test('who loses reads anew, and nothing is lost or booked twice', async () => {
    const desk = await sentOrder();
    const { orders, applies } = raced(desk, [filled('1'), filled('2')]);
    const record = await apply(desk, filled('2', '3'), { orders });
    expect(applies()).toBe(3);
    expect(record).toMatchObject({ state: 'filled', appliedExecuted: '0.03' });
    expect((await desk.store.fills({ account })).map(({ tradeId }) => tradeId)).toEqual(['1', '2', '3']);
  });

  test('news that somebody else wrote meanwhile is no news', async () => {
    const desk = await sentOrder();
    const { orders, applies } = raced(desk, [filled('1')]);
    expect(await apply(desk, filled('1'), { orders })).toMatchObject({ appliedExecuted: '0.01', version: 4 });
    expect(applies()).toBe(1);
  });

  test('an order that changes at each try is given up after 20 of them', async () => {
    const desk = await sentOrder();
    const events = Array.from({ length: 30 }, (_, index) => filled(`other-${index}`));
    const { orders, applies } = raced(desk, events);
    await expect(apply(desk, filled('mine'), { orders })).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(applies()).toBe(20);
    const ids = (await desk.store.fills({ account })).map(({ tradeId }) => tradeId);
    expect(ids).not.toContain('mine');
  });
});

describe('what cannot be applied', () => {
  test('an id that was never stored', async () => {
    const { store } = openDesk();
    await expect(storedOrder(store, idOf('nobody'))).rejects.toMatchObject({
      code: 'NotFound',
      place: { path: 'clientOrderId', found: idOf('nobody') },
    });
  });

  test('a market that the venue has not, with the nearest that it has', async () => {
    const { exchange } = openDesk();
    expect(await marketOf(exchange, 'ETH/USDT')).toMatchObject({ base: 'ETH' });
    await expect(marketOf(exchange, 'BTC/USTD')).rejects.toMatchObject({
      code: 'BadInput',
      message: expect.stringContaining('binance has no such market'),
      place: { path: 'symbol', found: 'BTC/USTD', nearest: 'BTC/USDT' },
    });
    await expect(marketOf(exchange, 'entirely different')).rejects.toSatisfy(
      (thrown: { place: object }) => !('nearest' in thrown.place),
    );
  });

  test('while the venue does not say its markets nothing is written', async () => {
    const desk = await sentOrder();
    const exchange = failing(desk.exchange, { markets: 1 }, failureOf('maintenance'));
    await expect(apply(desk, filled('1'), { exchange })).rejects.toMatchObject({ code: 'NotReachable' });
    expect(await desk.row('a')).toMatchObject({ state: 'unknown', appliedExecuted: '0' });
    expect(await apply(desk, filled('1'), { exchange })).toMatchObject({ appliedExecuted: '0.01' });
  });

  test('a fill with a damaged number is refused, and nothing of its event is written', async () => {
    const desk = await sentOrder();
    const event: OrderEvent = { type: 'filled', fills: [trade('1'), trade('2', { amount: '0.0.1' })] };
    await expect(apply(desk, event)).rejects.toMatchObject({ code: 'BadInput' });
    expect(await desk.row('a')).toMatchObject({ state: 'unknown', appliedExecuted: '0' });
    expect(await desk.store.fills({ account })).toEqual([]);
  });
});
