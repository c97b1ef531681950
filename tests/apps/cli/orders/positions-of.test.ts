import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { positionsOf } from '../../../../apps/cli/positions/positions-of.ts';
import { shareFill } from '../../../../core/orders/books.ts';
import { fillEntries, wholeShare } from '../../../../core/orders/ledger.ts';
import { crossEntries, netIntents } from '../../../../core/orders/netting.ts';
import { account, fillOf, noonMs } from '../../../contracts/order-fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-positions-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['spot', { symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT' }],
  ['a perpetual', { symbol: 'BTC/USDT:USDT', base: 'BTC', quote: 'USDT', settle: 'USDT' }],
])('books of %s: what crossed, what went out, what others did', async (_, market) => {
  const { symbol } = market;
  const store = openSqliteOrderStore(join(folder, `${symbol.replace(/\W/g, '-')}.sqlite`));
  try {
    const wants = [
      { intentId: 'a', book: 'STR-001', symbol, side: 'buy', amount: '0.03' },
      { intentId: 'b', book: 'STR-002', symbol, side: 'sell', amount: '0.01' },
    ] as const;
    const [plan] = netIntents(wants, account, noonMs);
    if (plan === undefined) throw new Error('nothing was netted');
    const filled = { amount: '0.02', quote: '1200' };
    const out = fillOf('1', { symbol, amount: '0.02', quoteAmount: '1200', fee: '0' });
    const foreign = fillOf('2', { symbol, amount: '0.005', quoteAmount: '300', fee: '0' });
    await store.postEntries([
      ...crossEntries(plan.group, { market, ledgerDecimals: 8, filled, middle: '60000', venueMs: noonMs }),
      ...fillEntries(out, market, account, shareFill(out, plan.group, 8)),
      ...fillEntries(foreign, market, account, [wholeShare(foreign, 'unassigned')]),
    ]);
    expect(await positionsOf(store, account)).toMatchObject([
      { symbol, amount: '0.025', books: { 'STR-001': '0.03', 'STR-002': '-0.01', unassigned: '0.005' } },
    ]);
  } finally {
    store.close();
  }
});
