import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureFile } from '../../fixture-files.ts';
import { documentOf, runCli } from './run-cli.ts';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'nightdesk-eval-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const data = ['--data', `ETH/USDT=${fixtureFile('data/ohlcv/ETH-USDT-1h.csv.gz')}`];

describe('nightdesk eval', () => {
  it('prints exactly the document of the specification, null where a value is missing', async () => {
    const run = await runCli(['eval', 'close - sma(close, w)', ...data, '--set', 'w=3', '--bars', '5', '--json']);
    expect(run.code).toBe(0);
    const document = documentOf(run) as { values: (number | null)[] };
    expect(Object.keys(document)).toEqual(['bars', 'from', 'to', 'values', 'holdout']);
    expect(document).toMatchObject({ bars: 5, from: 1726272000000, to: 1726286400000 });
    expect(document.values.slice(0, 2)).toEqual([null, null]);
    expect(document.values.slice(2).every((value) => typeof value === 'number')).toBe(true);
  });

  it('prints the last values for people', async () => {
    const { code, stdout } = await runCli(['eval', 'rsi(close, 14)', ...data, '--bars', '100']);
    expect(code).toBe(0);
    expect(stdout).toContain('rsi(close, 14)  on 100 x 1h of ETH/USDT');
    expect(stdout).toContain('86 values, 14 missing');
    expect(stdout).toMatch(/first at bar 14 \(2024-09-14 14:00\)/);
  });

  it('works on the sample without any data given', async () => {
    const run = await runCli(['eval', 'close', '--timerange', '20240101-20240102', '--json'], {
      NIGHTDESK_HOME: home,
    });
    expect(documentOf(run)).toMatchObject({ bars: 24, from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 0, 1, 23) });
  });

  it.each([
    [['eval', 'smaa(close, 3)', ...data], 'did you mean', 'sma'],
    [['eval', 'close; open', ...data], 'position', ';'],
    [['eval', 'sma(close, w)', ...data, '--set', 'w=2.5'], 'w', 'integer'],
    [['eval', 'close', ...data, '--set', 'close=1'], 'close has a meaning already', '--set'],
    [['eval', 'k * close', ...data, '--set', 'k=1,k=2'], 'k is given twice', '--set'],
    [['eval', 'k * close', ...data, '--set', 'k=much'], 'name=number', '--set'],
    [
      ['eval', 'close', ...data, '--data', `BTC/USDT=${fixtureFile('data/ohlcv/BTC-USDT-1h.csv.gz')}`],
      'one market',
      '--data',
    ],
  ])('refuses %j', async (args, ...says) => {
    const run = await runCli(args);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe('');
    for (const text of says) expect(run.stderr).toContain(text);
  });
});
