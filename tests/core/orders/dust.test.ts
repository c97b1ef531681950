import { expect, test } from 'vitest';
import { dustOf } from '../../../core/orders/dust.ts';

const spot = { base: 'BTC', quote: 'USDT', amountStep: '0.0001', minAmount: '0.001', minNotional: '5' };
const perpetual = { ...spot, settle: 'USDT' };

test.each([
  ['nothing', '0', undefined],
  ['less than a step', '0.00009', 'an order has at least 0.001 BTC'],
  ['less than the least amount', '0.00099', 'an order has at least 0.001 BTC'],
  ['the least amount, worth too little', '0.001', 'an order is worth at least 5 USDT'],
  // 0.0049 in whole steps is worth 4.9, all of it 4.999.
  ['what only the cut-off part makes worth enough', '0.00499', 'an order is worth at least 5 USDT'],
  ['the least notional', '0.005', undefined],
  ['a short as small', '-0.00009', 'an order has at least 0.001 BTC'],
  ['a short that can be bought back', '-1', undefined],
])('%s', (_, amount, reason) => {
  expect(dustOf(amount, spot, '1000')).toEqual(reason === undefined ? undefined : { price: '1000', reason });
});

test('a market without a least amount has its step', () => {
  expect(dustOf('0.00009', { ...spot, minAmount: '0' }, '1000')?.reason).toBe('an order has at least 0.0001 BTC');
});

test('a perpetual may be reduced by less than the least notional', () => {
  expect(dustOf('0.001', perpetual, '1000')).toBeUndefined();
  expect(dustOf('0.0009', perpetual, '1000')?.reason).toBe('an order has at least 0.001 BTC');
});
