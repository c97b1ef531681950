import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDuckDb } from '../../../adapters/market-data/duckdb.ts';
import type { Metrics, Trade } from '../../../core/backtest/types.ts';
import { fixtureDataPath, fixtureFile, fixtureJson } from '../../fixture-files.ts';
import { differences } from '../../near.ts';
import { documentOf, runCli } from './run-cli.ts';

const golden = (name: string) =>
  fixtureJson(`golden/${name}.json`) as {
    strategy: string;
    data: Record<string, { file: string }>;
    funding: Record<string, { file: string }>;
    expected: {
      bars: number;
      metrics: Metrics;
      counts: unknown;
      unavailable: string[];
      trades: { count: number; first: Trade[] };
    };
  };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-backtest-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The strategy and data of a golden case as arguments. */
function argumentsOf(name: string): string[] {
  const { strategy, data, funding } = golden(name);
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, strategy);
  const named = (option: string, files: Record<string, { file: string }>) =>
    Object.entries(files).flatMap(([symbol, each]) => [option, `${symbol}=${fixtureFile(fixtureDataPath(each.file))}`]);
  return ['backtest', file, ...named('--data', data), ...named('--funding', funding)];
}

describe('nightdesk backtest --json', () => {
  it('prints exactly the document of the specification, and where the holdout begins', async () => {
    const { expected } = golden('08-short-carry-with-funding');
    const run = await runCli([...argumentsOf('08-short-carry-with-funding'), '--json']);
    const document = documentOf(run) as Record<string, unknown> & { metrics: Metrics };
    expect(run.code).toBe(0);
    expect(run.stdout.trim().split('\n')).toHaveLength(1);
    expect(Object.keys(document)).toEqual([
      'strategyId', 'symbols', 'bars', 'from', 'to', 'startEquity', 'finalEquity', 'metrics', 'unavailable', 'counts',
      'gaps', 'warnings', 'dataHash', 'strategyHash', 'holdout',
    ]); // prettier-ignore
    expect(document).toMatchObject({
      strategyId: 'STR-008',
      symbols: ['BTC/USDT:USDT'],
      bars: expected.bars,
      from: 1735603200000,
      to: 1756681200000,
      startEquity: 10_000,
      counts: expected.counts,
      unavailable: {},
      gaps: { gaps: 0, missingBars: 0 },
      warnings: [],
      // a fifth of the time from the first bar to the close of the last
      holdout: { from: 1756681200000 + 3_600_000 - (1756681200000 + 3_600_000 - 1735603200000) / 5, reached: true },
    });
    expect(document['dataHash']).toMatch(/^[\da-f]{64}$/);
    expect(document['strategyHash']).toMatch(/^[\da-f]{64}$/);
    const differing = Object.entries(expected.metrics).flatMap(([name, value]) =>
      differences(name, document.metrics[name as keyof Metrics], value),
    );
    expect(differing).toEqual([]);
  });

  it('adds trades, equity and the forecast where there is one', async () => {
    const { expected } = golden('01-sma-trend');
    const run = await runCli([...argumentsOf('01-sma-trend'), '--trades', '--equity', '--json']);
    const document = documentOf(run) as { trades: Trade[]; equity: unknown[]; forecast: unknown };
    expect(document.trades).toHaveLength(expected.trades.count);
    expect(Object.keys(document.trades[0] ?? {})).toEqual(Object.keys(expected.trades.first[0] ?? {}));
    expect(document.equity).toHaveLength(expected.bars);
    expect(document.equity[0]).toEqual({ bar: 0, timeMs: 1726272000000, equity: 10_000 });
    expect(document.forecast).toEqual({ ic: expect.any(Number), pairs: 8397 });
  });

  it('same inputs give the same bytes', async () => {
    const args = [...argumentsOf('17-short-sample-unavailable'), '--bars', '300', '--json'];
    const [one, other] = await Promise.all([runCli(args), runCli(args)]);
    expect(one.stdout).toBe(other.stdout);
    expect((documentOf(one) as { unavailable: unknown }).unavailable).toMatchObject({
      sharpe: 'needs 30 days, there are 13',
    });
  });

  it('takes every option of a run', async () => {
    const run = await runCli([
      ...argumentsOf('01-sma-trend'), '--set', 'fast=5', '--set', 'slow=30', '--fill', 'close', '--fee-bps', '0',
      '--slippage-bps', '5', '--start-equity', '500', '--keep-open', '--returns', 'bar', '--timerange', '20250101-20250401',
      '--bars', '1000', '--json',
    ]); // prettier-ignore
    expect(documentOf(run)).toMatchObject({ bars: 1000, startEquity: 500, metrics: { feesPaid: 0 } });
  });
});

describe('nightdesk backtest for people', () => {
  it('prints what ran, the metrics with units, why some are missing, and trades', async () => {
    const { code, stdout } = await runCli([...argumentsOf('17-short-sample-unavailable'), '--bars', '300', '--trades']);
    expect(code).toBe(0);
    expect(stdout).toContain('STR-017     short sample unavailable');
    expect(stdout).toContain('bars        300 x 1h of LTC/USDT');
    expect(stdout).toContain('a stop comes before a target');
    expect(stdout).toMatch(/Total return +-2\.13 %/);
    expect(stdout).toMatch(/Sharpe +n\/a/);
    expect(stdout).toContain('needs 30 days, there are 13');
    expect(stdout.match(/LTC\/USDT {2}long/g)).toHaveLength(8);
  });

  it('a result too good to be true is said to be', async () => {
    const file = join(folder, 'oracle.yaml');
    const strategy = `id: STR-100
name: always in
hypothesis: It only rises.
universe: [SOL/USDT]
timeframe: 1h
signals: { enterLong: close > 0 }
`;
    writeFileSync(file, strategy);
    const closes = Array.from({ length: 60 }, (_, day) => 100 * 1.05 ** day * (1 + (day % 2) / 100));
    const rows = closes.map((close, day) => {
      const open = closes[day - 1] ?? 100;
      return [1_704_067_200_000 + day * 3_600_000, open, Math.max(open, close), Math.min(open, close), close, 1].join(
        ',',
      );
    });
    const data = join(folder, 'SOL-USDT-1h.csv');
    writeFileSync(data, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
    const { stdout } = await runCli(['backtest', file, '--data', `SOL/USDT=${data}`, '--returns', 'bar']);
    expect(stdout).toMatch(/warning +Sharpe ratio [\d.]+ is above 10: hardly plausible/);
  });
});

describe('nightdesk backtest --out', () => {
  it('writes the trades as CSV', async () => {
    const file = join(folder, 'trades.csv');
    const run = await runCli([...argumentsOf('01-sma-trend'), '--out', file, '--trades', '--json']);
    const { trades } = documentOf(run) as { trades: Trade[] };
    const [header, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
    expect(header?.split(',')).toEqual(Object.keys(trades[0] ?? {}));
    expect(rows).toEqual(trades.map((trade) => Object.values(trade).join(',')));
    expect(run.stderr).toContain(`${trades.length} trades written to`);
  });

  it('writes the same as Parquet', async () => {
    const file = join(folder, 'trades.parquet');
    const run = await runCli([...argumentsOf('01-sma-trend'), '--out', file, '--trades', '--json']);
    const { trades } = documentOf(run) as { trades: Trade[] };
    const rows = await withDuckDb(async (connection) =>
      (await connection.runAndReadAll('select * from read_parquet($1)', [file])).getRowObjects(),
    );
    const plain = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
      ),
    );
    expect(plain).toEqual(trades);
  });

  it('refuses another format before it runs', async () => {
    const run = await runCli([...argumentsOf('01-sma-trend'), '--out', join(folder, 'trades.xlsx')]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('expected file.csv or file.parquet');
  });
});

describe('refusals', () => {
  type Refusal = Readonly<{
    name: string;
    kind: string;
    text: string;
    args: { set: Record<string, number> };
    mustName: string[];
  }>;
  const { refusals } = fixtureJson('golden/refusals.json') as { refusals: Refusal[] };

  it.each(refusals.filter(({ kind }) => kind === 'args'))('$name', async ({ text, args, mustName }) => {
    const file = join(folder, 'refused.yaml');
    writeFileSync(file, text);
    const settings = Object.entries(args.set).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const data = ['--data', `BTC/USDT=${fixtureFile(fixtureDataPath('ohlcv/BTC-USDT-1h.csv'))}`];
    const people = await runCli(['backtest', file, ...data, ...settings]);
    expect(people.code).toBe(2);
    expect(people.stdout).toBe('');
    const json = await runCli(['backtest', file, ...data, ...settings, '--json']);
    expect(json.code).toBe(2);
    const { error } = documentOf(json) as { error: { code: string; message: string } };
    expect(error).toMatchObject({ code: 'BadInput', path: '--set' });
    for (const name of mustName) {
      expect(people.stderr).toContain(name);
      expect(JSON.stringify(error)).toContain(name);
    }
  });

  it.each([
    [['backtest'], 'missing required argument'],
    [['backtest', 'none.yaml'], 'there is no such file or folder'],
    [['backtest', 'STR-999999'], 'no strategy STR-999999'],
    [['backtest', 'STR-001', '--fee-bps', '-1'], 'from 0 to below 10000'],
    [['backtest', 'STR-001', '--start-equity', '0'], 'above 0'],
    [['backtest', 'STR-001', '--fill', 'open'], 'nextOpen, close'],
    [['backtest', 'STR-001', '--returns', 'weekly'], 'daily, bar'],
  ])('%j', async (args, says) => {
    const run = await runCli([...args, '--json']);
    expect(run.code).toBe(2);
    expect(JSON.stringify(documentOf(run))).toContain(says);
  });
});
