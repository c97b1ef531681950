import { describe, expect, test } from 'vitest';
import { sumText } from '../../../core/orders/amount.ts';
import { account, entriesOf, everything, fillOf, symbol } from '../order-fixtures.ts';
import { badInput, type WithStore } from './with-store.ts';

export function ledgerContract(name: string, withStore: WithStore): void {
  describe(`${name}: ledger`, () => {
    test(
      'keeps sums that are those of its postings, exactly',
      withStore(async (store) => {
        const postings = ['0.1', '0.2', '123456789012345678.000000000000000001'].map((quoteAmount, n) =>
          entriesOf(fillOf(String(n), { quoteAmount }), n === 0 ? 'STR-001' : 'unassigned'),
        );
        for (const entries of postings) await store.postEntries(entries);
        const totals = await store.ledgerTotals(account);
        expect(totals.filter(({ asset, ledgerAccount }) => asset === 'USDT' && ledgerAccount === 'trading')).toEqual([
          { ledgerAccount: 'trading', asset: 'USDT', book: 'STR-001', amount: '0.1' },
          {
            ledgerAccount: 'trading',
            asset: 'USDT',
            book: 'unassigned',
            amount: '123456789012345678.200000000000000001',
          },
        ]);
        for (const asset of ['BTC', 'USDT']) {
          const amounts = totals.filter((total) => total.asset === asset).map(({ amount }) => amount);
          expect(sumText(...amounts)).toBe('0');
        }
        const [eth] = entriesOf(fillOf('9'));
        if (eth === undefined) throw new Error('no entry');
        const move = [eth, { ...eth, ledgerAccount: 'external', amount: '641.231' }].map((line) => ({
          ...line,
          symbol: 'ETH/USDT',
          transactionId: 'eth',
        }));
        await store.postEntries(move);
        const bySymbol = (await store.symbolTotals(account)).filter(
          (total) => total.asset === 'USDT' && total.book === 'STR-001',
        );
        expect(bySymbol.map(({ symbol: of, ledgerAccount, amount }) => [ledgerAccount, of, amount])).toEqual([
          ['assets:free', symbol, '-0.1'],
          ['assets:free', 'ETH/USDT', '-641.231'],
          ['external', 'ETH/USDT', '641.231'],
          ['trading', symbol, '0.1'],
        ]);
        expect((await store.ledgerTotals(account))[3]).toEqual({
          ledgerAccount: 'assets:free',
          asset: 'USDT',
          book: 'unassigned',
          amount: '-123456789012345678.200000000000000001',
        });
        expect(await store.entries(account, 8)).toEqual([...(postings[2] ?? []), ...move].toReversed());
        expect(await store.entries(account)).toHaveLength(20);
        const trading = (await store.entries(account)).filter(({ ledgerAccount }) => ledgerAccount === 'trading');
        expect(trading.length).toBeGreaterThan(1);
        expect(await store.entries(account, 20, 'trading')).toEqual(trading);
        expect(await store.entries(account, 1, 'trading')).toEqual(trading.slice(0, 1));
        expect(await store.ledgerTotals('kraken-main')).toEqual([]);
      }),
    );

    test(
      'posts a transaction once, and says so when it comes again with other amounts',
      withStore(async (store) => {
        await store.postEntries(entriesOf(fillOf('1')));
        const before = await everything(store);
        await store.postEntries(entriesOf(fillOf('1')));
        expect(await everything(store)).toEqual(before);
        await store.postEntries(entriesOf(fillOf('1', { quoteAmount: '641.232' })));
        await store.postEntries(entriesOf(fillOf('1', { quoteAmount: '641.232' })));
        expect(await store.entries(account)).toHaveLength(6);
        expect(await store.alerts({ account })).toMatchObject([
          { severity: 'RED', text: expect.stringContaining('fill binance BTC/USDT 1') },
        ]);
      }),
    );

    test(
      'refuses a call whole when one of its transactions does not balance',
      withStore(async (store) => {
        const [first, ...rest] = entriesOf(fillOf('2'));
        const entries = [...entriesOf(fillOf('1')), ...rest];
        await expect(store.postEntries(entries)).rejects.toMatchObject(badInput('fill binance BTC/USDT 2'));
        // Two assets never balance each other.
        const mixed = first === undefined ? [] : [first, { ...first, asset: 'USDC', amount: '641.231' }];
        await expect(store.postEntries(mixed)).rejects.toMatchObject(badInput('fill binance BTC/USDT 2'));
        expect(await store.entries(account)).toEqual([]);
        expect(await store.ledgerTotals(account)).toEqual([]);
      }),
    );
  });
}
