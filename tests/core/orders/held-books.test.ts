import { expect, test } from 'vitest';
import { heldBooks } from '../../../core/orders/held-books.ts';

const total = (
  book: string,
  [ledgerAccount, asset, amount]: readonly [string, string, string],
  symbol = 'BTC/USDT',
) => ({
  book,
  ledgerAccount,
  asset,
  amount,
  symbol,
});
const perpetual = 'ETH/USDT:USDT';

test('a book holds what the venue and other books gave it, spot and perpetual; cash and fees are no position', () => {
  const totals = [
    total('STR-003', ['trading', 'BTC', '-0.5']),
    total('STR-003', ['trading', 'USDT', '30000']),
    // Bought from the venue, sold to another book: flat.
    total('STR-002', ['trading', 'BTC', '-0.2']),
    total('STR-002', ['crossing', 'BTC', '0.2']),
    total('STR-002', ['fees', 'BTC', '0.0001']),
    total('STR-001', ['positions', perpetual, '-2'], perpetual),
    total('STR-004', ['assets:free', 'USDT', '12'], perpetual),
  ];
  expect(heldBooks(totals)).toEqual(['STR-001', 'STR-003']);
});

test('positions of two markets in one book do not cancel out', () => {
  const totals = [
    total('STR-001', ['positions', perpetual, '2'], perpetual),
    total('STR-001', ['positions', 'BTC/USDT:USDT', '-2'], 'BTC/USDT:USDT'),
  ];
  expect(heldBooks(totals)).toEqual(['STR-001']);
  expect(heldBooks([])).toEqual([]);
});
