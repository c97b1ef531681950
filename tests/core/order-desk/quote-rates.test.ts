import { describe, expect, test } from 'vitest';
import { heldPrices } from '../../../core/order-desk/held-prices.ts';
import { loadGuard } from '../../../core/order-desk/load-guard.ts';
import { priceInLimits, quoteRates } from '../../../core/order-desk/quote-rates.ts';
import { priceAt, quoteOf } from '../../../core/orders/limit-currency.ts';
import { stepGuard } from '../../../core/orders/guard.ts';
import type { Exchange, Market } from '../../../core/ports/exchange.ts';
import { noonMs } from '../../contracts/order-fixtures.ts';
import { limits, requestOf } from '../orders/guard-fixtures.ts';
import { failing, failureOf, limitOrder, openDesk, type TestDesk } from './desk-fixtures.ts';

const inDollars = { ...limits, currency: 'USDT', atPar: ['USD'] };

/** The venue with these markets beside its own; BTC costs 65,000, ETH 3,250 in dollars and 0.05 in BTC. */
const venueOf = ({ exchange }: TestDesk, more: readonly string[]): Exchange => ({
  ...exchange,
  markets: async () => {
    const own = await exchange.markets();
    return [...own, ...more.map((symbol): Market => ({ ...own[0], ...marketOf(symbol) }))];
  },
  referencePrice: async (symbol) => ({ ...(await exchange.referencePrice(symbol)), price: prices[symbol] ?? '0' }),
});

const marketOf = (symbol: string) => ({ symbol, base: symbol.split('/')[0] ?? '', quote: quoteOf(symbol) });

const prices: Record<string, string> = {
  'BTC/USDT': '65000',
  'ETH/USDT': '3250',
  'ETH/BTC': '0.05',
  'USDT/TRY': '40',
};

describe('limits are in one currency', () => {
  test.each([
    ['BTC/USDT', 'USDT'],
    ['ETH/BTC', 'BTC'],
    ['BTC/USDT:USDT', 'USDT'],
    ['BTC/USD:BTC', 'USD'],
  ])('the quote of %s is %s', (symbol, quote) => expect(quoteOf(symbol)).toBe(quote));

  test('a price is rounded up: no limit counts too little', () => {
    expect(priceAt('0.05', '65000')).toBe('3250');
    expect(priceAt('0.000000000000000001', '0.5')).toBe('0.000000000000000001');
  });

  test('another quote is worth what the venue says of it, either way round', async () => {
    const desk = openDesk();
    const venue = venueOf(desk, ['ETH/BTC', 'USDT/TRY', 'BTC/TRY', 'ETH/XRP']);
    const rates = await desk.run(
      quoteRates(venue, ['BTC/USDT', 'BTC/USD', 'ETH/BTC', 'BTC/TRY', 'ETH/XRP', 'BTC/USDT:USDT'], inDollars),
    );
    expect(rates).toEqual({
      'BTC/USDT': '1',
      'BTC/USD': '1',
      'ETH/BTC': '65000',
      'BTC/TRY': '0.025',
      'BTC/USDT:USDT': '1',
    });
    expect(await quoteRates(venue, ['ETH/XRP'], {})).toEqual({ 'ETH/XRP': '1' });
  });

  test('a market that is closed or has no price says nothing; one that does not answer is asked again', async () => {
    const desk = openDesk();
    const venue = venueOf(desk, ['ETH/XRP', 'XRP/USDT']);
    const closed = async () => (await venue.markets()).map((market) => ({ ...market, active: false }));
    const why = { price: '0', unvalued: 'XRP has no market against USDT, the currency of the limits' };
    expect(await desk.run(priceInLimits(venue, { symbol: 'ETH/XRP', price: '5' }, inDollars))).toEqual(why);
    const shut = { ...venue, markets: closed };
    expect(await desk.run(priceInLimits(shut, { symbol: 'ETH/BTC', price: '5' }, inDollars))).toMatchObject({
      price: '0',
    });
    const dead = failing(venue, { referencePrice: 1 }, failureOf('maintenance', '', 'closed'));
    await expect(desk.run(priceInLimits(dead, { symbol: 'ETH/BTC', price: '5' }, inDollars))).rejects.toMatchObject({
      code: 'NotReachable',
    });
    expect(await desk.run(heldPrices({ exchange: venue }, ['ETH/XRP', 'ETH/BTC', 'ETH/USDT'], inDollars))).toEqual({
      'ETH/BTC': '3250',
      'ETH/USDT': '3250',
    });
  });

  test('100,000 ETH for 5,000 BTC are no order of 10,000', async () => {
    const desk = openDesk();
    const symbol = 'ETH/BTC';
    const valued = await desk.run(priceInLimits(venueOf(desk, [symbol]), { symbol, price: '0.05' }, inDollars));
    const state = await desk.run(loadGuard(desk.desk, { ...inDollars, maxOrderNotional: '10000' }));
    const request = requestOf('a', { symbol, amount: '100000', ...valued });
    expect(stepGuard(state, { type: 'reserve', request, venueMs: noonMs }).decision).toEqual({
      kind: 'refused',
      reason: 'order notional would be 325000000, the limit is 10000',
    });
  });

  test('a guard that is loaded counts orders of another quote in the currency of the limits', async () => {
    const desk = openDesk();
    await desk.put(limitOrder('a', '0.05', { symbol: 'ETH/BTC', amount: '2' }));
    await desk.put(limitOrder('b', '60000', { amount: '0.1' }));
    await desk.put(limitOrder('c', '3', { symbol: 'ETH/XRP', amount: '1' }));
    const exchange = venueOf(desk, ['ETH/BTC', 'ETH/XRP']);
    const state = await desk.run(loadGuard({ ...desk.desk, exchange }, inDollars));
    expect(Object.fromEntries(state.reservations.map(({ symbol, price }) => [symbol, price]))).toEqual({
      'BTC/USDT': '60000',
      'ETH/BTC': '3250',
      'ETH/XRP': '0',
    });
    expect(state.notionalByMinute.map(({ notional }) => notional)).toEqual(['12500']);
    expect(state.prices).toEqual({ 'BTC/USDT': '65000', 'ETH/BTC': '3250' });
  });
});
