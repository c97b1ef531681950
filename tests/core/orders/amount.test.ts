import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeskError } from '../../../core/errors.ts';
import {
  notionalOf,
  oneUnit,
  roundToMarket,
  type SizedOrder,
  sumText,
  units,
  unitText,
} from '../../../core/orders/amount.ts';
import type { Market } from '../../../core/ports/exchange.ts';
import { symbol } from '../../contracts/order-fixtures.ts';

describe('units of 10^-18', () => {
  test.each([
    ['0', 0n, '0'],
    ['-0', 0n, '0'],
    ['100', 100n * oneUnit, '100'],
    ['0.015', 15n * 10n ** 15n, '0.015'],
    ['-1.50', -15n * 10n ** 17n, '-1.5'],
    ['1e-8', 10n ** 10n, '0.00000001'],
    ['0.000000000000000001', 1n, '0.000000000000000001'],
  ])('%s', (text, value, shortest) => {
    expect(units(text)).toBe(value);
    expect(unitText(value)).toBe(shortest);
  });

  test('one value, one text: read again it is the same value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (value) => units(unitText(value)) === value),
    );
  });

  test.each([
    ['', 'not a decimal number'],
    ['lots', 'not a decimal number'],
    ['NaN', 'not a decimal number'],
    ['Infinity', 'not a decimal number'],
    ['1,5', 'not a decimal number'],
    ['0.0000000000000000001', 'finer than 18 decimals'],
  ])('%s is refused', (text, message) => {
    const place = { path: 'fee', expected: 'a decimal number as 0.00150000', found: text };
    expect(() => units(text, 'fee')).toThrow(new DeskError('BadInput', message, place));
  });

  test('sums are exact where doubles are not', () => {
    expect(sumText('0.1', '0.2', '-0.3')).toBe('0');
    expect(sumText('9007199254740993', '0.000000000000000001')).toBe('9007199254740993.000000000000000001');
    expect(sumText()).toBe('0');
  });

  test('a notional is rounded up: what limits count is never too small', () => {
    expect(notionalOf(units('64123.1'), units('0.03'))).toBe(units('1923.693'));
    expect(notionalOf(1n, 1n)).toBe(1n);
    expect(notionalOf(0n, oneUnit)).toBe(0n);
  });
});

const market: Market = {
  symbol,
  base: 'BTC',
  quote: 'USDT',
  priceTick: '0.01',
  amountStep: '0.00001',
  minAmount: '0.0001',
  maxAmount: '9000',
  minNotional: '5',
  active: true,
};

const orderOf = (change: Partial<SizedOrder> = {}): SizedOrder => ({
  side: 'buy',
  type: 'market',
  amount: '1',
  ...change,
});

describe('an order in the market’s steps, rounded toward less risk', () => {
  test.each<[string, Partial<SizedOrder>, Partial<SizedOrder>]>([
    ['an amount down', { amount: '0.123456' }, { amount: '0.12345' }],
    ['an amount that fits stays', { amount: '0.12345' }, { amount: '0.12345' }],
    ['a buy’s limit down', { type: 'limit', price: '99.999' }, { price: '99.99' }],
    ['a sell’s limit up', { side: 'sell', type: 'limit', price: '99.991' }, { price: '100' }],
    ['a sell’s limit that fits stays', { side: 'sell', type: 'limit', price: '99.99' }, { price: '99.99' }],
    // A stop that sells wakes when the price falls to it: rounded up it wakes earlier.
    ['a stop that sells up', { side: 'sell', type: 'stopMarket', stopPrice: '90.001' }, { stopPrice: '90.01' }],
    ['a stop that buys down', { type: 'stopMarket', stopPrice: '110.009' }, { stopPrice: '110' }],
  ])('%s', (_, change, expected) => {
    expect(roundToMarket(orderOf(change), market, '100')).toMatchObject(expected);
  });

  test.each<[string, Partial<SizedOrder>, Partial<Market>, string]>([
    ['nothing', { amount: '0' }, {}, 'amount: nothing to trade'],
    ['less than nothing', { amount: '-1' }, {}, 'amount: nothing to trade'],
    ['what is nothing once rounded', { amount: '0.000001' }, { minAmount: '0' }, 'amount: too small'],
    ['less than the least', { amount: '0.00009' }, {}, 'amount: too small'],
    [
      'what falls below the least by rounding',
      { amount: '0.1999' },
      { minAmount: '0.15', amountStep: '0.1' },
      'amount: too small',
    ],
    ['more than the most', { amount: '9000.00001' }, {}, 'amount: too large'],
    ['too little money', { amount: '0.04999' }, {}, 'amount: too small'],
    ['too little money at its limit', { type: 'limit', amount: '0.1', price: '49.99' }, {}, 'amount: too small'],
    [
      'too little money at its stop',
      { type: 'stopMarket', amount: '0.1', stopPrice: '49.99' },
      {},
      'amount: too small',
    ],
    ['a price that rounds to nothing', { type: 'limit', price: '0.009' }, {}, 'price: a price must be above zero'],
    ['a stop below zero', { type: 'stopMarket', stopPrice: '-3' }, {}, 'stopPrice: a price must be above zero'],
  ])('%s is refused', (_, change, rules, expected) => {
    const refused = () => roundToMarket(orderOf(change), { ...market, ...rules }, '100');
    const [path, message] = expected.split(': ');
    expect(refused).toThrow(expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path }) }));
    expect(refused).toThrow(message);
  });

  test('the least notional binds at the reference price, and not what only reduces a perpetual', () => {
    expect(roundToMarket(orderOf({ amount: '0.05' }), market, '100').amount).toBe('0.05');
    const perpetual = { ...market, settle: 'USDT' };
    const small = orderOf({ amount: '0.01', reduceOnly: true });
    expect(roundToMarket(small, perpetual, '100').amount).toBe('0.01');
    expect(() => roundToMarket(small, market, '100')).toThrow('too small');
    expect(() => roundToMarket({ ...small, reduceOnly: false }, perpetual, '100')).toThrow('too small');
  });

  test('what is as small or as large as may be is taken, and all else of the order stays', () => {
    const exact = { ...market, minNotional: '0' };
    const order = orderOf({ side: 'sell', amount: '0.0001', type: 'limit', price: '100', reduceOnly: true });
    expect(roundToMarket(order, exact, '100')).toEqual(order);
    expect(roundToMarket(orderOf({ amount: '9000' }), exact, '100').amount).toBe('9000');
    const { maxAmount: _most, ...endless } = exact;
    expect(roundToMarket(orderOf({ amount: '9000.00001' }), endless, '100').amount).toBe('9000.00001');
  });

  test('never more, never at a worse price, always in steps', () => {
    const text = fc.integer({ min: 1, max: 10 ** 9 }).map((n) => unitText(BigInt(n) * 10n ** 10n));
    fc.assert(
      fc.property(fc.constantFrom('buy', 'sell'), text, text, (side, amount, price) => {
        const order = orderOf({ side, type: 'limit', amount: sumText(amount, '1'), price: sumText(price, '10') });
        const rounded = roundToMarket(order, market, '100');
        const [before, after] = [units(order.price ?? ''), units(rounded.price ?? '')];
        expect(units(rounded.amount) <= units(order.amount)).toBe(true);
        expect(side === 'buy' ? after <= before : after >= before).toBe(true);
        expect(units(rounded.amount) % units(market.amountStep)).toBe(0n);
        expect(after % units(market.priceTick)).toBe(0n);
        expect(roundToMarket(rounded, market, '100')).toEqual(rounded);
      }),
    );
  });
});
