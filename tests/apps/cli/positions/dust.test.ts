import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SimulatedExchange, startSimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { fillEntries, wholeShare } from '../../../../core/orders/ledger.ts';
import { fillOf } from '../../../contracts/order-fixtures.ts';
import { writeAccounts } from '../../../order-desk.ts';
import { documentOf, runCli } from '../run-cli.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-dust-'));
let exchange: SimulatedExchange;
let keys: Record<string, string>;

/** Held by the ledger: market, amount, book. */
const held = [
  ['BTC/USDT', '0.00001', 'STR-001'],
  ['ETH/USDT', '0.5', 'STR-001'],
  ['ETH/USDT', '0.00001', 'STR-002'],
] as const;

beforeAll(async () => {
  const store = openSqliteOrderStore(join(home, 'orders.sqlite'));
  for (const [place, [symbol, amount, book]] of held.entries()) {
    const [base = '', quote = ''] = symbol.split('/');
    const fill = fillOf(String(place), { symbol, amount, quoteAmount: '1', fee: '0' });
    await store.postEntries(fillEntries(fill, { symbol, base, quote }, 'spot', [wholeShare(fill, book)]));
  }
  store.close();
  exchange = await startSimulatedExchange({ seed: 7, source: { kind: 'scripted' } });
  keys = writeAccounts(home, exchange, { spot: 'spot', kraken: 'kraken', usdm: 'usdm' });
});
afterAll(async () => {
  await exchange.close();
  rmSync(home, { recursive: true, force: true });
});

const cli = (args: string) =>
  runCli(args.split(' '), { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home, COLUMNS: '80', ...keys });

test('positions --venue marks what no order can get rid of, and of which book it is', async () => {
  const { positions } = documentOf(await cli('positions --venue --json')) as { positions: Record<string, unknown>[] };
  expect(positions).toEqual([
    expect.objectContaining({
      symbol: 'BTC/USDT',
      dust: true,
      dustBooks: ['STR-001'],
      dustReason: 'an order is worth at least 5 USDT',
      atVenue: { price: expect.stringMatching(/^6\d{4}/) },
    }),
    expect.objectContaining({ symbol: 'ETH/USDT', amount: '0.50001', dustBooks: ['STR-002'] }),
  ]);
  expect(positions[1]).not.toHaveProperty('dust');
});

test('and says by which price; without the venue nothing is known of it', async () => {
  const { stdout } = await cli('positions --venue');
  const said = stdout.replaceAll(/\s+/g, ' ');
  expect(said).toMatch(/dust: 0\.00001 of spot BTC\/USDT, valued at 6\d{4}\S*; an order is worth at least 5 USDT/);
  expect(said).toMatch(/dust: 0\.00001 STR-002 of spot ETH\/USDT, valued at/);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect((await cli('positions --json')).stdout).not.toContain('dust');
});
