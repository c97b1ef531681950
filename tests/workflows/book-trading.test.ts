import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { booksWorkflowId, createAccountBooks } from '../../adapters/temporal/client/account-books.ts';
import { DeskError } from '../../core/errors.ts';
import { sumText, unitText, units } from '../../core/orders/amount.ts';
import type { Want, WantResult } from '../../core/orders/want.ts';
import { viewQuery, wantResultQuery } from '../../workflows/book-messages.ts';
import { needsServer } from '../temporal-server.ts';
import type { OrderTestDesk } from '../order-desk.ts';
import { orderDesks } from '../order-desks.ts';

const quick = 'reconcile: { orders_every_seconds: 1, positions_every_seconds: 2 }\nnetting: { window_ms: 500 }\n';

const open = orderDesks({ settings: quick });

type Asked = Omit<Want, 'symbol' | 'reason'> & Partial<Want>;

/** Takes it, starting the workflow where there is none. */
const want = (desk: OrderTestDesk, asked: Asked, account = desk.names.spot): Promise<Want> =>
  createAccountBooks({ client: desk.client, taskQueue: desk.queue }).want(account, {
    symbol: 'BTC/USDT',
    reason: 'a test',
    ...asked,
  });

const books = (desk: OrderTestDesk, account = desk.names.spot): WorkflowHandle =>
  desk.client.workflow.getHandle(booksWorkflowId(account));

async function resultOf(desk: OrderTestDesk, intentId: string, account = desk.names.spot): Promise<WantResult> {
  const status = () => books(desk, account).query(wantResultQuery, { intentId });
  await expect.poll(status, { timeout: 60_000 }).toMatchObject({ state: 'ended' });
  const ended = await status();
  if (ended.state !== 'ended') throw new Error('it had ended');
  return ended.result;
}

type Truth = Readonly<{
  venues: Record<string, { accounts: Record<string, { balances: Record<string, { total: string }> }> }>;
}>;

/** By the venue's own word, by asset. */
async function balancesOf(desk: OrderTestDesk): Promise<Record<string, bigint>> {
  const { venues } = (await desk.control('truth')) as Truth;
  const own = venues.binanceSpot?.accounts[desk.exchange.accounts[0]?.id ?? ''];
  return Object.fromEntries(Object.entries(own?.balances ?? {}).map(([asset, { total }]) => [asset, units(total)]));
}

/**
 * What each book of the account has by the ledger, by asset; what those that trade have together, and what all have:
 * `unassigned` has what the account had before, once it was reconciled.
 */
async function holdings(desk: OrderTestDesk, account = desk.names.spot) {
  const totals = (await desk.store.ledgerTotals(account)).filter(({ ledgerAccount }) => ledgerAccount === 'assets');
  const of = (book: string) =>
    Object.fromEntries(totals.filter((total) => total.book === book).map(({ asset, amount }) => [asset, amount]));
  const sums = (counts: (book: string) => boolean): Record<string, bigint> => {
    const together: Record<string, bigint> = {};
    for (const { asset, amount, book } of totals)
      if (counts(book)) together[asset] = (together[asset] ?? 0n) + units(amount);
    return together;
  };
  return { of, traded: sums((book) => book !== 'unassigned'), all: sums(() => true) };
}

/** How much the venue's balances moved, by asset; what did not is left out. */
function moved(before: Readonly<Record<string, bigint>>, after: Readonly<Record<string, bigint>>) {
  const moves = Object.keys({ ...before, ...after }).map((asset): [string, bigint] => [
    asset,
    (after[asset] ?? 0n) - (before[asset] ?? 0n),
  ]);
  return Object.fromEntries(moves.filter(([, amount]) => amount !== 0n));
}

const groupIn = async (desk: OrderTestDesk, intentId: string) => {
  const group = await desk.store.groupOfIntent(intentId);
  if (group === undefined) throw new Error(`${intentId} is in no group`);
  return group;
};

describe('bookTrading', () => {
  needsServer();

  test('equal sides cross inside at the venue’s price, and nothing goes out', async () => {
    const desk = await open();
    const price = await desk.price(desk.names.spot, 'BTC/USDT');
    await Promise.all([
      want(desk, { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.02' }),
      want(desk, { intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.015' }),
      want(desk, { intentId: 'c', book: 'STR-003', side: 'sell', amount: '0.005' }),
    ]);
    const result = await resultOf(desk, 'a');
    expect(result).toMatchObject({ kind: 'done', crossed: '0.02', shared: '0', fees: {}, legs: [], reason: '' });
    expect(Number(result.quote)).toBeCloseTo(0.02 * price, 6);
    expect(await resultOf(desk, 'c')).toMatchObject({ groupId: result.groupId, crossed: '0.005' });
    expect(await desk.truth()).toEqual([]);
    expect(await desk.store.orders({})).toEqual([]);
    const { of, traded } = await holdings(desk);
    expect(of('STR-001')).toEqual({ BTC: '0.02', USDT: `-${result.quote}` });
    expect(traded).toEqual({ BTC: 0n, USDT: 0n });
    const decisions = await desk.store.decisions({ clientOrderId: result.groupId });
    expect(decisions.map(({ what, why }) => `${what} ${why}`)).toEqual([
      expect.stringMatching(/^crossed buy 0.02 of STR-001 \(a\): 0.02 inside with STR-002, STR-003 at \d+/),
      expect.stringMatching(/^crossed sell 0.015 of STR-002/),
      expect.stringMatching(/^crossed sell 0.005 of STR-003/),
    ]);
  });

  test('what is left of both sides goes out as one order; the rest crosses at its price', async () => {
    const desk = await open();
    const before = await balancesOf(desk);
    await Promise.all([
      want(desk, { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.02' }),
      want(desk, { intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.005' }),
    ]);
    const [bought, sold] = [await resultOf(desk, 'a'), await resultOf(desk, 'b')];
    expect(bought).toMatchObject({ crossed: '0.005', shared: '0.015', legs: [{ state: 'filled', executed: '0.015' }] });
    expect(sold).toMatchObject({ crossed: '0.005', shared: '0', fees: {}, reason: '' });
    expect(await desk.truth()).toMatchObject([{ quantity: '0.01500', status: 'filled' }]);
    const [leg] = bought.legs;
    const order = await desk.store.order(leg?.clientOrderId ?? '');
    expect(order?.intent).toMatchObject({ book: bought.groupId, leg: bought.groupId, intentNumber: 1 });
    const fills = await desk.store.fills({ clientOrderId: leg?.clientOrderId ?? '' });
    const paid = fills.reduce((sum, { quoteAmount }) => sum + Number(quoteAmount), 0);
    expect(Number(sold.quote)).toBeCloseTo((paid / 0.015) * 0.005, 6);
    const { traded } = await holdings(desk);
    expect(traded).toEqual(moved(before, await balancesOf(desk)));
    const whats = (await desk.store.decisions({ clientOrderId: leg?.clientOrderId ?? '' })).map(({ what }) => what);
    expect(whats.filter((what) => what === 'crossed' || what === 'shared')).toEqual(['crossed', 'shared', 'crossed']);
  });

  test('odd lots: books add up to the venue’s account to the last digit', async () => {
    const desk = await open({ exchange: { source: { kind: 'scripted' }, fillChunks: 3 } });
    const before = await balancesOf(desk);
    const amounts = { a: '0.00333333', b: '0.00777777', c: '0.00123457' };
    for (const [intentId, amount] of Object.entries(amounts)) {
      await want(desk, { intentId, book: `STR-${intentId}`, side: 'buy', amount });
    }
    await want(desk, { intentId: 'd', book: 'STR-d', side: 'sell', amount: '0.00111111' });
    const results = await Promise.all(['a', 'b', 'c', 'd'].map((id) => resultOf(desk, id)));
    expect(new Set(results.map(({ groupId }) => groupId)).size).toBe(1);
    // 0.01123456 is no number of lots: what went out is rounded down, and nobody gets what nobody got.
    expect(await desk.truth()).toMatchObject([{ quantity: '0.01123', status: 'filled' }]);
    expect(results[1]?.reason).toContain('steps');
    const { of, traded } = await holdings(desk);
    expect(traded).toEqual(moved(before, await balancesOf(desk)));
    await expect.poll(async () => (await holdings(desk)).all, { timeout: 30_000 }).toEqual(await balancesOf(desk));
    const sharedInAll = results.reduce((sum, { shared }) => sum + units(shared), 0n);
    expect(unitText(sharedInAll)).toBe('0.01123');
    for (const { intentId, crossed, shared, side, fees } of results) {
      const held = units(of(`STR-${intentId}`).BTC ?? '0');
      const gross = (units(crossed) + units(shared)) * (side === 'buy' ? 1n : -1n);
      expect(held).toBe(gross - units(fees.BTC ?? '0'));
    }
  });

  test('never arrived: the group alone plans anew, with a new number', async () => {
    const desk = await open();
    const account = desk.names.kraken;
    await desk.accounts.exchange(account); // asks for the key's rights, by an order that is only checked
    const fault = { kind: 'reset-before', match: { method: 'POST', path: 'AddOrder' }, count: 1 };
    await desk.control('fault', fault);
    const asked = { symbol: 'BTC/USD', book: 'STR-001' } as const;
    await want(desk, { ...asked, intentId: 'a', side: 'buy', amount: '0.003' }, account);
    await want(desk, { ...asked, intentId: 'b', side: 'sell', amount: '0.001', book: 'STR-002' }, account);
    const { groupId, legs, crossed, shared } = await desk.hurried(account, () => resultOf(desk, 'a', account));
    expect(legs).toMatchObject([{ state: 'notSent' }, { state: 'filled', executed: '0.002' }]);
    expect([crossed, shared]).toEqual(['0.001', '0.002']);
    const orders = (await desk.store.orders({ book: groupId })).map(({ intent }) => intent);
    expect(orders).toMatchObject([{ intentNumber: 2 }, { intentNumber: 1 }]);
    expect(new Set(orders.map(({ clientOrderId }) => clientOrderId)).size).toBe(2);
    expect(await desk.truth()).toHaveLength(1);
  });

  test('never arrived as often as it may be tried: it crosses at the venue’s price, and says why', async () => {
    const settings = `${quick}new_intents_after_not_sent: 1\n`;
    const desk = await open({ settings });
    const account = desk.names.kraken;
    await desk.accounts.exchange(account);
    await desk.control('fault', { kind: 'reset-before', match: { method: 'POST', path: 'AddOrder' } });
    await want(desk, { symbol: 'BTC/USD', intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.003' }, account);
    await want(desk, { symbol: 'BTC/USD', intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.001' }, account);
    const result = await desk.hurried(account, () => resultOf(desk, 'a', account));
    expect(result).toMatchObject({ crossed: '0.001', shared: '0', legs: [{ state: 'notSent' }, { state: 'notSent' }] });
    expect(result.reason).toContain('notSent');
    const { middle = '' } = await groupIn(desk, 'a');
    expect(Number((await resultOf(desk, 'b', account)).quote)).toBeCloseTo(Number(middle) * 0.001, 6);
    expect(await desk.truth()).toEqual([]);
  });

  test('a rest that is too small for the venue stays where it is; the others have crossed', async () => {
    const desk = await open();
    await want(desk, { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.010001' });
    await want(desk, { intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.01' });
    expect(await resultOf(desk, 'a')).toMatchObject({
      crossed: '0.01',
      shared: '0',
      legs: [],
      reason: expect.stringContaining('too small'),
    });
    expect(await resultOf(desk, 'b')).toMatchObject({ crossed: '0.01', reason: '' });
    expect(await desk.truth()).toEqual([]);
  });

  test('a limit denies what goes out, and the want says so', async () => {
    const desk = await open({ settings: `${quick}limits: { max_order_notional: 100 }\n` });
    await want(desk, { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.02' });
    const { legs, shared, reason } = await resultOf(desk, 'a');
    expect([legs[0]?.state, shared]).toEqual(['denied', '0']);
    expect(reason).toContain('order notional');
    expect(await desk.truth()).toEqual([]);
  });

  test('a want that comes while a group is under way goes to the next one', async () => {
    const desk = await open({ timeoutMs: 2_000 });
    const match = { method: 'POST', path: '/api/v3/order' };
    await desk.control('fault', { kind: 'accept-then-hang', match, count: 1 });
    await want(desk, { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.02' });
    const status = () => books(desk).query(wantResultQuery, { intentId: 'a' });
    await expect.poll(status).toMatchObject({ state: 'underWay' });
    await want(desk, { intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.01' });
    // Another market does not wait for it.
    await want(desk, { intentId: 'c', book: 'STR-002', symbol: 'ETH/USDT', side: 'buy', amount: '0.1' });
    const { waiting } = await books(desk).query(viewQuery);
    expect(waiting.map(({ intentId }) => intentId)).toContain('b');
    const results = await Promise.all(['a', 'b', 'c'].map((id) => resultOf(desk, id)));
    expect(results).toMatchObject([
      { crossed: '0', shared: '0.02' },
      { crossed: '0', shared: '0.01' },
      { crossed: '0', shared: '0.1' },
    ]);
    expect(new Set(results.map(({ groupId }) => groupId)).size).toBe(3);
    expect(await desk.truth()).toHaveLength(3);
  });

  test('the same want again is the same want, and another one under its id is refused', async () => {
    const desk = await open();
    const asked = { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.002' } as const;
    const first = await want(desk, asked);
    expect(await want(desk, asked)).toEqual(first);
    await expect(want(desk, { ...asked, amount: '0.003' })).rejects.toThrow('another content');
    await resultOf(desk, 'a');
    expect(await want(desk, { ...asked, amount: '0.0020' })).toMatchObject({ intentId: 'a' });
    await expect(want(desk, { ...asked, side: 'sell' })).rejects.toThrow('another content');
    const { waiting, ended } = await books(desk).query(viewQuery);
    expect([waiting, ended]).toEqual([[], 1]);
    expect(await desk.truth()).toHaveLength(1);
  });

  test.each([
    ['no amount', { amount: undefined }, 'amount'],
    ['a number for an amount', { amount: 0.01 }, 'amount'],
    ['nothing to trade', { amount: '0' }, 'amount'],
    ['no side', { side: 'long' }, 'side'],
    ['the book of others', { book: 'unassigned' }, 'book'],
    ['an unknown key', { price: '1' }, 'price'],
  ])('%s is refused at once', async (_, change, path) => {
    const desk = await open();
    const asked = { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.002', ...change } as never;
    const thrown = await want(desk, asked).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'BadInput', place: { path } });
  });

  test('what cannot be traded is refused with the reason: an unknown market, a halted account', async () => {
    const desk = await open();
    await want(desk, { intentId: 'a', book: 'STR-001', symbol: 'BTC/USDX', side: 'buy', amount: '0.002' });
    expect(await resultOf(desk, 'a')).toMatchObject({
      kind: 'refused',
      groupId: '',
      reason: expect.stringContaining('market'),
    });
    const halt = { reason: 'a test', by: 'tester', person: true };
    await desk.store.setMode(desk.names.spot, 'HALTED', halt, Date.now(), Date.now());
    await want(desk, { intentId: 'b', book: 'STR-001', side: 'buy', amount: '0.002' });
    await want(desk, { intentId: 'c', book: 'STR-002', side: 'sell', amount: '0.002' });
    expect(await resultOf(desk, 'b')).toMatchObject({ kind: 'refused', reason: 'the account is HALTED: a test' });
    expect(await desk.store.groupOfIntent('c')).toBeUndefined();
    const refused = (await desk.store.decisions({ account: desk.names.spot })).filter(
      ({ what }) => what === 'wantRefused',
    );
    expect(refused.map(({ why }) => why.slice(0, 12))).toEqual(['a (BTC/USDX)', 'b (BTC/USDT)', 'c (BTC/USDT)']);
    expect(await desk.truth()).toEqual([]);
  });
});

describe('bookTrading, interrupted', () => {
  needsServer();

  test('reset to its first step: the same groups, nothing sent again, nothing booked again', async () => {
    const desk = await open();
    await want(desk, { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.02' });
    const first = await resultOf(desk, 'a');
    await want(desk, { intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.005' });
    await want(desk, { intentId: 'c', book: 'STR-003', side: 'buy', amount: '0.001' });
    const second = await resultOf(desk, 'b');
    const entries = async () => (await desk.store.entries(desk.names.spot)).filter(({ book }) => book !== 'unassigned');
    const before = await entries();
    const decisions = await desk.store.decisions({ account: desk.names.spot });
    await desk.reset(booksWorkflowId(desk.names.spot));
    // Its wants come again, all at once.
    expect(await resultOf(desk, 'a')).toEqual(first);
    expect(await resultOf(desk, 'b')).toEqual(second);
    expect(await resultOf(desk, 'c')).toMatchObject({ groupId: second.groupId });
    expect(await desk.truth()).toHaveLength(2);
    expect(await entries()).toEqual(before);
    expect(await desk.store.decisions({ account: desk.names.spot })).toEqual(decisions);
    // What the account began with is YELLOW, where the reconciliation came to it before the test's end.
    const alerts = await desk.store.alerts({ account: desk.names.spot });
    expect(alerts.filter(({ severity }) => severity !== 'YELLOW')).toEqual([]);
  });

  test('reset while its order is under way, with a new want at once: the group stays as it was', async () => {
    const desk = await open({ timeoutMs: 2_000 });
    const match = { method: 'POST', path: '/api/v3/order' };
    await desk.control('fault', { kind: 'accept-then-hang', match, count: 1 });
    await want(desk, { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.02' });
    await expect.poll(() => desk.truth()).toHaveLength(1);
    const group = await groupIn(desk, 'a');
    await desk.reset(booksWorkflowId(desk.names.spot));
    await want(desk, { intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.01' });
    expect(await resultOf(desk, 'a')).toMatchObject({ groupId: group.groupId, shared: '0.02', crossed: '0' });
    expect((await resultOf(desk, 'b')).groupId).not.toBe(group.groupId);
    expect(await groupIn(desk, 'a')).toEqual(group);
    expect(await desk.truth()).toHaveLength(2);
  });

  test('terminated with an order under way: the next run goes on with the group, under its ids', async () => {
    const desk = await open({ timeoutMs: 2_000 });
    const match = { method: 'POST', path: '/api/v3/order' };
    await desk.control('fault', { kind: 'accept-then-hang', match, count: 1 });
    const asked = { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.02' } as const;
    await want(desk, asked);
    await want(desk, { intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.01' });
    await expect.poll(() => desk.truth()).toHaveLength(1);
    await books(desk).terminate('a test');
    await want(desk, { ...asked, amount: '0.020' });
    expect(await resultOf(desk, 'a')).toMatchObject({ crossed: '0.01', shared: '0.01', reason: '' });
    expect(await resultOf(desk, 'b')).toMatchObject({ crossed: '0.01' });
    expect(await desk.truth()).toHaveLength(1);
    expect(await desk.store.unsettledGroups(desk.names.spot)).toEqual([]);
  });

  test('cancelled: takes no more, ends what is under way, refuses what waits', async () => {
    const desk = await open({ timeoutMs: 2_000 });
    const match = { method: 'POST', path: '/api/v3/order' };
    await desk.control('fault', { kind: 'accept-then-hang', match, count: 1 });
    await want(desk, { intentId: 'a', book: 'STR-001', side: 'buy', amount: '0.02' });
    await expect.poll(() => desk.truth()).toHaveLength(1);
    await want(desk, { intentId: 'b', book: 'STR-002', side: 'sell', amount: '0.01' });
    const handle = books(desk);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
    expect(await resultOf(desk, 'a')).toMatchObject({ shared: '0.02' });
    expect(await resultOf(desk, 'b')).toMatchObject({ kind: 'refused', reason: 'the workflow was cancelled' });
    expect(await desk.truth()).toHaveLength(1);
  });

  test('continues as new under a steady load, and loses no want', async () => {
    const desk = await open({ settings: 'netting: { window_ms: 0 }\n' });
    const before = await balancesOf(desk);
    const pairs = 150;
    for (let pair = 0; pair < pairs; pair++) {
      await untilTaken(() => want(desk, { intentId: `buy-${pair}`, book: 'STR-001', side: 'buy', amount: '0.001' }));
      await untilTaken(() => want(desk, { intentId: `sell-${pair}`, book: 'STR-002', side: 'sell', amount: '0.001' }));
    }
    const idle = async () => (await books(desk).query(viewQuery)).waiting.length;
    await expect.poll(idle, { timeout: 60_000 }).toBe(0);
    const names = Array.from({ length: pairs }, (_, pair) => [`buy-${pair}`, `sell-${pair}`]).flat();
    for (const intentId of names) {
      const { crossed, shared, reason } = await resultOf(desk, intentId);
      // Who shares with others may have a unit more or less.
      expect(`${Number(sumText(crossed, shared)).toFixed(7)} ${reason}`).toBe('0.0010000 ');
    }
    const executions = [];
    const query = `WorkflowId = '${booksWorkflowId(desk.names.spot)}'`;
    for await (const execution of desk.client.workflow.list({ query })) executions.push(execution);
    expect(executions.length).toBeGreaterThanOrEqual(2);
    for (const { historyLength } of executions) expect(historyLength).toBeLessThan(4_096);
    expect((await holdings(desk)).traded).toMatchObject(moved(before, await balancesOf(desk)));
  }, 240_000);
});

/** An update that meets the moment of continuing as new is to be sent again. */
async function untilTaken<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (thrown) {
      if (tries === 20 || !(thrown instanceof DeskError) || thrown.code !== 'NotReachable') throw thrown;
    }
  }
}
