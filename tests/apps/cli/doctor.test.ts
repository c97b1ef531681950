import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { checkFolder } from '../../../apps/cli/doctor/machine.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../../adapters/store/sqlite/index.ts';
import { provideTemporalCli } from '../../../adapters/temporal/cli/provide-cli.ts';
import { launchServer } from '../../../adapters/temporal/server/launch.ts';
import { checkHealth } from '../../../adapters/temporal/server/health.ts';
import { freePort } from '../../../adapters/temporal/server/ports.ts';
import { writeAccounts } from '../../order-desk.ts';
import { temporaryFolder } from '../../adapters/temporal/fake-programs.ts';
import { noServerReason } from '../../temporal-server.ts';
import { documentOf, runCli } from './run-cli.ts';

type Report = Readonly<{
  ok: boolean;
  checks: readonly { name: string; state: string; found: string; advice?: string }[];
}>;

const doctor = async (env: Record<string, string>) => {
  const run = await runCli(['doctor', '--json'], {
    NIGHTDESK_HOME: await temporaryFolder(),
    TEMPORAL_CONFIG_FILE: '/dev/null',
    ...env,
  });
  const report = documentOf(run) as Report;
  const check = (name: string) => report.checks.find((entry) => entry.name === name);
  return { code: run.code, ok: report.ok, check };
};

describe('nightdesk doctor', () => {
  test.skipIf(noServerReason)(
    "a user's own server: slow timers with the flags that help, attributes added",
    async () => {
      const cli = await provideTemporalCli();
      const port = await freePort();
      const log = join(await temporaryFolder(), 'server.log');
      const server = await launchServer(cli.path, ['server', 'start-dev', '--headless', '--port', `${port}`], log);
      onTestFinished(() => server.stop());
      const address = `127.0.0.1:${port}`;
      await vi.waitFor(async () => expect(await checkHealth(address)).toBeDefined(), { timeout: 20_000 });

      const { code, ok, check } = await doctor({ TEMPORAL_ADDRESS: address });
      expect({ code, ok }).toEqual({ code: 0, ok: true });
      expect(check('temporal server')?.found).toContain('(not ours, TEMPORAL_ADDRESS)');
      expect(check('search attributes')?.found).toContain('added now: StrategyId, Tier, DeskStatus, Venue, AlertLevel');
      expect(check('server latency')?.state).toBe('warn'); // its timers have a grain of a second, whatever the machine
      expect(check('server latency')?.advice).toContain(
        `--dynamic-config-value 'history.timerProcessorMaxTimeShift="10ms"'`,
      );
    },
    60_000,
  );

  test('a given server that does not answer is broken: exit 1', async () => {
    const { code, ok, check } = await doctor({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    expect(check('temporal server')).toMatchObject({ state: 'broken', advice: expect.stringContaining('unset it') });
  });

  test('a temporal.toml that cannot be read is broken', async () => {
    const file = join(await temporaryFolder(), 'temporal.toml');
    writeFileSync(file, 'x = [');
    const { code, check } = await doctor({ TEMPORAL_CONFIG_FILE: file });
    expect(code).toBe(1);
    expect(check('temporal server')).toMatchObject({
      state: 'broken',
      advice: expect.stringContaining('temporal.toml'),
    });
  });

  test('without a CLI it says that the first start provides it, and downloads nothing', async () => {
    const cache = await temporaryFolder();
    const { check } = await doctor({ NIGHTDESK_CACHE: cache, PATH: '/usr/bin:/bin' });
    expect(check('temporal CLI')).toMatchObject({
      state: 'warn',
      advice: expect.stringContaining('the first start provides it'),
    });
  });

  test('a shared store that does not answer is broken, and its password stays unseen', async () => {
    const url = `postgres://desk:s3cret@127.0.0.1:${await freePort()}/desk`;
    const { code, check } = await doctor({ DATABASE_URL: url });
    expect(code).toBe(1);
    expect(check('store')).toMatchObject({
      state: 'broken',
      found: expect.stringContaining('the store did not answer'),
      advice: expect.stringContaining('DATABASE_URL'),
    });
    expect(JSON.stringify(check('store'))).not.toContain('s3cret');
  });

  test('the order store and what holds for each account', async () => {
    const home = await temporaryFolder();
    const exchange = await startSimulatedExchange({ seed: 7, source: { kind: 'scripted' } });
    onTestFinished(() => exchange.close());
    const keys = writeAccounts(home, exchange, { spot: 'spot-main', kraken: 'kraken-main', usdm: 'usdm-main' });
    writeFileSync(
      join(home, 'orders.yaml'),
      'accounts: { spot-main: { price_check: { reference_account: usdm-main } } }\n',
    );
    const file = join(home, 'orders.sqlite');
    const store = openSqliteOrderStore(file);
    await store.setMode('kraken-main', 'HALTED', { reason: 'a drill', by: 'a test', person: true }, 1, 1);
    store.close();
    const env = { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home, ...keys };
    const { check } = await doctor(env);
    expect(check('order store')).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^SQLite, every page read \(0\.\d MB\), one account$/),
    });
    expect(check('account spot-main')).toMatchObject({
      state: 'ok',
      found:
        'binance, paper, ACTIVE; dead man’s switch: none at this venue; collar: the price of usdm-main where it has the market, else the middle of the book against the last trade',
    });
    expect(check('account usdm-main')?.found).toBe(
      'binanceusdm, paper, ACTIVE; dead man’s switch: 60 s for a symbol; collar: the mark price',
    );
    expect(check('account kraken-main')).toMatchObject({
      state: 'warn',
      found: expect.stringContaining('kraken, paper, HALTED; dead man’s switch: 60 s for the account'),
      advice: expect.stringContaining('nightdesk resume kraken-main'),
    });

    truncateSync(file, 8192);
    const after = await doctor({ ...env, TEST_BINANCE_KEY: 'nobody' });
    expect(after.code).toBe(1);
    expect(after.check('order store')).toMatchObject({
      state: 'broken',
      found: expect.stringContaining('orders.sqlite'),
      advice: expect.stringContaining('orders restored'),
    });
    expect(after.check('account spot-main')).toMatchObject({ state: 'warn', advice: expect.any(String) });
    expect(after.check('account kraken-main')?.found).toContain('kraken, paper, trading mode unknown;');
  });

  test('without accounts it says where they are set up; a damaged file of them is broken', async () => {
    const home = await temporaryFolder();
    const env = { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home };
    const { check } = await doctor(env);
    expect(check('order store')).toMatchObject({ state: 'ok', found: 'none yet: the first order makes one' });
    expect(check('accounts')).toMatchObject({ state: 'ok', found: expect.stringContaining('api-keys.yaml') });
    writeFileSync(join(home, 'api-keys.yaml'), 'accounts: 5\n');
    const after = await doctor(env);
    expect(after.code).toBe(1);
    expect(after.check('accounts')).toMatchObject({ state: 'broken', found: expect.stringContaining('api-keys.yaml') });
  });

  test('the table for people names every check', async () => {
    const { stdout } = await runCli(['doctor'], { NIGHTDESK_HOME: await temporaryFolder() });
    for (const name of [
      'node',
      'temporal CLI',
      'temporal server',
      'ports',
      'state folder',
      'cache folder',
      'store',
      'order store',
      'accounts',
      'bars',
    ]) {
      expect(stdout).toContain(name);
    }
  });
});

describe('checkFolder', () => {
  test('one that can be written says its room', async () => {
    const folder = join(await temporaryFolder(), 'new');
    expect(await checkFolder('state folder', folder, 'X')).toMatchObject({
      found: expect.stringMatching(/\d GB free$/),
    });
  });

  test('a file in its place is broken, with the setting that helps', async () => {
    const file = join(await temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(await checkFolder('state folder', file, 'NIGHTDESK_HOME')).toMatchObject({
      state: 'broken',
      advice: `make ${file} writable, or set NIGHTDESK_HOME`,
    });
  });
});
