import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { fixtureFile } from '../../fixture-files.ts';
import { documentOf, runCli } from './run-cli.ts';

const entry = fileURLToPath(new URL('../../../apps/cli/nightdesk.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'nightdesk-sweep-cli-'));
const strategyFile = join(folder, 'pairs.yaml');
const data = ['--data', `BTC/USDT=${fixtureFile('data/ohlcv/BTC-USDT-1h.csv.gz')}`, '--bars', '2000'];
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  strategyFile,
  `
id: STR-900
name: pairs of means
hypothesis: A test of the sweep.
lineage: { source: manual }
universe: [BTC/USDT]
timeframe: 1h
parameters:
  fast: { default: 5, min: 2, max: 100, step: 1 }
  slow: { default: 50, min: 2, max: 100, step: 1 }
  stop: { default: 0.03, min: 0.001, max: 0.5, step: 0.001 }
constraints: [fast < slow]
signals:
  enterLong: crossover(sma(close, fast), sma(close, slow))
  exitLong: crossunder(sma(close, fast), sma(close, slow))
exits: { stopLoss: stop }
`,
);

describe('nightdesk sweep', () => {
  test('prints the points as columns, what was skipped and how long it took', async () => {
    const args = ['sweep', strategyFile, ...data, '--grid', 'slow=10,30', '--grid', 'fast=5:15:5', '--json'];
    const run = await runCli(args);
    expect(run.code).toBe(0);
    const document = documentOf(run) as { columns: Record<string, number[]>; seconds: { sweep: number } };
    expect(document).toMatchObject({
      points: 4,
      skippedByConstraints: 2,
      columns: { fast: [5, 5, 10, 15], slow: [10, 30, 30, 30] },
    });
    expect(Object.keys(document.columns)).toEqual([
      'fast',
      'slow',
      'totalReturn',
      'sharpe',
      'maxDrawdown',
      'trades',
      'profitFactor',
      'finalEquity',
    ]);
    expect(document.seconds.sweep).toBeGreaterThan(0);
    const single = await runCli(['backtest', strategyFile, ...data, '--set', 'fast=10,slow=30', '--json']);
    const { metrics } = documentOf(single) as { metrics: { sharpe: number; trades: number } };
    expect(document.columns['sharpe']?.[2]).toBeCloseTo(metrics.sharpe, 9);
    expect(document.columns['trades']?.[2]).toBe(metrics.trades);
  });

  test('prints a table of the best points for people', async () => {
    const run = await runCli([
      'sweep',
      strategyFile,
      ...data,
      '--grid',
      'fast=2:12:1',
      '--grid',
      'slow=20',
      '--threads',
      '1',
    ]);
    expect(run.stdout).toMatch(/11 points x 2,000 bars/);
    expect(run.stdout).toMatch(/best 10 of 11 by Sharpe/);
  });

  test.each([
    ['an unknown parameter', ['--grid', 'fats=1:2:1'], /fats/],
    [
      'too many points',
      ['--grid', 'fast=2:100:1', '--grid', 'slow=2:100:1', '--grid', 'stop=0.001:0.5:0.001'],
      /--yes/,
    ],
    ['no number of threads', ['--threads', '0'], /from 1 to 256/],
    ['an unknown format', ['--out', 'points.txt'], /csv or file\.parquet/],
  ])('refuses %s', async (_, args, message) => {
    const run = await runCli(['sweep', strategyFile, ...data, ...args]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(message);
  });
});

/** Long enough for a few checkpoints: some 100,000 points. */
const longSweep = [
  'sweep',
  strategyFile,
  ...data,
  '--grid',
  'fast=2:100:1',
  '--grid',
  'slow=2:100:1',
  '--grid',
  'stop=0.01:0.21:0.01',
];

/** Starts the sweep and sends the signal when its first checkpoint is on the disk. */
async function interrupted(home: string, signal: NodeJS.Signals): Promise<{ code: number | null; stderr: string }> {
  const sweeps = join(home, 'sweeps');
  mkdirSync(sweeps, { recursive: true });
  const child = spawn(process.execPath, [entry, ...longSweep, '--threads', '1'], {
    env: { ...process.env, NO_COLOR: '1', NIGHTDESK_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const watcher = watch(sweeps, () => {
    if (!readdirSync(sweeps).some((name) => name.endsWith('.sweep'))) return;
    watcher.close(); // a second Ctrl-C would end it at once
    child.kill(signal);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

describe('a sweep that was stopped goes on with --resume', () => {
  test.each(['SIGINT', 'SIGKILL'] as const)('after %s', { timeout: 120_000 }, async (signal) => {
    const home = join(folder, signal);
    const { code, stderr } = await interrupted(home, signal);
    expect(code).toBe(signal === 'SIGINT' ? 1 : null);
    expect(stderr).toMatch(signal === 'SIGINT' ? /stopped after \d+ of 101871 points; --resume goes on/ : /^/);

    const [resumedFile, wholeFile] = [join(home, 'resumed.csv'), join(home, 'whole.csv')];
    const resumed = await runCli([...longSweep, '--resume', '--out', resumedFile], { NIGHTDESK_HOME: home });
    expect(resumed.stderr).toMatch(/[1-9]\d* of 101871 points are there already/);
    expect(readdirSync(join(home, 'sweeps'))).toEqual([]);
    await runCli([...longSweep, '--out', wholeFile], { NIGHTDESK_HOME: home });
    expect(readFileSync(resumedFile).equals(readFileSync(wholeFile))).toBe(true);
  });
});
