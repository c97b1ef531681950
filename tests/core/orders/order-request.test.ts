import { describe, expect, test } from 'vitest';
import { DeskError } from '../../../core/errors.ts';
import { parseOrderRequest } from '../../../core/orders/order-request.ts';

const least = { account: 'binance-main', symbol: 'BTC/USDT', side: 'buy', amount: '0.01' };

/** The place and the words of a refusal. */
function refusalOf(input: unknown): string {
  try {
    parseOrderRequest(input);
  } catch (thrown) {
    if (!(thrown instanceof DeskError) || thrown.code !== 'BadInput') throw thrown;
    const { path = '', expected = '', found = '', nearest = '' } = thrown.place;
    return [path, thrown.message, expected, found, nearest].filter(Boolean).join(' | ');
  }
  return 'taken';
}

describe('an order as a person says it', () => {
  test('four fields are enough', () => {
    expect(parseOrderRequest(least)).toEqual({
      ...least,
      type: 'market',
      timeInForce: 'GTC',
      reduceOnly: false,
      book: 'manual',
      reason: 'by hand',
      leg: '1',
      intentNumber: 1,
    });
  });

  test.each([
    [{}, 'market'],
    [{ price: '100' }, 'limit'],
    [{ stopPrice: '90' }, 'stopMarket'],
  ])('its type follows from its prices: %j', (prices, type) => {
    expect(parseOrderRequest({ ...least, ...prices }).type).toBe(type);
  });

  test('everything may be said', () => {
    const all = {
      ...least,
      type: 'limit',
      price: '64000.5',
      timeInForce: 'PO',
      reduceOnly: true,
      book: 'STR-001',
      reason: 'rebalance',
      seed: 'rebalance/1',
      leg: '2',
      intentNumber: 0,
      replans: 3,
      restMs: 365 * 86_400_000,
    };
    expect(parseOrderRequest(all)).toEqual(all);
  });

  test('null is as good as left out', () => {
    expect(parseOrderRequest({ ...least, price: null, type: null })).toEqual(parseOrderRequest(least));
  });
});

const long = 'x'.repeat(201);

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'account | missing | the name of an account in config/api-keys.yaml'],
  ['null', null, 'account | missing'],
  ['a list', [least], 'a JSON object'],
  ['a text', 'buy', 'a JSON object'],
  ['no account', { ...least, account: undefined }, 'account | missing'],
  ['no symbol', { ...least, symbol: undefined }, 'symbol | missing | a market, as "BTC/USDT"'],
  ['no side', { ...least, side: undefined }, 'side | missing | buy or sell'],
  ['no amount', { ...least, amount: undefined }, 'amount | missing | a decimal text above 0, as "0.015"'],
  ['an unknown side', { ...least, side: 'long' }, 'side | '],
  ['a number for an amount', { ...least, amount: 0.01 }, 'amount | wrong input | a decimal text above 0, as "0.015"'],
  ['an amount of zero', { ...least, amount: '0.000' }, 'amount | '],
  ['an amount below zero', { ...least, amount: '-1' }, 'amount | '],
  ['an amount with an exponent', { ...least, amount: '1e3' }, 'amount | '],
  ['an amount with a comma', { ...least, amount: '0,01' }, 'amount | '],
  ['an amount of more than 18 decimals', { ...least, amount: `0.${'1'.repeat(19)}` }, 'amount | '],
  ['an amount of more than 30 digits', { ...least, amount: '1'.repeat(31) }, 'amount | '],
  ['a price of zero', { ...least, price: '0' }, 'price | '],
  ['an unknown type', { ...least, type: 'iceberg' }, 'type | '],
  [
    'a limit without a price',
    { ...least, type: 'limit' },
    'price | wrong input | a price: the order is limit | nothing',
  ],
  [
    'a market order with a price',
    { ...least, type: 'market', price: '1' },
    'price | wrong input | no price: the order is market | 1',
  ],
  [
    'a stop without its price',
    { ...least, type: 'stopMarket' },
    'stopPrice | wrong input | a stopPrice: the order is stopMarket',
  ],
  [
    'a limit with a stop',
    { ...least, type: 'limit', price: '1', stopPrice: '1' },
    'stopPrice | wrong input | no stopPrice',
  ],
  ['a stop limit', { ...least, price: '1', stopPrice: '1' }, 'price | wrong input | no price: the order is stopMarket'],
  ['an unknown time in force', { ...least, timeInForce: 'GTX' }, 'timeInForce | '],
  ['a word for a flag', { ...least, reduceOnly: 'yes' }, 'reduceOnly | wrong input | true or false'],
  ['an empty book', { ...least, book: '' }, 'book | wrong input | a text'],
  [
    'a book of more than 200 characters',
    { ...least, book: long },
    'book | wrong input | a text of at most 200 characters',
  ],
  ['a long reason', { ...least, reason: long }, 'reason | '],
  ['a long leg', { ...least, leg: long }, 'leg | '],
  ['a number below zero', { ...least, intentNumber: -1 }, 'intentNumber | wrong input | a whole number from 0 to'],
  ['half a number', { ...least, intentNumber: 0.5 }, 'intentNumber | '],
  ['a number that a double does not hold', { ...least, intentNumber: 2 ** 53 }, 'intentNumber | '],
  ['four new intents', { ...least, replans: 4 }, 'replans | wrong input | a whole number from 0 to 3 | 4'],
  ['no time to rest', { ...least, restMs: 0 }, 'restMs | wrong input | a whole number from 1 to'],
  ['more than a year', { ...least, restMs: 365 * 86_400_000 + 1 }, 'restMs | '],
  ['a key that is nearly known', { ...least, amonut: '1' }, 'amonut | unknown key'],
])('%s is refused', (_, input, expected) => {
  expect(refusalOf(input)).toContain(expected);
});
