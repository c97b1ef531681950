import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { units, unitText } from '../../../core/orders/amount.ts';
import { entriesOf, fillEntries, fillKey, unbalanced, wholeShare } from '../../../core/orders/ledger.ts';
import type { Fill, Side } from '../../../core/orders/types.ts';
import type { LedgerEntry } from '../../../core/ports/order-store.ts';
import { account, fillOf, symbol } from '../../contracts/order-fixtures.ts';

const spot = { symbol, base: 'BTC', quote: 'USDT' };
const perpetual = { symbol: 'BTC/USDT:USDT', base: 'BTC', quote: 'USDT', settle: 'USDT' };

/** `ledgerAccount asset amount`, one a line. */
const lines = (entries: readonly LedgerEntry[]): string[] =>
  entries.map(({ ledgerAccount, asset, amount }) => `${ledgerAccount} ${asset} ${amount}`);

describe('the postings of a fill', () => {
  test('spot: base and quote change hands, the fee is paid', () => {
    const fill = fillOf('1');
    expect(lines(fillEntries(fill, spot, account, [wholeShare(fill, 'STR-001')]))).toEqual([
      'assets BTC 0.01',
      'trading BTC -0.01',
      'assets USDT -641.231',
      'trading USDT 641.231',
      'assets BTC -0.00001',
      'fees BTC 0.00001',
    ]);
  });

  test('a sale with a rebate: the fee comes in', () => {
    const fill = fillOf('2', { side: 'sell', fee: '-0.05', feeAsset: 'USDT' });
    expect(lines(fillEntries(fill, spot, account, [wholeShare(fill, 'STR-001')]))).toEqual([
      'assets BTC -0.01',
      'trading BTC 0.01',
      'assets USDT 641.231',
      'trading USDT -641.231',
      'assets USDT 0.05',
      'fees USDT -0.05',
    ]);
  });

  test('a perpetual: the position and what it realised; no quote moves', () => {
    const fill = fillOf('3', {
      symbol: perpetual.symbol,
      side: 'sell',
      realizedPnl: '-2.5',
      fee: '0.25',
      feeAsset: 'USDT',
    });
    expect(lines(fillEntries(fill, perpetual, account, [wholeShare(fill, 'STR-001')]))).toEqual([
      'positions BTC/USDT:USDT -0.01',
      'trading BTC/USDT:USDT 0.01',
      'assets USDT -2.5',
      'trading USDT 2.5',
      'assets USDT -0.25',
      'fees USDT 0.25',
    ]);
  });

  test('say what they are of', () => {
    const fill = fillOf('4', { fee: '0' });
    const [first, ...others] = fillEntries(fill, spot, account, [wholeShare(fill, 'STR-001')]);
    expect(first).toMatchObject({
      transactionId: `fill ${fillKey(fill)}`,
      account,
      book: 'STR-001',
      symbol,
      source: '4',
    });
    expect(others).toHaveLength(3); // a fee of nothing moves nothing
  });
});

test('a transaction that does not sum to zero is named, by asset', () => {
  const common = { transactionId: 't', account, book: 'b', symbol, source: 's', venueMs: 0 };
  const [to, from] = entriesOf([['assets', 'external', 'BTC', units('1')]], common);
  expect(unbalanced([])).toEqual([]);
  expect(unbalanced([to, from].filter((entry) => entry !== undefined))).toEqual([]);
  expect(
    unbalanced(
      [to, { ...common, ledgerAccount: 'external', asset: 'BTC', amount: '-0.4' }].filter(
        (entry) => entry !== undefined,
      ),
    ),
  ).toEqual(['t BTC: 0.6']);
});

const text = (least: bigint) => fc.bigInt({ min: least, max: 10n ** 24n }).map(unitText);
const fills: fc.Arbitrary<Fill[]> = fc
  .array(
    fc.record({
      side: fc.constantFrom<Side>('buy', 'sell'),
      amount: text(1n),
      quoteAmount: text(0n),
      fee: text(-(10n ** 24n)),
      feeAsset: fc.constantFrom('BTC', 'USDT', 'BNB'),
      realizedPnl: text(-(10n ** 24n)),
    }),
    { maxLength: 10 },
  )
  .map((some) => some.map((change, place) => fillOf(String(place), change)));

test('whatever is filled, the ledger balances after each, and holdings are the sum of the fills', () => {
  fc.assert(
    fc.property(fills, fc.constantFrom(spot, perpetual), (some, market) => {
      const entries: LedgerEntry[] = [];
      for (const fill of some) {
        entries.push(...fillEntries(fill, market, account, [wholeShare(fill, 'b')]));
        expect(unbalanced(entries)).toEqual([]);
      }
      const held = (ledgerAccount: string, asset: string) =>
        entries
          .filter((entry) => entry.ledgerAccount === ledgerAccount && entry.asset === asset)
          .reduce((sum, { amount }) => sum + units(amount), 0n);
      const traded = some.reduce(
        (sum, { side, amount }) => sum + (side === 'buy' ? units(amount) : -units(amount)),
        0n,
      );
      const fees = some.filter(({ feeAsset }) => feeAsset === 'BTC').reduce((sum, { fee }) => sum + units(fee), 0n);
      const isSpot = market === spot;
      expect(isSpot ? held('assets', 'BTC') : held('positions', perpetual.symbol)).toBe(
        isSpot ? traded - fees : traded,
      );
      expect(held('fees', 'BTC')).toBe(fees);
    }),
  );
});
