import { describe, expect, test } from 'vitest';
import { unassignedBook } from '../../../core/orders/books.ts';
import { type CorrectionInput, type Holding, planCorrections } from '../../../core/orders/corrections.ts';
import { unbalanced } from '../../../core/orders/ledger.ts';
import { account, noonMs } from '../../contracts/order-fixtures.ts';

const held = (asset: string, ledger: string, venue: string, ledgerAccount: Holding['ledgerAccount'] = 'assets') => ({
  ledgerAccount,
  asset,
  ledger,
  venue,
});

const inputOf = (change: Partial<CorrectionInput> = {}): CorrectionInput => ({
  account,
  holdings: [held('USDT', '100', '90.5')],
  before: [{ ledgerAccount: 'assets', asset: 'USDT', difference: '-9.5' }],
  moving: [],
  booked: [],
  venueMs: noonMs,
  ...change,
});

const plan = (change?: Partial<CorrectionInput>) => planCorrections(inputOf(change));

describe('what the venue holds and no order explains (orders.md 8)', () => {
  test('a difference that was seen twice is booked, from outside, into the unassigned book', () => {
    const { drift, entries } = plan();
    expect(drift).toEqual(inputOf().before);
    expect(entries).toEqual([
      expect.objectContaining({
        ledgerAccount: 'assets',
        asset: 'USDT',
        amount: '-9.5',
        book: unassignedBook,
        symbol: '',
      }),
      expect.objectContaining({ ledgerAccount: 'external', asset: 'USDT', amount: '9.5', account, venueMs: noonMs }),
    ]);
    expect(unbalanced(entries)).toEqual([]);
    expect(entries[0]?.source).toBe(entries[0]?.transactionId);
  });

  test('a perpetual’s is of its market', () => {
    const { entries } = plan({
      holdings: [held('BTC/USDT:USDT', '0', '-0.25', 'positions')],
      before: [{ ledgerAccount: 'positions', asset: 'BTC/USDT:USDT', difference: '-0.250' }],
    });
    expect(entries).toMatchObject([
      { ledgerAccount: 'positions', symbol: 'BTC/USDT:USDT', amount: '-0.25' },
      { ledgerAccount: 'external', amount: '0.25' },
    ]);
  });

  test.each<[string, Partial<CorrectionInput>]>([
    ['the first time', { before: [] }],
    ['another difference than before', { before: [{ ledgerAccount: 'assets', asset: 'USDT', difference: '-9.4' }] }],
    ['the same of another asset', { before: [{ ledgerAccount: 'assets', asset: 'BTC', difference: '-9.5' }] }],
    ['the same of a position', { before: [{ ledgerAccount: 'positions', asset: 'USDT', difference: '-9.5' }] }],
    ['while an order moves the asset', { moving: ['BTC', 'USDT'] }],
  ])('%s it is drift alone', (_, change) => {
    const { drift, entries } = plan(change);
    expect(drift).toEqual([{ ledgerAccount: 'assets', asset: 'USDT', difference: '-9.5' }]);
    expect(entries).toEqual([]);
  });

  test('a failed query concludes nothing, and equal sums are no drift, however they are written', () => {
    expect(plan({ holdings: [] })).toEqual({ drift: [], entries: [] });
    expect(plan({ holdings: [held('USDT', '100', '100.00')] })).toEqual({ drift: [], entries: [] });
  });
});

describe('the id of a correction', () => {
  const idOf = (change?: Partial<CorrectionInput>) => plan(change).entries[0]?.transactionId;

  test('is the same for all that saw the same ledger, whenever and whatever else they saw', () => {
    expect(idOf()).toMatch(/^correction-[0-9a-f]{32}$/);
    expect(idOf({ venueMs: noonMs + 60_000 })).toBe(idOf());
    expect(idOf({ holdings: [held('BTC', '1', '2'), held('USDT', '100.0', '90.5')] })).toBe(idOf());
    expect(idOf({ booked: [{ asset: 'BTC' }] })).toBe(idOf());
  });

  test('goes by the number of corrections alone where all of them are known, whatever was traded since', () => {
    const all = { allBooked: true, booked: [{ asset: 'USDT' }] };
    const traded = { ...all, holdings: [held('USDT', '200', '190.5')] };
    expect(idOf(traded)).toBe(idOf(all));
    expect(idOf({ ...all, booked: [] })).not.toBe(idOf(all));
    expect(idOf({ ...all, allBooked: false })).not.toBe(idOf(all));
  });

  test.each<[string, Partial<CorrectionInput>]>([
    ['another account', { account: 'kraken-main' }],
    ['the same drift from another sum', { holdings: [held('USDT', '200', '190.5')] }],
    ['the same drift come back after it was booked', { booked: [{ asset: 'USDT' }] }],
  ])('is another for %s', (_, change) => {
    expect(idOf(change)).toBeDefined();
    expect(idOf(change)).not.toBe(idOf());
  });
});
