import { expect, test } from 'vitest';
import { leftAsDust } from '../../../../apps/cli/orders/left-as-dust.ts';

const market = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  priceTick: '0.01',
  amountStep: '0.00001',
  minAmount: '0.0001',
  minNotional: '5',
  active: true,
};

const left = (held: Readonly<Record<string, string>>, amount: string) =>
  leftAsDust(
    Object.entries(held).map(([where, before]) => ({ where, amount: before })),
    { market, amount, price: '60000' },
  ).map(({ where, amount: rest }) => `${rest} in ${where}`);

test.each<[string, Readonly<Record<string, string>>, string, string[]]>([
  ['a sale that leaves too little in both', { account: '1.00005', book: '0.50002' }, '-0.5', ['0.00002 in book']],
  ['the same rest is told once', { account: '0.50002', book: '0.50002' }, '-0.5', ['0.00002 in account']],
  ['all of it', { account: '0.5', book: '0.5' }, '-0.5', []],
  ['enough is left', { account: '1', book: '0.6' }, '-0.5', []],
  ['a purchase leaves nothing', { account: '0.00001', book: '0.00001' }, '0.00002', []],
  ['more than there is', { account: '0.5', book: '0.5' }, '-0.50001', []],
  ['a short that is bought back', { account: '-0.50002', book: '0' }, '0.5', ['0.00002 in account']],
])('%s', (_, held, amount, expected) => expect(left(held, amount)).toEqual(expected));
