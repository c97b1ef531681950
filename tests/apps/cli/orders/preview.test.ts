import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SimulatedExchange, startSimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import type { OrderPreview } from '../../../../apps/cli/orders/preview.ts';
import { fillEntries, wholeShare } from '../../../../core/orders/ledger.ts';
import { fillOf } from '../../../contracts/order-fixtures.ts';
import { writeAccounts } from '../../../order-desk.ts';
import { documentOf, runCli } from '../run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-preview-'));
const config = join(folder, 'config');
let exchange: SimulatedExchange;
/** Another venue, whose prices are 5 % higher. */
let elsewhere: SimulatedExchange;
let env: Record<string, string>;

const control = async ({ control: url }: SimulatedExchange, path: string, body: object): Promise<void> => {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
};

beforeAll(async () => {
  const options = { seed: 5, source: { kind: 'scripted' }, krakenTier: 'pro' } as const;
  [exchange, elsewhere] = await Promise.all([startSimulatedExchange(options), startSimulatedExchange(options)]);
  const keys = writeAccounts(config, exchange, { spot: 'spot', kraken: 'kraken', usdm: 'usdm' });
  const other = [
    '  elsewhere:\n    venue: binance',
    `    base_url: ${elsewhere.url}/bspot`,
    '    api_key: { env: TEST_BINANCE_KEY }',
    '    secret: { env: TEST_BINANCE_SECRET }\n',
  ];
  appendFileSync(join(config, 'api-keys.yaml'), other.join('\n'));
  env = { ...keys, NIGHTDESK_HOME: join(folder, 'home'), NIGHTDESK_CONFIG: config, DATABASE_URL: '' };
  await control(elsewhere, '/price', { symbol: 'BTCUSDT', price: '68250' });
});

afterAll(async () => {
  await Promise.all([exchange.close(), elsewhere.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const dryRun = (args: string, more: Record<string, string> = {}) =>
  runCli(['orders', 'send', ...args.split(' '), '--dry-run'], { ...env, COLUMNS: '80', ...more });

const preview = async (args: string): Promise<OrderPreview> =>
  (documentOf(await dryRun(`${args} --json`)) as { preview: OrderPreview }).preview;

describe('what the account has for the order', () => {
  test('a buy is held against the free quote, at its worst price', async () => {
    const { funds, notional, refusals } = await preview('spot buy 0.05 BTC/USDT');
    expect(funds).toMatchObject({ asset: 'USDT', free: '100000', needed: notional });
    expect(refusals).toEqual([]);
  });

  test.each([
    ['spot sell 3 BTC/USDT', 'not enough BTC: the order sells 3, 2 are free'],
    // Kraken takes 0.4 % on top.
    ['kraken buy 2 BTC/USD --limit 60000', 'not enough USD: the order spends 120480 at worst, 100000 are free'],
    // What a venue takes out of what is bought is not on top.
    ['spot buy 2 BTC/USDT --limit 60000', 'not enough USDT: the order spends 120000 at worst, 100000 are free'],
  ])('%s: %s', async (args, refusal) => expect((await preview(args)).refusals).toContain(refusal));

  test('a perpetual is held against the free margin, where the venue tells the leverage', async () => {
    expect((await preview('usdm buy 0.01 BTC/USDT:USDT')).funds).toEqual({ asset: 'USDT', free: '100000' });
    const held = { venue: 'binanceUsdm', symbol: 'BTCUSDT', side: 'buy', quantity: '1', account: 'main' };
    await control(exchange, '/order-as', held);
    const { funds, refusals } = await preview('usdm buy 31 BTC/USDT:USDT --limit 64000');
    expect(funds).toMatchObject({ leverage: '20', needed: '99200' });
    expect(refusals).toContainEqual(expect.stringMatching(/^not enough margin: the order needs 99200 USDT at worst/));
    expect((await preview('usdm sell 0.5 BTC/USDT:USDT --reduce-only')).funds).toMatchObject({ needed: '0' });
  });

  test('a venue that does not tell keeps nobody from an order', async () => {
    const match = { venue: 'binanceSpot', method: 'GET', path: '/api/v3/account' };
    await control(exchange, '/fault', { kind: 'http', match, count: 5, args: { status: 503 } });
    const { funds, refusals } = await preview('spot buy 0.05 BTC/USDT');
    await control(exchange, '/faults/clear', {});
    expect([Object.keys(funds), refusals]).toEqual([['failure'], []]);
  });
});

describe('the second price', () => {
  const settings = (text: string) => writeFileSync(join(config, 'orders.yaml'), `price_check: { ${text} }\n`);
  afterAll(() => rmSync(join(config, 'orders.yaml'), { force: true }));

  test('is that of the account that the settings name, as on the way out', async () => {
    settings('reference_account: elsewhere');
    const far = await preview('spot buy 0.05 BTC/USDT');
    expect(far.refusals).toEqual([expect.stringMatching(/^last trade \S+ is too far from otherVenue 682\d\d/)]);
    settings('reference_account: kraken');
    const near = await preview('spot buy 0.05 BTC/USDT');
    expect(near).toMatchObject({ refusals: [], collar: { source: 'otherVenue', account: 'kraken' } });
    const { stdout } = await dryRun('spot buy 0.05 BTC/USDT');
    expect(stdout).toMatch(/^ {2}held to {4}\d+(\.\d+)? of kraken$/m);
  });

  test('of an account that is not set up there is none, and no order', async () => {
    settings('reference_account: nowhere');
    expect(await dryRun('spot buy 0.05 BTC/USDT')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nowhere'),
    });
  });
});

test('a sale that leaves dust says so', async () => {
  const { code, stdout } = await dryRun('spot sell 1.99999 BTC/USDT');
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /dust 0\.00001 BTC would stay in the account, worth 0\.6\d+ USDT at \S+: an order is worth at least 5 USDT/,
  );
  expect((await preview('spot sell 1 BTC/USDT')).leftAsDust).toEqual([]);
});

test('a book has what is left after fees in the base asset', async () => {
  const store = openSqliteOrderStore(join(folder, 'home', 'orders.sqlite'));
  const fill = fillOf('1', { amount: '0.01', fee: '0.00001', feeAsset: 'BTC' });
  const market = { symbol: fill.symbol, base: 'BTC', quote: 'USDT' };
  await store.postEntries(fillEntries(fill, market, 'spot', [wholeShare(fill, 'STR-001')]));
  store.close();
  expect((await preview('spot sell 0.00995 BTC/USDT --book STR-001')).leftAsDust).toMatchObject([
    { where: 'book STR-001', amount: '0.00004', reason: 'an order is worth at least 5 USDT' },
  ]);
});
