import { describe, expect, test } from 'vitest';
import { settleGroup } from '../../../core/order-desk/settle-group.ts';
import { netIntents } from '../../../core/orders/netting.ts';
import type { NettedGroup } from '../../../core/ports/order-store.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import { account, limitOrder, losingAnswers, marketOrder, openDesk, symbol, type TestDesk } from './desk-fixtures.ts';

type Wanted = readonly [intentId: string, side: 'buy' | 'sell', amount: string];

/** A stored group, decided at a price of 100. */
async function grouped(desk: TestDesk, ...wanted: readonly Wanted[]): Promise<NettedGroup> {
  const waiting = wanted.map(([intentId, side, amount]) => ({
    intentId,
    book: `book-${intentId}`,
    symbol,
    side,
    amount,
  }));
  const [plan] = netIntents(waiting, account, desk.nowMs());
  if (plan === undefined) throw new Error('no group');
  const group = { ...plan.group, seed: 'books:1', middle: '100' };
  await desk.store.putGroup(group);
  return group;
}

const settle = ({ desk, run }: TestDesk, group: NettedGroup, note = '') =>
  run(settleGroup(desk, { group, note, by: 'book-trading:1' }));

/** What the ledger says that each book holds. */
const holdings = async ({ store }: TestDesk) =>
  Object.fromEntries(
    (await store.ledgerTotals(account))
      .filter(({ ledgerAccount }) => ledgerAccount === 'assets')
      .map(({ book, asset, amount }) => [`${book} ${asset}`, amount]),
  );

const decided = async ({ store }: TestDesk) =>
  (await store.decisions({ account })).map(({ what, why }) => `${what} ${why}`);

describe('what crosses inside is booked once, when all that went out has ended (orders.md 7)', () => {
  test('nothing went out: at the venue’s price of the decision', async () => {
    const desk = openDesk();
    const group = await grouped(desk, ['a', 'buy', '0.5'], ['b', 'sell', '0.3'], ['c', 'sell', '0.2']);
    const results = await settle(desk, group);
    expect(results.map(({ crossed, shared, quote, reason }) => [crossed, shared, quote, reason])).toEqual([
      ['0.5', '0', '50', ''],
      ['0.3', '0', '30', ''],
      ['0.2', '0', '20', ''],
    ]);
    expect(await holdings(desk)).toEqual({
      'book-a BTC': '0.5',
      'book-a USDT': '-50',
      'book-b BTC': '-0.3',
      'book-b USDT': '30',
      'book-c BTC': '-0.2',
      'book-c USDT': '20',
    });
    expect(await decided(desk)).toEqual([
      'crossed buy 0.5 of book-a (a): 0.5 inside with book-b, book-c at 100, the venue’s price when it was decided',
      'crossed sell 0.3 of book-b (b): 0.3 inside with book-a at 100, the venue’s price when it was decided',
      'crossed sell 0.2 of book-c (c): 0.2 inside with book-a at 100, the venue’s price when it was decided',
    ]);
    expect(await desk.store.unsettledGroups(account)).toEqual([]);
    // Of the moment of the decision, whoever settles it and when.
    expect(new Set((await desk.store.entries(account)).map(({ venueMs }) => venueMs))).toEqual(new Set([group.atMs]));
    const decisions = await desk.store.decisions({ account });
    expect(new Set(decisions.map(({ atMs, clientOrderId }) => [atMs, clientOrderId].join(' ')))).toEqual(
      new Set([`${group.atMs} ${group.groupId}`]),
    );
  });

  test('asked again it books nothing more and answers the same', async () => {
    const desk = openDesk();
    const group = await grouped(desk, ['a', 'buy', '0.5'], ['b', 'sell', '0.5']);
    const once = await settle(desk, group);
    const [held, said] = [await holdings(desk), await decided(desk)];
    await desk.wait(5_000);
    expect(await settle(desk, group)).toEqual(once);
    expect(await holdings(desk)).toEqual(held);
    expect(await decided(desk)).toEqual(said);
  });

  test('the rest went out: both at its average price, its fills as they were shared', async () => {
    const desk = openDesk();
    const group = await grouped(desk, ['a', 'buy', '1.5'], ['b', 'sell', '0.5']);
    const { record } = await desk.send(marketOrder('leg', { book: group.groupId, amount: '1' }));
    expect(record.state).toBe('filled');
    const [a, b] = await settle(desk, group);
    const paid = desk.venue.fills.reduce((sum, { quoteAmount }) => sum + Number(quoteAmount), 0);
    expect(a).toMatchObject({
      crossed: '0.5',
      shared: '1',
      reason: '',
      legs: [{ clientOrderId: idOf('leg'), state: 'filled' }],
    });
    expect(Number(b?.quote)).toBeCloseTo(paid / 2, 8);
    expect(Number(a?.quote)).toBeCloseTo(paid * 1.5, 8);
    const said = await decided(desk);
    expect(said.at(-3)).toMatch(
      /^crossed buy 1.5 of book-a \(a\): 0.5 inside with book-b at [\d.]+, the average of what went out$/,
    );
    expect(said.at(-2)).toMatch(/^shared buy 1.5 of book-a \(a\): 1 of what went out, fee 0.001 BTC$/);
    expect(said.at(-1)).toMatch(/^crossed sell 0.5 of book-b/);
    const decisions = await desk.store.decisions({ account, clientOrderId: idOf('leg') });
    expect(decisions.filter(({ by }) => by === 'book-trading:1')).toHaveLength(3);
    expect(decisions.at(-1)?.atMs).toBe((await desk.row('leg')).changedMs);
    const crossed = (await desk.store.entries(account)).filter(({ source }) => source === group.groupId);
    expect(crossed.map(({ venueMs }) => venueMs)).toEqual(crossed.map(() => desk.venue.fills.at(-1)?.venueMs));
    expect(crossed.length).toBeGreaterThan(0);
    // Books add up to the account: crossing moved nothing of it.
    const held = await holdings(desk);
    const btc = Object.entries(held).filter(([key]) => key.endsWith('BTC'));
    expect(btc.reduce((sum, [, amount]) => sum + Number(amount), 0)).toBeCloseTo(0.999, 10);
  });

  test('several orders went out: the newest says why it is not whole', async () => {
    const desk = openDesk();
    const group = await grouped(desk, ['a', 'buy', '2'], ['b', 'sell', '0.5']);
    await desk.send(marketOrder('first', { book: group.groupId, amount: '0.7' }));
    await desk.wait(10);
    await desk.send(limitOrder('second', '90', { book: group.groupId, amount: '1000000' }));
    const [a] = await settle(desk, group);
    expect(a?.legs.map(({ clientOrderId, state }) => [clientOrderId, state])).toEqual([
      [idOf('first'), 'filled'],
      [idOf('second'), 'rejected'],
    ]);
    expect(a).toMatchObject({ crossed: '0.5', shared: '0.7' });
    expect(a?.reason).toMatch(/^the order ended rejected: /);
    const told = (await desk.store.decisions({ account })).filter(({ by }) => by === 'book-trading:1');
    expect(new Set(told.map(({ clientOrderId }) => clientOrderId))).toEqual(new Set([idOf('second')]));
    expect((await decided(desk)).at(-2)).toMatch(/: 0.7 of what went out, fee 0.0007 BTC; the order ended rejected: /);
  });

  test('nothing could be sent: its reason is told', async () => {
    const desk = openDesk();
    const group = await grouped(desk, ['a', 'buy', '0.00001']);
    const [a] = await settle(desk, group, 'amount: too small');
    expect(a).toMatchObject({ crossed: '0', shared: '0', reason: 'amount: too small' });
    expect(await decided(desk)).toEqual(['shared buy 0.00001 of book-a (a): 0; amount: too small']);
    expect(await holdings(desk)).toEqual({});
  });

  test('a group without a price of its decision crosses at nothing rather than at a later price', async () => {
    const desk = openDesk();
    const { middle: _middle, ...group } = await grouped(openDesk(), ['a', 'buy', '0.5'], ['b', 'sell', '0.5']);
    await settle(desk, group);
    expect(await holdings(desk)).toEqual({ 'book-a BTC': '0.5', 'book-b BTC': '-0.5' });
  });

  test('names of ten books, and how many more there are', async () => {
    const desk = openDesk();
    const sellers = Array.from({ length: 11 }, (_, index): Wanted => [
      `s${String(index).padStart(2, '0')}`,
      'sell',
      '1',
    ]);
    await settle(desk, await grouped(desk, ['a', 'buy', '11'], ...sellers));
    const [first] = await decided(desk);
    expect(first).toContain('inside with book-s00, book-s01,');
    expect(first).toContain('book-s09 and 1 more at 100');
    const ten = openDesk();
    await settle(ten, await grouped(ten, ['a', 'buy', '10'], ...sellers.slice(0, 10)));
    expect((await decided(ten))[0]).toContain('book-s08, book-s09 at 100');
  });
});

describe('nothing is settled too early or under a wrong name', () => {
  test.each(['accepted', 'unknown', 'initialized'])('while an order of it is %s', async (state) => {
    const desk = openDesk();
    const group = await grouped(desk, ['a', 'buy', '1.5'], ['b', 'sell', '0.5']);
    const leg = limitOrder('leg', '90', { book: group.groupId });
    if (state === 'initialized') await desk.put(leg);
    else await desk.send(leg, state === 'unknown' ? losingAnswers(desk.exchange) : desk.exchange);
    await expect(settle(desk, group)).rejects.toMatchObject({
      code: 'OrderStateUnknown',
      message: expect.stringContaining(`${idOf('leg')} of ${group.groupId} is ${state}`),
    });
    expect(await desk.store.unsettledGroups(account)).toEqual([group]);
    expect(await holdings(desk)).toEqual({});
  });

  test('orders of other groups do not keep it waiting', async () => {
    const desk = openDesk();
    const group = await grouped(desk, ['a', 'buy', '0.5'], ['b', 'sell', '0.5']);
    await desk.send(limitOrder('other', '90', { book: 'group-of-others' }));
    expect(await settle(desk, group)).toHaveLength(2);
  });

  test('a store that was restored from a backup and has forgotten it gets its row again', async () => {
    const desk = openDesk();
    const group = await grouped(openDesk(), ['a', 'buy', '0.5'], ['b', 'sell', '0.5']);
    expect(await settle(desk, group)).toHaveLength(2);
    expect(await desk.store.group(group.groupId)).toEqual(group);
  });

  test('what is stored counts, not what the caller holds', async () => {
    const desk = openDesk();
    const group = await grouped(desk, ['a', 'buy', '0.5'], ['b', 'sell', '0.5']);
    await settle(desk, { ...group, middle: '7' });
    expect(await holdings(desk)).toMatchObject({ 'book-a USDT': '-50' });
  });

  test('a group whose wants are in another one is not settled', async () => {
    const desk = openDesk();
    await grouped(desk, ['a', 'buy', '0.5'], ['b', 'sell', '0.5']);
    const other = await grouped(openDesk(), ['a', 'buy', '0.5']);
    await expect(settle(desk, other)).rejects.toMatchObject({ code: 'NotFound', place: { found: other.groupId } });
    expect(await holdings(desk)).toEqual({});
  });
});
