import { describe, expect, test } from 'vitest';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import { noMemory, reconcileAccount, type ReconcileOptions } from '../../../core/order-desk/reconcile-account.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { idOf, owner } from '../../contracts/order-fixtures.ts';
import { account, counted, failing, limitOrder, losingAnswers, marketOrder, symbol } from './desk-fixtures.ts';
import { openKeeper } from './keeper-stand.ts';

type Keeper = Awaited<ReturnType<typeof openKeeper>>;

/** One reconciliation that remembers nothing of others but what is said. */
function once({ desk, run }: Keeper, options: Partial<ReconcileOptions> = {}, change: Partial<OrderDesk> = {}) {
  const { signal } = new AbortController();
  const isAlive = () => Promise.resolve(false);
  return run(reconcileAccount({ ...desk, ...change }, { memory: noMemory, whole: true, isAlive, signal, ...options }));
}

const overlapMs = 60_000;
const dayMs = 86_400_000;

/** Where each question about fills began. */
function askedFrom(exchange: Exchange) {
  const asked: Record<string, number> = {};
  const fillsSince: Exchange['fillsSince'] = (market, sinceMs, ...rest) => {
    asked[market] ??= sinceMs;
    return exchange.fillsSince(market, sinceMs, ...rest);
  };
  return { exchange: { ...exchange, fillsSince }, asked };
}

describe('orders, then fills, then what it holds (orders.md 8)', () => {
  test('between whole ones only orders are asked for, and what is remembered stays', async () => {
    const keeper = await openKeeper();
    await keeper.send(limitOrder('a', '90'));
    keeper.somebodyTrades('sell', '90', '40');
    const { exchange, calls } = counted(keeper.exchange);
    const drift = [{ ledgerAccount: 'assets', asset: 'BTC', difference: '1' }] as const;
    const memory = { ...noMemory, drift, fillsFromMs: { [symbol]: 7 } };
    const report = await once(keeper, { whole: false, memory }, { exchange });
    expect(report.done).toEqual([`looked at ${idOf('a')}: filled`]);
    expect(calls).toMatchObject({ openOrders: 1, findOrder: 1 });
    expect([calls.fillsSince, calls.balances]).toEqual([undefined, undefined]);
    expect(report).toMatchObject({ drift, corrections: 0, hasSeenAll: true, openOrders: [] });
    expect(report.memory.drift).toEqual(drift);
    expect(report.memory.fillsFromMs).toEqual({ [symbol]: 7 });
    // What was under way, as it is now.
    expect(report.records).toMatchObject([{ state: 'filled', appliedExecuted: '1' }]);
  });

  test('fills that no stream told are booked, and the next question begins a minute before the newest', async () => {
    const keeper = await openKeeper();
    await keeper.send(limitOrder('a', '90'));
    keeper.somebodyTrades('sell', '90', '40');
    const { exchange, asked } = askedFrom(keeper.exchange);
    const { memory } = await once(keeper, {}, { exchange });
    expect(await keeper.row('a')).toMatchObject({ state: 'filled', appliedExecuted: '1' });
    const lastMs = Math.max(...keeper.venue.fills.map(({ venueMs }) => venueMs));
    expect(asked[symbol]).toBeLessThanOrEqual(keeper.nowMs() - dayMs);
    expect(asked[symbol]).toBeGreaterThan(keeper.nowMs() - dayMs - 5_000);
    expect(memory.fillsFromMs).toEqual({ [symbol]: lastMs - overlapMs });
    const second = askedFrom(keeper.exchange);
    await once(keeper, { memory }, { exchange: second.exchange });
    expect(second.asked).toEqual({ [symbol]: lastMs - overlapMs });
  });

  test('what is booked is not asked for again, however old its order’s first fill is', async () => {
    const keeper = await openKeeper();
    await keeper.send(marketOrder('a'));
    await keeper.wait(100_000);
    await keeper.send(marketOrder('b'));
    const { memory } = await once(keeper);
    expect(memory.fillsFromMs).toEqual({ [symbol]: (keeper.venue.fills.at(-1)?.venueMs ?? 0) - overlapMs });
  });

  test('a fill of an order of ours that ended long ago is that order’s, not of others', async () => {
    const keeper = await openKeeper();
    const { record } = await keeper.send(limitOrder('a', '90'));
    const old = { ...record, state: 'canceled' as const, createdMs: record.createdMs - 2 * dayMs };
    keeper.store.held.state.orders.set(idOf('a'), { record: old, adopted: false, lastChange: '' });
    keeper.somebodyTrades('sell', '90', '40');
    const { failures } = await once(keeper, { memory: { ...noMemory, fillsFromMs: { [symbol]: 0 } } });
    expect(failures).toEqual([]);
    expect(await keeper.row('a')).toMatchObject({ state: 'canceled', appliedExecuted: '1' });
    const books = (await keeper.store.ledgerTotals(account)).filter(
      ({ ledgerAccount, asset }) => ledgerAccount === 'trading' && asset === 'BTC',
    );
    expect(books.map(({ book }) => book)).toEqual(['STR-001']);
  });

  test('a market stays asked for while it is remembered, though its orders are old', async () => {
    const keeper = await openKeeper();
    const { exchange, asked } = askedFrom(keeper.exchange);
    await once(keeper, { memory: { ...noMemory, fillsFromMs: { 'ETH/USDT': 5 } } }, { exchange });
    expect(asked).toEqual({ 'ETH/USDT': 5 });
  });

  test('fills that cannot be booked yet are asked for again, with all after them', async () => {
    const keeper = await openKeeper();
    keeper.venue.tradeByHand(symbol, 'buy', '0.5');
    const [first] = keeper.venue.fills;
    await keeper.wait(100_000);
    await keeper.send(marketOrder('a'));
    const adopt: OrderDesk['orders']['adopt'] = () => Promise.reject(new Error('locked'));
    const { memory, failures } = await once(keeper, {}, { orders: { ...keeper.store, adopt } });
    expect(failures).toEqual(['adopt: locked']);
    expect(memory.fillsFromMs).toEqual({ [symbol]: first?.venueMs });
    expect((await once(keeper, { memory })).failures).toEqual([]);
    expect(await keeper.held('BTC')).toHaveLength(2);
  });

  test('an order of ours that ended long ago and that the venue still has open is known as ours', async () => {
    const keeper = await openKeeper();
    const { record } = await keeper.send(limitOrder('a', '90'));
    const old = { ...record, state: 'canceled' as const, createdMs: record.createdMs - 2 * dayMs };
    keeper.store.held.state.orders.set(idOf('a'), { record: old, adopted: false, lastChange: '' });
    const { done } = await once(keeper);
    expect(done).toContain(`cancel of ${idOf('a')}, which has ended by our record: canceled`);
    expect(keeper.venue.openFor(symbol)).toBe(false);
    expect((await keeper.row('a')).ownerWorkflowId).toBe(owner);
  });
});

describe('who drives an order', () => {
  test.each([true, false])('its workflow is alive: %j', async (alive) => {
    const keeper = await openKeeper();
    await keeper.send(limitOrder('a', '90'), losingAnswers(keeper.exchange));
    await keeper.send(marketOrder('ended'));
    const asked: string[] = [];
    const isAlive = (workflowId: string) => {
      asked.push(workflowId);
      return Promise.resolve(alive);
    };
    const { done } = await once(keeper, { isAlive });
    expect(asked).toEqual([owner]);
    expect(done.some((text) => text.startsWith(`resolved ${idOf('a')}`))).toBe(!alive);
  });

  test('of adopted orders nobody is asked', async () => {
    const keeper = await openKeeper();
    const intent = limitOrder('others', '90');
    const submission = { timestampMs: keeper.nowMs(), deadlineMs: keeper.nowMs() + 5_000 };
    await keeper.run(keeper.exchange.createOrder(intent, submission));
    expect((await once(keeper)).done).toEqual(['adopted 1 orders and 0 fills of others']);
    const isAlive = (workflowId: string) => Promise.reject(new Error(`asked for "${workflowId}"`));
    expect((await once(keeper, { isAlive })).records).toMatchObject([{ state: 'accepted', ownerWorkflowId: '' }]);
  });

  test('of orders that have ended nobody is asked', async () => {
    const keeper = await openKeeper();
    await keeper.send(marketOrder('ended'));
    const isAlive = () => Promise.reject(new Error('not to be asked'));
    expect((await once(keeper, { isAlive })).failures).toEqual([]);
  });
});

describe('a failed query is not "flat" (orders.md 8)', () => {
  test.each(['openOrders', 'fillsSince', 'balances'] as const)('%s', async (name) => {
    const keeper = await openKeeper();
    await keeper.send(limitOrder('a', '90'));
    keeper.venue.deposit('BTC', '1');
    const memory = { ...noMemory, fillsFromMs: { [symbol]: 7 }, missing: { x: 1 } };
    const exchange = failing(keeper.exchange, { [name]: 1 });
    const report = await once(keeper, { memory }, { exchange });
    expect(report.hasSeenAll).toBe(false);
    expect(report.failures).toHaveLength(1);
    expect(await keeper.row('a')).toMatchObject({ state: 'accepted' });
    expect(report.openOrders === undefined).toBe(name === 'openOrders');
    expect(report.memory.missing).toEqual(name === 'openOrders' ? { x: 1 } : {});
    expect(report.memory.fillsFromMs).toEqual({ [symbol]: 7 });
    expect(report.drift).toHaveLength(name === 'balances' ? 0 : 1);
  });

  test('one thing that fails keeps nothing else from being done', async () => {
    const keeper = await openKeeper();
    await keeper.send(limitOrder('a', '90'));
    await keeper.send(limitOrder('b', '80'));
    keeper.somebodyTrades('sell', '90', '40');
    await keeper.run(keeper.exchange.cancelOrder({ symbol, clientOrderId: idOf('b') }));
    const exchange = failing(keeper.exchange, { findOrder: 1 }, 'odd');
    const { failures, done } = await once(keeper, { whole: false }, { exchange });
    expect(failures).toEqual(['look: odd']);
    // The newest is looked at first.
    expect(done).toEqual([`looked at ${idOf('a')}: filled`]);
  });

  test('whoever reconciles may stop', async () => {
    const keeper = await openKeeper();
    await keeper.send(limitOrder('a', '90'));
    keeper.somebodyTrades('sell', '90', '40');
    const stop = new AbortController();
    const stopped = new Error('stopped');
    const findOrder = () => {
      stop.abort(stopped);
      return Promise.reject(new TypeError('aborted'));
    };
    const exchange = { ...keeper.exchange, findOrder };
    await expect(once(keeper, { whole: false, signal: stop.signal }, { exchange })).rejects.toBe(stopped);
  });
});

describe('what the venue holds and no order explains', () => {
  test('is drift at first, booked when it stays, and then explained', async () => {
    const keeper = await openKeeper();
    keeper.venue.deposit('BTC', '1.5');
    const difference = { ledgerAccount: 'assets', asset: 'BTC', difference: '1.5' };
    expect(await keeper.reconcile()).toMatchObject({ drift: [difference], corrections: 0 });
    expect(await keeper.reconcile()).toMatchObject({ drift: [difference], corrections: 1 });
    expect(await keeper.reconcile()).toMatchObject({ drift: [], corrections: 0 });
    expect(await keeper.held('BTC')).toEqual(['1001.5']);
    // The same again is another one, not the one that is booked.
    keeper.venue.deposit('BTC', '1.5');
    await keeper.reconcile();
    expect(await keeper.reconcile()).toMatchObject({ corrections: 1 });
    expect(await keeper.held('BTC')).toEqual(['1003']);
  });

  test('is told before it is booked, with what is booked, and not booked where that fails', async () => {
    const keeper = await openKeeper();
    keeper.venue.deposit('BTC', '1.5');
    const { memory } = await once(keeper);
    const heard: string[] = [];
    const beforeBooking: ReconcileOptions['beforeBooking'] = async (entries) => {
      heard.push(`${entries.map(({ amount }) => amount).join(' ')}, held ${(await keeper.held('BTC')).join()}`);
      if (heard.length === 1) throw new Error('the store is away');
    };
    await expect(once(keeper, { memory, beforeBooking })).rejects.toThrow('the store is away');
    expect(await keeper.held('BTC')).toEqual(['1000']);
    const { booked, corrections } = await once(keeper, { memory, beforeBooking });
    expect(heard).toEqual(['1.5 -1.5, held 1000', '1.5 -1.5, held 1000']);
    expect(await keeper.held('BTC')).toEqual(['1001.5']);
    expect([corrections, booked]).toMatchObject([
      1,
      [
        { ledgerAccount: 'assets', asset: 'BTC', amount: '1.5' },
        { ledgerAccount: 'external', asset: 'BTC', amount: '-1.5' },
      ],
    ]);
  });

  test('one that changes between two looks waits for the next', async () => {
    const keeper = await openKeeper();
    keeper.venue.deposit('BTC', '1');
    await keeper.reconcile();
    keeper.venue.deposit('BTC', '1');
    expect(await keeper.reconcile()).toMatchObject({ corrections: 0 });
    expect(await keeper.reconcile()).toMatchObject({ corrections: 1 });
    expect(await keeper.held('BTC')).toEqual(['1002']);
  });

  test.each([
    ['BTC', 0],
    ['USDT', 0],
    ['ETH', 1],
  ])('an order under way moves both assets of its market: of %s %i are booked', async (asset, corrections) => {
    const keeper = await openKeeper();
    await keeper.send(limitOrder('a', '90'));
    keeper.venue.deposit(asset, '1');
    await keeper.reconcile();
    expect(await keeper.reconcile()).toMatchObject({ drift: [{ asset, difference: '1' }], corrections });
    await keeper.run(keeper.exchange.cancelOrder({ symbol, clientOrderId: idOf('a') }));
    await keeper.reconcile();
    expect(await keeper.reconcile()).toMatchObject({ corrections: 0, drift: [] });
    expect(await keeper.held(asset)).toEqual([asset === 'USDT' ? '1000001' : '1001']);
  });

  test('what an asset that the ledger has not, or the venue no longer, comes to', async () => {
    const keeper = await openKeeper();
    const holds = (amounts: Readonly<Record<string, string>>): Exchange => ({
      ...keeper.exchange,
      balances: () => Promise.resolve(Object.entries(amounts).map(([asset, free]) => ({ asset, free, locked: '0.5' }))),
    });
    const now = holds({ BTC: '999.5', USDT: '999999.5', DOGE: '6.5' });
    await keeper.reconcile(now);
    const { drift, corrections } = await keeper.reconcile(now);
    expect(drift.map(({ asset, difference }) => `${asset} ${difference}`)).toEqual(['ETH -1000', 'DOGE 7']);
    expect(corrections).toBe(2);
    expect(await keeper.held('DOGE')).toEqual(['7']);
    expect(await keeper.held('ETH')).toEqual([]);
  });

  test('a perpetual’s position is held against the venue’s by its symbol', async () => {
    const keeper = await openKeeper();
    const position = { symbol: 'BTC/USDT:USDT', amount: '-0.5', entryPrice: '100', unrealizedPnl: '0', leverage: '1' };
    const perpetual: Exchange = {
      ...keeper.exchange,
      traits: { ...keeper.exchange.traits, hasPositions: true },
      positions: () => Promise.resolve([position]),
    };
    const difference = { ledgerAccount: 'positions', asset: 'BTC/USDT:USDT', difference: '-0.5' };
    expect(await keeper.reconcile(perpetual)).toMatchObject({ drift: [difference] });
    expect(await keeper.reconcile(perpetual)).toMatchObject({ corrections: 1 });
    const held = (await keeper.store.ledgerTotals(account)).filter(
      ({ ledgerAccount }) => ledgerAccount === 'positions',
    );
    expect(held).toMatchObject([{ asset: 'BTC/USDT:USDT', book: 'unassigned', amount: '-0.5' }]);
    expect(await keeper.reconcile(perpetual)).toMatchObject({ drift: [], corrections: 0 });
  });
});
