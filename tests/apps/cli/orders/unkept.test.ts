import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type SimulatedExchange, startSimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { provideTemporalCli } from '../../../../adapters/temporal/cli/provide-cli.ts';
import { checkHealth } from '../../../../adapters/temporal/server/health.ts';
import { launchServer } from '../../../../adapters/temporal/server/launch.ts';
import { freePort } from '../../../../adapters/temporal/server/ports.ts';
import { startWorkerProcess } from '../../../../apps/cli/desk/worker-process.ts';
import type { Check } from '../../../../apps/cli/doctor/check.ts';
import { giveBundle } from '../../../give-bundle.ts';
import { writeAccounts } from '../../../order-desk.ts';
import { needsServer } from '../../../temporal-server.ts';
import { documentOf, runCli } from '../run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-unkept-'));
const home = join(folder, 'home');
const config = join(folder, 'config');
let exchange: SimulatedExchange;
let env: Record<string, string>;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ seed: 5, source: { kind: 'scripted' }, krakenTier: 'pro' });
  const keys = writeAccounts(config, exchange, { spot: 'spot', kraken: 'kraken', usdm: 'usdm' });
  await giveBundle(home);
  env = {
    ...keys,
    NIGHTDESK_HOME: home,
    NIGHTDESK_CONFIG: config,
    DATABASE_URL: '',
    TEMPORAL_CONFIG_FILE: '/dev/null',
  };
});

afterAll(async () => {
  await exchange.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A server of its own: nobody else's worker polls there. */
async function ownServer(): Promise<string> {
  const { path } = await provideTemporalCli();
  const port = await freePort();
  const log = join(folder, 'server.log');
  const server = await launchServer(path, ['server', 'start-dev', '--headless', '--port', `${port}`], log);
  onTestFinished(() => server.stop());
  const address = `127.0.0.1:${port}`;
  await expect.poll(() => checkHealth(address), { timeout: 30_000 }).toBeDefined();
  return address;
}

describe('orders send without a worker, on a server that stays', () => {
  needsServer();

  test(
    'says what it leaves at rest that nobody keeps, and so does doctor until a worker keeps it',
    { timeout: 180_000 },
    async () => {
      const own = { ...env, TEMPORAL_ADDRESS: await ownServer() };
      const doctor = async () => {
        const { checks } = documentOf(await runCli(['doctor', '--json'], own)) as { checks: readonly Check[] };
        return checks.filter(({ name }) => name.startsWith('orders '));
      };
      const send = (...args: string[]) => runCli(['orders', 'send', ...args], own);

      const spot = await send('spot', 'buy', '0.01', 'BTC/USDT', '--limit', '50000');
      const said = spot.stdout.replaceAll(/\s+/g, ' ');
      expect(said).toContain(
        'spot: 1 order rests at the venue and no worker keeps the account; switch not armed: the venue has none',
      );
      expect(said).toContain('nightdesk up keeps them');

      expect(await doctor()).toMatchObject([
        {
          name: 'orders spot',
          state: 'warn',
          found: '1 order rests at the venue and no worker keeps the account; switch not armed: the venue has none',
        },
      ]);

      const worker = startWorkerProcess({
        address: own.TEMPORAL_ADDRESS,
        queues: 'orders,market',
        env: own,
        onLine() {},
      });
      onTestFinished(() => worker.stop());
      await worker.whenReady;
      expect(await doctor()).toEqual([]);
      const kept = await send('usdm', 'buy', '0.01', 'BTC/USDT:USDT', '--limit', '50000', '--json');
      expect(documentOf(kept)).not.toHaveProperty('left');
    },
  );
});
