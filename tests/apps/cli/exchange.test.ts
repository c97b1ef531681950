import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { projectFolder } from '../../../config/paths.ts';

const entry = join(projectFolder, 'apps', 'cli', 'nightdesk.ts');

const children: ChildProcess[] = [];

// A test that fails half-way leaves no exchange behind.
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts the command and gives its first line of standard output, as JSON. */
async function start(...args: string[]) {
  const child = spawn(process.execPath, [entry, 'exchange', 'start', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    child,
    ready: JSON.parse(line) as {
      url: string;
      seed: number;
      symbols: object;
      accounts: { apiKey: string; krakenKey: string }[];
    },
  };
}

describe('nightdesk exchange start', () => {
  test('one JSON line when ready; SIGTERM ends it in order', async () => {
    const { child, ready } = await start('--json', '--seed', '7');
    expect(ready).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      ws: expect.stringMatching(/^ws:/),
      pid: child.pid,
      seed: 7,
      control: `${ready.url}/_sim`,
      symbols: {
        binanceSpot: ['BTCUSDT', 'ETHUSDT'],
        binanceUsdm: ['BTCUSDT', 'ETHUSDT'],
        krakenSpot: expect.arrayContaining(['BTC/USD']),
      },
      accounts: [
        {
          id: 'main',
          apiKey: expect.any(String),
          secret: expect.any(String),
          krakenKey: expect.any(String),
          krakenSecret: expect.any(String),
        },
      ],
    });
    const response = await fetch(`${ready.url}/kr/0/public/Time`);
    expect(await response.json()).toMatchObject({ error: [], result: { unixtime: expect.any(Number) } });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('a recording of trades prints exactly those prices', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'recording-')), 'trades.jsonl');
    const rows = [60_000, 60_010.5, 59_990.1].map((p, index) =>
      JSON.stringify({ t: 1000 * index, p, q: 0.5, m: index === 2 }),
    );
    writeFileSync(file, rows.join('\n'));
    const { child, ready } = await start(
      '--json',
      '--market',
      'recorded',
      '--recording',
      `BTC=${file}`,
      '--venue',
      'binanceSpot',
      '--clock',
      'manual',
    );
    await fetch(`${ready.url}/_sim/advance`, { method: 'POST', body: JSON.stringify({ ms: 5000 }) });
    const trades = (await (await fetch(`${ready.url}/bspot/api/v3/trades?symbol=BTCUSDT`)).json()) as {
      price: string;
      qty: string;
      isBuyerMaker: boolean;
    }[];
    expect(
      trades.slice(0, 3).map(({ price, qty, isBuyerMaker }) => [Number(price), Number(qty), isBuyerMaker]),
    ).toEqual([
      [60_000, 0.5, false],
      [60_010.5, 0.5, false],
      [59_990.1, 0.5, true],
    ]);
    child.kill('SIGTERM');
    await once(child, 'exit');
  });

  test.each([
    [['--venue', 'nyse'], '--venue: no such venue'],
    [['--market', 'bull'], '--market'],
    [['--speed', '0'], '--speed'],
    [['--recording', 'BTC=x'], '--recording: a recording needs --market recorded'],
    [['--market', 'recorded', '--recording', 'BTC=/nowhere.jsonl'], 'the recording cannot be read'],
    [
      ['--market', 'recorded', '--recording', 'FOO=/nowhere.jsonl'],
      '--recording: nothing is traded on this underlying',
    ],
    [['--clock', 'manual', '--speed', '10'], '--speed: a manual clock has no speed'],
  ])('%j is refused', (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [entry, 'exchange', 'start', ...args], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a port that is taken is named, without a stack', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const args = [entry, 'exchange', 'start', '--port', port];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    holder.close();
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`--port: the port is taken, expected a free port, found ${port}`);
    expect(stderr).not.toContain('    at ');
  });
});
