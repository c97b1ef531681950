import { expect, test } from 'vitest';
import { spendOf } from '../../../core/orders/spend.ts';

const spot = { base: 'BTC', quote: 'USD' };
const perpetual = { base: 'BTC', quote: 'USDT', settle: 'USDT' };
const order = { side: 'buy', amount: '0.5', worstPrice: '60000', reduces: false } as const;

test.each([
  ['a buy costs quote', spot, order, { asset: 'USD', amount: '30000' }],
  ['and the fee that comes on top', { ...spot, takerFeeInQuote: '0.004' }, order, { asset: 'USD', amount: '30120' }],
  ['a sale takes base', spot, { ...order, side: 'sell' }, { asset: 'BTC', amount: '0.5' }],
  [
    'a perpetual takes margin, rounded up',
    perpetual,
    { ...order, leverage: '7' },
    { asset: 'USDT', amount: '4285.714285714285714286' },
  ],
  ['nobody knows how much without a leverage', perpetual, order, { asset: 'USDT' }],
  ['what reduces takes none', perpetual, { ...order, leverage: '7', reduces: true }, { asset: 'USDT', amount: '0' }],
] as const)('%s', (_, market, asked, expected) => expect(spendOf(market, asked)).toEqual(expected));
