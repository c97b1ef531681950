import { describe, expect, onTestFinished, test } from 'vitest';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { openSqliteOrderStore } from '../../../adapters/store/sqlite/index.ts';
import { checkPrice, collarVerdict, type PriceCheck, valuationPrice } from '../../../core/order-desk/check-price.ts';
import type { Exchange, ReferencePrice } from '../../../core/ports/exchange.ts';
import { counted, failing, failureOf, limitOrder, marketOrder, openDesk, type TestDesk } from './desk-fixtures.ts';

const account = 'price-check';
const order = { side: 'buy', type: 'market', symbol: 'BTC/USDT' } as const;
const settings = { maxDeviation: '0.02', maxAgeMs: 30_000 };

/** A desk at the simulated exchange, whose process sleeps for a minute before it reads the clock, so many times. */
async function sleepyDesk(sleeps: number) {
  const venue = await startSimulatedExchange({ source: { kind: 'scripted' }, takersPerSecond: 5 });
  const [owner] = venue.accounts;
  if (owner === undefined) throw new Error('no account');
  const { apiKey, secret } = owner;
  const at = { name: account, venue: 'binance', baseUrl: `${venue.url}/bspot` };
  const exchange = await openExchange(at, { apiKey: createSecret(apiKey), secret: createSecret(secret) });
  const orders = openSqliteOrderStore(':memory:');
  onTestFinished(async () => {
    orders.close();
    await exchange.close();
    await venue.close();
  });
  let left = sleeps;
  const venueTimeMs = async () => {
    const nowMs = await exchange.venueTimeMs();
    left -= 1;
    return left >= 0 ? nowMs + 60_000 : nowMs;
  };
  const pause = () => Promise.resolve();
  return { account, orders, exchange: { ...exchange, venueTimeMs }, nowMs: () => Date.now(), pause };
}

describe('a process that slept between a price and the clock', () => {
  test('looks again, and halts nobody', async () => {
    const desk = await sleepyDesk(1);
    expect(await checkPrice(desk, order, { settings })).toBeUndefined();
    expect((await desk.orders.accountState(account)).haltedSymbols).toEqual([]);
  });

  test('a price that is old at the second look halts its symbol', async () => {
    const desk = await sleepyDesk(2);
    expect(await checkPrice(desk, order, { settings })).toMatch(/at most 30000/);
    expect((await desk.orders.accountState(account)).haltedSymbols).toMatchObject([{ symbol: 'BTC/USDT' }]);
  });
});

const withoutBitcoin = (exchange: Exchange): Exchange => ({
  ...exchange,
  markets: async () => (await exchange.markets()).filter(({ base }) => base !== 'BTC'),
});

/** The venue as it is, where another price stands. */
const priced = ({ exchange }: TestDesk, price: Partial<ReferencePrice>): Exchange => ({
  ...exchange,
  referencePrice: async (symbol) => ({ ...(await exchange.referencePrice(symbol)), ...price }),
});

describe('a second source of the price (orders.md 6)', () => {
  const tenPercent = { maxDeviation: '0.1', maxAgeMs: 5_000 };

  const verdict = (desk: TestDesk, exchange: Exchange, intent = marketOrder('a'), change: Partial<PriceCheck> = {}) =>
    desk.run(collarVerdict(exchange, intent, { settings: tenPercent, ...change }));

  test('another venue counts before this one, by its own clock', async () => {
    const desk = openDesk();
    const other = priced(desk, { price: '95' });
    expect(await verdict(desk, desk.exchange, marketOrder('a'), { other })).toEqual({
      kind: 'within',
      source: 'otherVenue',
      reference: '95',
    });
    const far = priced(desk, { price: '80' });
    expect(await verdict(desk, desk.exchange, marketOrder('a'), { other: far })).toMatchObject({
      kind: 'refused',
      source: 'otherVenue',
    });
    const old = priced(desk, { price: '95', venueMs: desk.nowMs() - 60_000 });
    expect(await verdict(desk, desk.exchange, marketOrder('a'), { other: old })).toMatchObject({ kind: 'haltSymbol' });
  });

  test.each([
    ['does not answer', (desk: TestDesk) => failing(desk.exchange, { markets: 1 })],
    ['has no price', (desk: TestDesk) => failing(desk.exchange, { referencePrice: 1 })],
    ['does not tell its time', (desk: TestDesk) => failing(desk.exchange, { venueTimeMs: 1 }, new TypeError('odd'))],
    ['has no such market', ({ exchange }: TestDesk) => withoutBitcoin(exchange)],
  ])('another venue that %s is none: the next source counts', async (_, otherOf) => {
    const desk = openDesk();
    const other = otherOf(desk);
    const through = { ...desk.exchange };
    expect(await verdict(desk, through, marketOrder('a'), { other })).toMatchObject({
      kind: 'within',
      source: 'bookMid',
    });
  });

  test('a market order is held by the last trade, with its own age', async () => {
    const desk = openDesk();
    const trade = (price: string, ageMs: number) =>
      priced(desk, { lastTrade: { price, venueMs: desk.nowMs() - ageMs } });
    expect(await verdict(desk, trade('110', 4_000))).toMatchObject({ kind: 'within' });
    expect(await verdict(desk, trade('110.01', 4_000))).toMatchObject({ kind: 'refused' });
    expect(await verdict(desk, trade('100', 6_000))).toMatchObject({ kind: 'haltSymbol' });
  });

  test('a venue that knows only its last trade gives nothing to hold it against', async () => {
    const desk = openDesk();
    expect(await verdict(desk, priced(desk, { source: 'lastTrade' }))).toEqual({
      kind: 'haltSymbol',
      reason: 'BTC/USDT: no price to hold an order against',
    });
  });

  test('a clock that stands before the price makes it new, not old', async () => {
    const desk = openDesk();
    expect(await verdict(desk, priced(desk, { venueMs: desk.nowMs() + 60_000 }))).toMatchObject({ kind: 'within' });
  });

  test('a limit that is too far is refused, and nobody is halted', async () => {
    const desk = openDesk();
    const check = (intent: ReturnType<typeof limitOrder>, exchange = desk.exchange) =>
      desk.run(checkPrice({ ...desk.desk, exchange }, intent, { settings: tenPercent }));
    expect(await check(limitOrder('a', '110'))).toBeUndefined();
    const { exchange, calls } = counted(desk.exchange);
    expect(await check(limitOrder('a', '110.01'), exchange)).toMatch(/^buy at 110.01 is too far/);
    expect(calls.referencePrice).toBe(1);
    expect((await desk.store.accountState('sim-main')).haltedSymbols).toEqual([]);
  });

  test('a price of zero halts the symbol, after a second look at all sources', async () => {
    const desk = openDesk();
    const { exchange, calls } = counted(priced(desk, { price: '0' }));
    const other = priced(desk, { price: '0' });
    const asked = checkPrice({ ...desk.desk, exchange }, marketOrder('a'), { settings: tenPercent, other });
    expect(await desk.run(asked)).toBe('BTC/USDT: otherVenue is 0');
    expect(calls.referencePrice).toBe(2);
    expect((await desk.store.accountState('sim-main')).haltedSymbols).toMatchObject([
      { symbol: 'BTC/USDT', reason: 'BTC/USDT: otherVenue is 0' },
    ]);
  });

  test.each(['referencePrice', 'venueTimeMs'] as const)('no answer of %s is no verdict', async (name) => {
    const desk = openDesk();
    const through = failing(desk.exchange, { [name]: 1 }, failureOf('maintenance', '', 'closed'));
    await expect(verdict(desk, through)).rejects.toMatchObject({ code: 'NotReachable', message: 'closed' });
  });
});

describe('what an order is valued at before it is sent', () => {
  const fivePercent = { maxDeviation: '0.05', maxAgeMs: 5_000 };

  test.each([
    ['a buy’s limit: the worst that it can cost', limitOrder('a', '90'), '90'],
    ['a sell’s limit below the price', limitOrder('a', '90', { side: 'sell' }), '105'],
    ['a sell’s limit above the price', limitOrder('a', '120', { side: 'sell' }), '126'],
    ['a market order', marketOrder('a'), '105'],
    ['a stop above the price', marketOrder('a', { type: 'stopMarket', stopPrice: '110' }), '115.5'],
  ])('%s', async (_, intent, expected) => {
    const desk = openDesk();
    expect(await desk.run(valuationPrice(desk.exchange, intent, fivePercent))).toBe(expected);
  });

  test('without a price it is worth nothing, which no guard grants', async () => {
    const desk = openDesk();
    for (const price of ['0', '-1']) {
      for (const intent of [marketOrder('a'), limitOrder('a', '90', { side: 'sell' })]) {
        expect(await desk.run(valuationPrice(priced(desk, { price }), intent, fivePercent))).toBe('0');
      }
    }
  });

  test('a buy’s limit needs no answer of the venue, anything else does', async () => {
    const desk = openDesk();
    const dead = failing(desk.exchange, { referencePrice: 9 });
    expect(await desk.run(valuationPrice(dead, limitOrder('a', '90'), fivePercent))).toBe('90');
    await expect(desk.run(valuationPrice(dead, marketOrder('a'), fivePercent))).rejects.toMatchObject({
      code: 'NotReachable',
    });
  });
});
