import { describe, expect, test } from 'vitest';
import { seeVenue, type VenueQuestion } from '../../../core/order-desk/see-venue.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { idOf } from '../../contracts/order-fixtures.ts';
import {
  counted,
  failing,
  failureOf,
  limitOrder,
  marketOrder,
  openDesk,
  symbol,
  type TestDesk,
} from './desk-fixtures.ts';

const see = (desk: TestDesk, exchange: Exchange, question: Partial<VenueQuestion> = {}) =>
  desk.run(seeVenue(exchange, { fillsSince: new Map([[symbol, 0]]), holdings: true, ...question }));

/** One order that rests and six that are filled, of two markets: their fills are more than a page. */
async function tradedDesk() {
  const desk = openDesk();
  await desk.send(limitOrder('resting', '90'));
  for (let number = 0; number < 5; number += 1) await desk.send(marketOrder(`btc ${number}`));
  await desk.send(marketOrder('eth', { symbol: 'ETH/USDT' }));
  return desk;
}

describe('orders, then fills, then what it holds (orders.md 8)', () => {
  test('all of it, page by page', async () => {
    const desk = await tradedDesk();
    const { exchange, calls } = counted(desk.exchange);
    const fillsSince = new Map([symbol, 'ETH/USDT'].map((name) => [name, 0]));
    const seen = await see(desk, exchange, { fillsSince });
    expect(seen.openOrders?.map(({ clientOrderId }) => clientOrderId)).toEqual([idOf('resting')]);
    expect(seen.fills).toHaveLength(desk.venue.fills.length);
    expect(calls.fillsSince).toBe(3);
    expect(seen.assets?.get('BTC')).toEqual(['1004.99500000', '0.00000000']);
    expect(seen.assets?.get('USDT')?.[1]).toBe('90.00000000');
    expect(seen.positions).toBeUndefined();
    expect(seen.failures).toEqual([]);
  });

  test('fills only from when they are asked for, and none where none are', async () => {
    const desk = await tradedDesk();
    const lastMs = Math.max(...desk.venue.fills.map(({ venueMs }) => venueMs));
    const since = (ms: number) => see(desk, desk.exchange, { fillsSince: new Map([['ETH/USDT', ms]]) });
    expect((await since(lastMs)).fills).toHaveLength(1);
    expect((await since(lastMs + 1)).fills).toEqual([]);
    expect((await see(desk, desk.exchange, { fillsSince: new Map() })).fills).toEqual([]);
  });

  test('what it holds only where that is wanted, positions only where it has them', async () => {
    const desk = openDesk();
    const { exchange, calls } = counted(desk.exchange);
    const without = await see(desk, exchange, { holdings: false });
    expect([without.assets, without.positions]).toEqual([undefined, undefined]);
    expect(calls).toEqual({ openOrders: 1, fillsSince: 1 });
    const perpetual: Exchange = {
      ...desk.exchange,
      traits: { ...desk.exchange.traits, hasPositions: true },
      positions: () =>
        Promise.resolve([
          { symbol: 'BTC/USDT:USDT', amount: '-0.5', entryPrice: '100', unrealizedPnl: '0', leverage: '1' },
        ]),
    };
    expect((await see(desk, perpetual)).positions).toEqual(new Map([['BTC/USDT:USDT', '-0.5']]));
    expect((await see(desk, perpetual, { holdings: false })).positions).toBeUndefined();
  });

  test('50 pages of a symbol at most; more wait for the next reconciliation', async () => {
    const desk = openDesk();
    for (let trades = 0; trades < 250; trades += 1) desk.venue.tradeByHand(symbol, 'buy', '0.001');
    const { exchange, calls } = counted(desk.exchange);
    const { fills } = await see(desk, exchange);
    expect(calls.fillsSince).toBe(50);
    // Four fills make a page of the simulation's venue.
    expect(fills).toEqual(desk.venue.fills.slice(0, 200));
  });
});

describe('a failed query is not "nothing there" (orders.md 8)', () => {
  test.each([
    ['openOrders', 'openOrders', 'open orders: closed'],
    ['fillsSince', 'fills', 'fills of BTC/USDT: closed'],
    ['balances', 'assets', 'balances: closed'],
  ] as const)('%s: only its own answer is not known', async (name, field, text) => {
    const desk = await tradedDesk();
    const seen = await see(desk, failing(desk.exchange, { [name]: 1 }, failureOf('maintenance', '', 'closed')));
    expect(seen[field]).toBeUndefined();
    expect(seen.failures).toEqual([text]);
    const others = (['openOrders', 'fills', 'assets'] as const).filter((each) => each !== field);
    for (const other of others) expect(seen[other]).toBeDefined();
  });

  test('positions that cannot be had are not flat', async () => {
    const desk = openDesk();
    const perpetual = { ...desk.exchange, traits: { ...desk.exchange.traits, hasPositions: true } };
    const seen = await see(desk, failing(perpetual, { positions: 1 }, 'odd'));
    expect(seen.positions).toBeUndefined();
    expect(seen.failures).toEqual(['positions: odd']);
  });

  test('fills of one symbol that fail: no fills are known, or a gap would be passed over', async () => {
    const desk = await tradedDesk();
    const fillsSince = new Map([symbol, 'ETH/USDT'].map((name) => [name, 0]));
    const broken: Exchange['fillsSince'] = (name, ...rest) =>
      name === symbol ? Promise.reject(failureOf('unknown')) : desk.exchange.fillsSince(name, ...rest);
    const seen = await see(desk, { ...desk.exchange, fillsSince: broken }, { fillsSince });
    expect(seen.fills).toBeUndefined();
    expect(seen.failures).toEqual(['fills of BTC/USDT: no answer']);
  });

  test('a later page that fails: the same', async () => {
    const desk = await tradedDesk();
    let pages = 0;
    const broken: Exchange['fillsSince'] = (...args) =>
      (pages += 1) === 2 ? Promise.reject(failureOf('unknown')) : desk.exchange.fillsSince(...args);
    expect((await see(desk, { ...desk.exchange, fillsSince: broken })).fills).toBeUndefined();
  });

  test('everything fails: nothing is known, and each is told', async () => {
    const desk = openDesk();
    const dead = failing(desk.exchange, { openOrders: 1, fillsSince: 1, balances: 1 });
    expect(await see(desk, dead)).toEqual({
      openOrders: undefined,
      fills: undefined,
      assets: undefined,
      positions: undefined,
      failures: ['open orders: no answer', 'fills of BTC/USDT: no answer', 'balances: no answer'],
    });
  });

  test('whoever asks may stop: that is no failure of the venue', async () => {
    const stopped = new Error('stopped');
    const desk = openDesk();
    const { exchange, args } = counted(desk.exchange);
    await expect(see(desk, exchange, { signal: AbortSignal.abort(stopped) })).rejects.toBe(stopped);
    const { signal } = new AbortController();
    await see(desk, exchange, { signal });
    expect(args.get('openOrders')).toEqual([undefined, { signal }]);
    expect(args.get('fillsSince')).toEqual([symbol, 0, undefined, { signal }]);
    expect(args.get('balances')).toEqual([{ signal }]);
  });
});
