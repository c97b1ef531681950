import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { documentOf, runCli } from './run-cli.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-accounts-'));
afterAll(() => rmSync(home, { recursive: true }));

const running: SimulatedExchange[] = [];
afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.close();
});

let env: Readonly<Record<string, string>> = {};

async function desk(mode: 'paper' | 'live', skewMs = 0): Promise<void> {
  const exchange = await startSimulatedExchange({ historyMinutes: 5, clock: { mode: 'real', skewMs } });
  running.push(exchange);
  const [account] = exchange.accounts;
  env = {
    NIGHTDESK_HOME: mkdtempSync(join(home, 'state-')),
    NIGHTDESK_CONFIG: home,
    KEY: account?.apiKey ?? '',
    SECRET: account?.secret ?? '',
  };
  writeFileSync(
    join(home, 'api-keys.yaml'),
    `accounts:\n  main:\n    venue: binance\n    mode: ${mode}\n    base_url: ${exchange.url}/bspot\n` +
      '    api_key: { env: KEY }\n    secret: { env: SECRET }\n',
  );
}

/** `nightdesk accounts allow main` with a line typed into it. */
function allow(typed: string): Promise<Readonly<{ code: number | null; stderr: string }>> {
  const entry = fileURLToPath(new URL('../../../apps/cli/nightdesk.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, 'accounts', 'allow', 'main'], {
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.end(typed);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
}

describe('nightdesk accounts', () => {
  beforeEach(() => desk('paper'));

  test('says what a key may do and how far the clocks are apart', async () => {
    const run = await runCli(['accounts', '--json'], env);
    expect(documentOf(run)).toMatchObject({
      accounts: [
        {
          account: 'main',
          venue: 'binance',
          mode: 'paper',
          rights: { trade: true, withdraw: false },
          hasDeadline: true,
          deadManSwitch: 'none',
        },
      ],
    });
    expect(run.code).toBe(0);
    expect((await runCli(['accounts'], env)).stdout).toMatch(
      /main\s+binance\s+paper\s+yes\s+no\s+no\s+none\s+-?\d+ ms/,
    );
  });

  test('a clock that is off by more than a second is told, with exit code 1', async () => {
    await desk('paper', 5_000);
    const run = await runCli(['accounts'], env);
    expect(run.stderr).toMatch(/main: this machine’s clock is [45]\d{3} ms from the venue’s/);
    expect(run.code).toBe(1);
  });

  test('a key that is not there is told by its variable', async () => {
    const run = await runCli(['accounts'], { ...env, SECRET: '' });
    expect(run.stderr).toContain('accounts.main.secret: the key is not there');
    expect(run.code).toBe(1);
  });
});

describe('nightdesk accounts allow', () => {
  test('lets a live account trade once the sentence is typed, and not before', async () => {
    await desk('live');
    expect((await runCli(['accounts'], env)).stderr).toContain('nobody has allowed main to trade real money');
    for (const typed of ['yes\n', '', 'trade real money\n']) {
      const refused = await allow(typed);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('not confirmed, expected trade real money on main');
    }
    expect((await allow('trade real money on main\n')).code).toBe(0);
    expect(await runCli(['accounts'], env)).toMatchObject({ code: 0, stderr: '' });
  });

  test('a paper account needs no permission', async () => {
    await desk('paper');
    const run = await runCli(['accounts', 'allow', 'main'], env);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('paper account') });
  });
});
