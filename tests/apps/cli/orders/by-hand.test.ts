import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SimulatedExchange, startSimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { giveBundle } from '../../../give-bundle.ts';
import { writeAccounts } from '../../../order-desk.ts';
import { needsServer, temporalServer } from '../../../temporal-server.ts';
import { documentOf, runCli } from '../run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-cli-orders-'));
const names = { spot: 'spot', kraken: 'kraken', usdm: 'usdm' };
let exchange: SimulatedExchange;
let env: Record<string, string>;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ seed: 5, source: { kind: 'scripted' }, krakenTier: 'pro' });
  const keys = writeAccounts(join(folder, 'config'), exchange, names);
  const places = { NIGHTDESK_HOME: join(folder, 'home'), NIGHTDESK_CONFIG: join(folder, 'config') };
  await giveBundle(places.NIGHTDESK_HOME);
  // Nothing listens there: these commands work without Temporal.
  env = { ...keys, ...places, DATABASE_URL: '', TEMPORAL_ADDRESS: '127.0.0.1:1' };
});

afterAll(async () => {
  await exchange.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (...args: string[]) => runCli(['orders', 'send', 'spot', ...args], env);

describe('orders send --dry-run', () => {
  test('shows rounding, reference, worst case and limits, and sends nothing', async () => {
    const run = await send('buy', '0.0123456', 'BTC/USDT', '--dry-run', '--json');
    expect(documentOf(run)).toMatchObject({
      dryRun: true,
      preview: {
        asked: { amount: '0.0123456' },
        rounded: { amount: '0.01234' },
        reference: { source: 'bookMid' },
        mode: 'ACTIVE',
        refusals: [],
      },
    });
    expect(
      exchange.simulation.log.entries.filter(({ method, path }) => method === 'POST' && path.includes('order')),
    ).toEqual([]);
  });

  test.each([
    ['over a limit', ['buy', '1', 'BTC/USDT'], 'order notional would be'],
    ['too far from the price', ['buy', '0.01', 'BTC/USDT', '--limit', '90000'], 'too far from'],
  ])('says why an order %s would be refused', async (_, args, reason) => {
    const { preview } = documentOf(await send(...args, '--dry-run', '--json')) as { preview: { refusals: string[] } };
    expect(preview.refusals.join()).toContain(reason);
  });

  test.each([
    ['an unknown account', ['orders', 'send', 'sppot', 'buy', '1', 'BTC/USDT', '--json'], 'account'],
    ['a side that is none', ['orders', 'send', 'spot', 'long', '1', 'BTC/USDT', '--json'], 'side'],
    ['an amount that is none', ['orders', 'send', 'spot', 'buy', 'all', 'BTC/USDT', '--json'], 'amount'],
    ['an unknown market', ['orders', 'send', 'spot', 'buy', '1', 'BTC/USDX', '--json'], 'symbol'],
    ['wants without a book', ['orders', 'send', 'spot', 'buy', '1', 'BTC/USDT', '--net', '--json'], '--book'],
    [
      'a netted limit order',
      ['orders', 'send', 'spot', 'buy', '1', 'BTC/USDT', '--net', '--book', 'STR-001', '--limit', '60000', '--json'],
      '--net',
    ],
    ['a halt’s end without a reason', ['resume', 'spot', '--reason', ' ', '--json'], 'reason'],
    ['a halt of an account that is none', ['halt', 'sppot', '--json'], 'account'],
    ['reducing without a reason', ['reduce', 'spot', '--reason', ' ', '--json'], 'reason'],
    ['reducing of an account that is none', ['reduce', 'sppot', '--reason', 'x', '--json'], 'account'],
    ['a halt of a market that is none', ['halt', 'spot', '--symbol', 'BTCUSDT', '--json'], '--symbol'],
    ['a resumption of an account that is none', ['resume', 'sppot', '--reason', 'x', '--json'], 'account'],
    [
      'a resumption of a market that is none',
      ['resume', 'spot', '--symbol', 'BTC', '--reason', 'x', '--json'],
      '--symbol',
    ],
  ])('refuses %s by its field', async (_, args, path) => {
    const run = await runCli(args, env);
    expect(run.code).toBe(2);
    expect(documentOf(run)).toMatchObject({ error: { path } });
  });
});

describe('without Temporal', () => {
  test('halt stops the account and cancels, resume ends it, reconcile takes over what is there', async () => {
    const halted = await runCli(['halt', 'spot', '--reason', 'a test', '--no-wait', '--json'], env);
    expect(documentOf(halted)).toMatchObject({ accounts: [{ account: 'spot' }] });
    const refused = documentOf(await send('buy', '0.01', 'BTC/USDT', '--dry-run', '--json'));
    expect(refused).toMatchObject({ preview: { mode: 'HALTED', refusals: ['HALTED: a test'] } });
    expect(documentOf(await runCli(['resume', 'spot', '--reason', 'looked', '--json'], env))).toMatchObject({
      mode: 'ACTIVE',
    });
    const reconciled = await runCli(['reconcile', 'spot', '--json'], env);
    expect(documentOf(reconciled)).toMatchObject({ accounts: [{ account: 'spot', failures: [] }] });
    expect(reconciled.stderr).toContain('Temporal does not answer');
  });
});

describe('reduce, without Temporal', () => {
  const modeAtSending = async () => {
    const sent = documentOf(await send('buy', '0.01', 'BTC/USDT', '--dry-run', '--json'));
    return (sent as { preview: { mode: string } }).preview.mode;
  };

  test('is in the store, is told once, and ends with resume', async () => {
    const reduced = await runCli(['reduce', 'spot', '--reason', 'too much of it', '--json'], env);
    expect(documentOf(reduced)).toMatchObject({ account: 'spot', mode: 'REDUCING', reason: 'too much of it' });
    expect(await modeAtSending()).toBe('REDUCING');
    const again = await runCli(['reduce', 'spot', '--reason', 'once more'], env);
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^spot: REDUCING since .*: too much of it\n/),
    });
    const resumed = await runCli(['resume', 'spot', '--reason', 'enough sold', '--json'], env);
    expect(documentOf(resumed)).toMatchObject({ mode: 'ACTIVE' });
    expect(await modeAtSending()).toBe('ACTIVE');
  });

  test('never loosens a halt', async () => {
    await runCli(['halt', 'spot', '--reason', 'a fire', '--no-wait'], env);
    const run = await runCli(['reduce', 'spot', '--reason', 'x', '--json'], env);
    expect(run.code).toBe(2);
    expect(documentOf(run)).toMatchObject({ error: { path: 'account', found: expect.stringContaining('a fire') } });
    expect(await modeAtSending()).toBe('HALTED');
    await runCli(['resume', 'spot', '--reason', 'put out'], env);
  });
});

describe('when config/api-keys.yaml is damaged, and without Temporal', () => {
  const store = () => openSqliteOrderStore(join(folder, 'home', 'orders.sqlite'));
  let damaged: Record<string, string>;

  beforeAll(() => {
    const config = join(folder, 'damaged');
    mkdirSync(config);
    writeFileSync(join(config, 'api-keys.yaml'), 'accounts:\n  spot: { venue: binance, api_key: {{\n');
    damaged = { ...env, NIGHTDESK_CONFIG: config };
  });

  const modeOf = async (account: string) => {
    const opened = store();
    const { mode, reason } = await opened.accountState(account);
    opened.close();
    return { mode, reason };
  };

  test('halt sets the flag all the same, and says what it could not do', async () => {
    const run = await runCli(['halt', 'spot', '--reason', 'damaged'], damaged);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('spot: HALTED, 0 cancel-alls, no order passes, but what is open could not be');
    expect(run.stdout).toContain('api-keys.yaml');
    expect(await modeOf('spot')).toEqual({ mode: 'HALTED', reason: 'damaged' });
  });

  test('halt of all accounts halts those that the store knows', async () => {
    await runCli(['resume', 'spot', '--reason', 'looked'], env);
    expect(await modeOf('spot')).toMatchObject({ mode: 'ACTIVE' });
    const run = await runCli(['halt', '--reason', 'all of them', '--json'], damaged);
    expect(documentOf(run)).toMatchObject({
      accounts: [{ account: 'spot', allCancelled: false, problem: expect.stringContaining('api-keys.yaml') }],
    });
    expect(run.stderr).toContain('halting the accounts that the store knows: spot');
    expect(await modeOf('spot')).toEqual({ mode: 'HALTED', reason: 'all of them' });
    await runCli(['resume', 'spot', '--reason', 'looked'], env);
  });

  test('any account may be halted, and the halt of one that is set up nowhere can be ended', async () => {
    await runCli(['halt', 'forgotten', '--reason', 'which one is it'], damaged);
    expect(await modeOf('forgotten')).toMatchObject({ mode: 'HALTED' });
    expect((await runCli(['resume', 'forgotten', '--reason', 'none of ours'], env)).code).toBe(0);
    expect(await modeOf('forgotten')).toMatchObject({ mode: 'ACTIVE' });
  });

  test('one symbol is halted and resumed, for which no venue is needed', async () => {
    const halted = await runCli(['halt', 'spot', '--symbol', 'BTC/USDT'], damaged);
    expect(halted).toMatchObject({ code: 0, stdout: 'spot: BTC/USDT is HALTED; what rests there rests on\n' });
    const other = await runCli(['resume', 'spot', '--symbol', 'BTC/USD', '--reason', 'fine'], damaged);
    expect(other).toMatchObject({ code: 0, stdout: 'spot BTC/USD: was not halted; halted there: BTC/USDT\n' });
    const resumed = await runCli(['resume', 'spot', '--symbol', 'BTC/USDT', '--reason', 'fine', '--json'], damaged);
    expect(documentOf(resumed)).toMatchObject({ haltedSymbols: [], wasHalted: true });
    const again = await runCli(['resume', 'spot', '--symbol', 'BTC/USDT', '--reason', 'fine'], damaged);
    expect(again.stdout).toBe('spot BTC/USDT: was not halted; halted there: no market\n');
  });

  test('reconcile, which is nothing without a venue, names file and place', async () => {
    const run = await runCli(['reconcile', 'spot', '--json'], damaged);
    expect(run.code).toBe(2);
    expect(documentOf(run)).toMatchObject({ error: { file: expect.stringContaining('api-keys.yaml') } });
  });

  test('reconcile of all accounts compares the others when one has no key', async () => {
    const run = await runCli(['reconcile', '--json'], { ...env, TEST_KRAKEN_SECRET: '' });
    expect(run.code).toBe(1);
    const { accounts } = documentOf(run) as { accounts: { account: string; failures: string[]; records?: unknown }[] };
    expect(accounts.map(({ account, failures }) => [account, failures.length])).toEqual([
      ['spot', 0],
      ['usdm', 0],
      ['kraken', 1],
    ]);
  });
});

describe('orders send', () => {
  needsServer();

  test('reaches the venue through Temporal, and cancel ends what rests', async () => {
    const { address } = await temporalServer();
    const own = { ...env, TEMPORAL_ADDRESS: address };
    const filled = await runCli(['orders', 'send', 'usdm', 'buy', '0.01', 'BTC/USDT:USDT', '--json'], own);
    expect(documentOf(filled)).toMatchObject({ last: { state: 'filled', executed: '0.01' } });
    const resting = await runCli(
      ['orders', 'send', 'usdm', 'buy', '0.01', 'BTC/USDT:USDT', '--limit', '50000', '--json'],
      own,
    );
    const { status } = documentOf(resting) as { status: { state: string; clientOrderId: string } };
    expect(status.state).toBe('accepted');
    const canceled = await runCli(['orders', 'cancel', status.clientOrderId, '--json'], own);
    expect(documentOf(canceled)).toMatchObject({ state: 'canceled', executed: '0' });
  });

  test('reduce lets through only what makes the position smaller', async () => {
    const own = { ...env, TEMPORAL_ADDRESS: (await temporalServer()).address };
    // Each command reconciles the account before its order: a quick machine spends the minute's requests, and waits.
    const sent = async (side: string): Promise<unknown> => {
      const asked = ['orders', 'send', 'usdm', side, '0.01', 'BTC/USDT:USDT', '--json'];
      const answer = documentOf(await runCli(asked, own));
      return JSON.stringify(answer).includes('"RateLimited"') ? sent(side) : answer;
    };
    const reduced = await runCli(['reduce', 'usdm', '--reason', 'a test', '--json'], own);
    expect(documentOf(reduced)).toMatchObject({ mode: 'REDUCING' });
    expect(await sent('buy')).toMatchObject({ last: { state: 'denied' } });
    expect(await sent('sell')).toMatchObject({ last: { state: 'filled', executed: '0.01' } });
    await runCli(['resume', 'usdm', '--reason', 'over'], own);
  }, 240_000);

  test('--net hands the want to its account’s books; positions and why show them', async () => {
    const { address } = await temporalServer();
    const own = { ...env, TEMPORAL_ADDRESS: address };
    const asked = ['orders', 'send', 'kraken', 'buy', '0.01', 'BTC/USD', '--net', '--book', 'STR-001', '--json'];
    const result = documentOf(await runCli(asked, own)) as { intentId: string; groupId: string; legs: object[] };
    expect(result).toMatchObject({ kind: 'done', crossed: '0', shared: '0.01', legs: [{ state: 'filled' }] });
    const positions = documentOf(await runCli(['positions', '--account', 'kraken', '--json'], own));
    expect(positions).toMatchObject({ positions: [{ symbol: 'BTC/USD', books: { 'STR-001': '0.01' } }] });
    const why = documentOf(await runCli(['why', result.intentId, '--json'], own));
    expect(why).toMatchObject({
      group: { groupId: result.groupId, members: [{ book: 'STR-001', side: 'buy', amount: '0.01' }] },
      legs: [{ state: 'filled' }],
      decisions: [{ what: 'shared', why: expect.stringContaining('0.01 of what went out') }],
      isSettled: true,
    });
    const { legs } = why as { legs: { intent: { clientOrderId: string } }[] };
    const order = await runCli(['why', legs[0]?.intent.clientOrderId ?? ''], own);
    expect(order.stdout).toContain(`buy 0.01 for STR-001 (${result.intentId})`);
  });
});
