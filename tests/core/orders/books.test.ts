import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumText, units, unitText } from '../../../core/orders/amount.ts';
import { orderShares, outgoingSide, shareFill, shareOut } from '../../../core/orders/books.ts';
import type { NettedGroup } from '../../../core/ports/order-store.ts';
import { account, fillOf, noonMs, symbol } from '../../contracts/order-fixtures.ts';

const sized = (sizes: Readonly<Record<string, number>>) =>
  Object.entries(sizes).map(([id, size]) => ({ id, size: BigInt(size) }));

const partsOf = (total: bigint, sharers: ReturnType<typeof sized>, unit: bigint) =>
  sharers.map(shareOut(total, sharers, unit));

const member = (intentId: string, side: 'buy' | 'sell', amount: string) => {
  return { intentId, book: `book-${intentId}`, side, amount };
};

const groupOf = (...members: NettedGroup['members']): NettedGroup => {
  return { groupId: 'group-1', account, symbol, members, atMs: noonMs };
};

describe('orderShares', () => {
  test('who takes shares by size, who crosses has nothing of it', () => {
    const group = groupOf(member('a', 'buy', '0.02'), member('b', 'sell', '0.005'), member('c', 'buy', '0.01'));
    expect(orderShares(group, '0.025')).toEqual([
      { book: 'book-a', intentId: 'a', side: 'buy', wanted: '0.02', share: '0.01666667' },
      { book: 'book-b', intentId: 'b', side: 'sell', wanted: '0.005', share: '0' },
      { book: 'book-c', intentId: 'c', side: 'buy', wanted: '0.01', share: '0.00833333' },
    ]);
  });

  test('one member has all of it, below the unit of sharing too', () => {
    expect(orderShares(groupOf(member('a', 'sell', '3')), '2.9999999999')).toMatchObject([{ share: '2.9999999999' }]);
  });
});

describe('shareOut', () => {
  // By hand: whole units pro rata, what is left one by one to the largest remainders.
  test.each([
    { name: 'evenly', total: 9n, sizes: { a: 1, b: 1, c: 1 }, unit: 1n, parts: [3n, 3n, 3n] },
    { name: 'the largest remainder first', total: 10n, sizes: { a: 1, b: 2, c: 4 }, unit: 1n, parts: [1n, 3n, 6n] },
    { name: 'by what is left, not by size', total: 11n, sizes: { a: 3, b: 4 }, unit: 1n, parts: [5n, 6n] },
    { name: 'ties to the lower id', total: 10n, sizes: { c: 1, a: 1, b: 1 }, unit: 1n, parts: [3n, 4n, 3n] },
    { name: 'two left among three', total: 11n, sizes: { c: 1, a: 1, b: 1 }, unit: 1n, parts: [3n, 4n, 4n] },
    { name: 'less than one unit each', total: 1n, sizes: { b: 5, a: 5 }, unit: 1n, parts: [0n, 1n] },
    {
      name: 'in units of ten, the dust to who comes first',
      total: 107n,
      sizes: { a: 1, b: 1 },
      unit: 10n,
      parts: [57n, 50n],
    },
    { name: 'a sale as a purchase', total: -10n, sizes: { a: 1, b: 2, c: 4 }, unit: 1n, parts: [-1n, -3n, -6n] },
    { name: 'nothing', total: 0n, sizes: { a: 1, b: 2 }, unit: 1n, parts: [0n, 0n] },
    { name: 'one alone', total: 7n, sizes: { a: 3 }, unit: 1n, parts: [7n] },
    { name: 'nobody has a size', total: -7n, sizes: { b: 0, a: 0, c: 0 }, unit: 1n, parts: [-7n, 0n, 0n] },
    { name: 'a tie of three, two left', total: 5n, sizes: { b: 1, c: 1, a: 1 }, unit: 1n, parts: [2n, 1n, 2n] },
    { name: 'a size of nothing', total: 7n, sizes: { a: 0, b: 3 }, unit: 1n, parts: [0n, 7n] },
  ])('$name', ({ total, sizes, unit, parts }) => {
    expect(partsOf(total, sized(sizes), unit)).toEqual(parts);
  });

  const members = fc.uniqueArray(
    fc.record({ id: fc.stringMatching(/^[a-z]{1,4}$/), size: fc.bigInt({ min: 1n, max: 10n ** 24n }) }),
    { minLength: 1, maxLength: 20, selector: ({ id }) => id },
  );
  const totals = fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n });
  const unitSizes = fc.constantFrom(1n, 10n ** 8n, 10n ** 10n);

  test('parts sum to the total exactly, and no part is a unit or more away from its due', () => {
    fc.assert(
      fc.property(totals, members, unitSizes, (total, sizes, unit) => {
        const parts = partsOf(total, sizes, unit);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
        const all = sizes.reduce((sum, { size }) => sum + size, 0n);
        for (const [index, { size }] of sizes.entries()) {
          const off = (parts[index] ?? 0n) * all - total * size;
          // A unit by rounding, and less than one of dust.
          expect(off < 2n * unit * all && off > -2n * unit * all).toBe(true);
        }
      }),
    );
  });

  test('who gets what does not depend on the order', () => {
    const shuffled = members.chain((sizes) =>
      fc.tuple(fc.constant(sizes), fc.shuffledSubarray(sizes, { minLength: sizes.length })),
    );
    const byId = (sizes: readonly { id: string }[], parts: readonly bigint[]) =>
      sizes.map(({ id }, index) => `${id} ${parts[index]}`).toSorted();
    fc.assert(
      fc.property(totals, shuffled, unitSizes, (total, [sizes, other], unit) => {
        expect(byId(other, partsOf(total, other, unit))).toEqual(byId(sizes, partsOf(total, sizes, unit)));
      }),
    );
  });
});

describe('shareFill', () => {
  test('the larger side takes it, in the venue’s last unit and never in lots', () => {
    const group = groupOf(member('a', 'buy', '0.02'), member('b', 'buy', '0.01'), member('c', 'sell', '0.005'));
    const fill = fillOf('1', { amount: '0.001', quoteAmount: '60.00000001', fee: '0.00000001', feeAsset: 'BTC' });
    const shares = shareFill(fill, group, 8).map((share) => ({
      book: share.book,
      amount: unitText(share.amount),
      quote: unitText(share.quote),
      fee: unitText(share.fee),
    }));
    expect(shares).toEqual([
      { book: 'book-a', amount: '0.00066667', quote: '40.00000001', fee: '0.00000001' },
      { book: 'book-b', amount: '0.00033333', quote: '20', fee: '0' },
    ]);
  });

  test('a rebate and a realised loss are shared with their sign', () => {
    const group = groupOf(member('a', 'sell', '1'), member('b', 'sell', '3'));
    const fill = fillOf('1', { side: 'sell', fee: '-0.00000004', realizedPnl: '-2.5' });
    const shares = shareFill(fill, group, 8);
    expect(shares.map(({ fee }) => unitText(fee))).toEqual(['-0.00000001', '-0.00000003']);
    expect(shares.map(({ realized }) => unitText(realized))).toEqual(['-0.625', '-1.875']);
  });

  test('what is finer than the venue’s ledger is not lost', () => {
    const group = groupOf(member('a', 'buy', '1'), member('b', 'buy', '1'));
    const shares = shareFill(fillOf('1', { quoteAmount: '1.0000000000000001' }), group, 8);
    expect(sumText(...shares.map(({ quote }) => unitText(quote)))).toBe('1.0000000000000001');
  });

  test('of equal sides, where nothing should go out, the buyers have what did', () => {
    const group = groupOf(member('a', 'sell', '1'), member('b', 'buy', '1'));
    expect(shareFill(fillOf('1'), group, 8).map(({ book }) => book)).toEqual(['book-b']);
  });

  test('refuses a fill that is no number', () => {
    const group = groupOf(member('a', 'buy', '1'));
    expect(() => shareFill(fillOf('1', { fee: 'none' }), group, 8)).toThrowError(
      expect.objectContaining({ code: 'BadInput' }),
    );
  });

  test('fill after fill: every figure sums to the venue’s', () => {
    const text = fc.bigInt({ min: 0n, max: 10n ** 22n }).map((value) => unitText(value * 10n ** 8n));
    const sizes = fc.array(
      text.filter((amount) => units(amount) > 0n),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.record({ amount: text, quoteAmount: text, fee: text }), { maxLength: 5 }),
        (given, fills) => {
          const group = groupOf(...given.map((amount, index) => member(`m${index}`, 'buy', amount)));
          for (const [index, each] of fills.entries()) {
            const shares = shareFill(fillOf(String(index), each), group, 10);
            const sum = (pick: 'amount' | 'quote' | 'fee') => shares.reduce((all, share) => all + share[pick], 0n);
            expect([sum('amount'), sum('quote'), sum('fee')]).toEqual([
              units(each.amount),
              units(each.quoteAmount),
              units(each.fee),
            ]);
          }
        },
      ),
    );
  });
});

describe('outgoingSide', () => {
  test.each([
    ['buy', [member('a', 'buy', '0.5'), member('b', 'sell', '0.2')]],
    ['sell', [member('a', 'buy', '0.1'), member('b', 'sell', '0.2')]],
    ['buy', [member('a', 'buy', '0.2'), member('b', 'sell', '0.20')]],
  ] as const)('is the larger one: %s', (side, members) => {
    expect(outgoingSide(members)).toBe(side);
  });
});
