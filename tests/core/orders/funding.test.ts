import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { absolute } from '../../../core/orders/amount.ts';
import { type BookSize, fundingEntries, shareFunding } from '../../../core/orders/funding.ts';
import { unbalanced } from '../../../core/orders/ledger.ts';

const held = (sizes: Readonly<Record<string, bigint>>): BookSize[] =>
  Object.entries(sizes).map(([book, size]) => ({ book, size }));

const shares = (total: bigint, sizes: Readonly<Record<string, bigint>>, unit = 1n) =>
  Object.fromEntries(shareFunding(total, held(sizes), unit));

const payment = {
  venue: 'binanceusdm',
  fundingId: '77',
  symbol: 'BTC/USDT:USDT',
  asset: 'USDT',
  amount: '-1.00000001',
  venueMs: 1_700_000_000_000,
};

describe('shareFunding', () => {
  // By hand: each book what it would pay alone, size / net of the payment.
  test.each([
    { name: 'one book', total: -7n, sizes: { a: 3n }, parts: { a: -7n } },
    {
      name: 'pro rata, the largest remainder first',
      total: -10n,
      sizes: { a: 1n, b: 2n, c: 4n },
      parts: { a: -1n, b: -3n, c: -6n },
    },
    { name: 'shorts that receive', total: 9n, sizes: { a: -1n, b: -2n }, parts: { a: 3n, b: 6n } },
    {
      name: 'the other side gets its part',
      total: -20n,
      sizes: { long: 3n, short: -1n },
      parts: { long: -30n, short: 10n },
    },
    { name: 'a flat book has nothing of it', total: -5n, sizes: { a: 2n, flat: 0n }, parts: { a: -5n } },
    { name: 'nobody holds it', total: -5n, sizes: {}, parts: { unassigned: -5n } },
    { name: 'flat in all', total: -5n, sizes: { a: 2n, b: -2n }, parts: { unassigned: -5n } },
  ])('$name', ({ total, sizes, parts }) => {
    expect(shares(total, sizes)).toEqual(parts);
  });

  const size = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
  const sizes = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), size);
  const total = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });

  test('adds up to the payment exactly, in whole units, whatever the order of the books', () => {
    fc.assert(
      fc.property(total, sizes, fc.constantFrom(1n, 10n, 10n ** 10n), (paid, of, unit) => {
        const parts = shareFunding(paid, held(of), unit);
        expect([...parts.values()].reduce((sum, part) => sum + part, 0n)).toBe(paid);
        const reversed = shareFunding(paid, held(of).toReversed(), unit);
        expect(Object.fromEntries(reversed)).toEqual(Object.fromEntries(parts));
        const broken = [...parts.values()].filter((part) => paid % unit === 0n && part % unit !== 0n);
        expect(broken).toEqual([]);
      }),
    );
  });

  test('each book is within two units of what it would pay alone, on the side that it is on', () => {
    fc.assert(
      fc.property(total, sizes, (paid, of) => {
        const net = Object.values(of).reduce((sum, each) => sum + each, 0n);
        fc.pre(net !== 0n);
        const parts = shareFunding(paid, held(of), 1n);
        for (const [book, each] of Object.entries(of)) {
          const off = absolute((parts.get(book) ?? 0n) * net - paid * each);
          expect(off).toBeLessThanOrEqual(2n * absolute(net));
        }
      }),
    );
  });
});

test('the postings of a payment balance, go from funding to assets, and have the venue’s id', () => {
  const sizes = held({ 'STR-001': 2n, 'STR-002': 1n });
  const entries = fundingEntries(payment, { account: 'paper', held: sizes, ledgerDecimals: 8 });
  expect(unbalanced(entries)).toEqual([]);
  const told = entries.map(({ book, ledgerAccount, amount }) => `${book} ${ledgerAccount} ${amount}`);
  expect(told).toEqual([
    'STR-001 assets -0.66666667',
    'STR-001 funding 0.66666667',
    'STR-002 assets -0.33333334',
    'STR-002 funding 0.33333334',
  ]);
  expect(new Set(entries.map(({ transactionId }) => transactionId))).toEqual(
    new Set(['funding binanceusdm BTC/USDT:USDT 77']),
  );
});
