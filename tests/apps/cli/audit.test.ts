import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtureFile } from '../../fixture-files.ts';
import { documentOf, runCli } from './run-cli.ts';

const file = (name: string) => fixtureFile(`track-records/${name}`);

describe('nightdesk audit', () => {
  it('prints one document, every figure named, and one sentence', async () => {
    const run = await runCli(['audit', file('freqtrade.json'), '--trials', '100', '--json']);
    expect(run.code).toBe(0);
    const document = documentOf(run) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual([
      'file', 'format', 'strategy', 'trades', 'from', 'to', 'overlap', 'observations', 'unit', 'perYear', 'years',
      'totalReturn', 'sharpe', 'skew', 'kurtosis', 'psr', 'trials', 'luckySharpe', 'dsr', 'minTrackRecord', 'bootstrap',
      'drawdown', 'assumptions', 'judgement',
    ]); // prettier-ignore
    expect(document).toMatchObject({
      format: 'freqtrade backtest result',
      strategy: 'TwoMeans',
      trades: 117,
      observations: 349,
      unit: 'day',
      trials: 100,
      assumptions: ['an account of 10000; a trade counts on the day of its exit'],
      judgement: expect.stringContaining('Luck explains it'),
    });
  });

  it('prints a table for people, what was assumed, and what it comes to', async () => {
    const { code, stdout } = await runCli(['audit', file('vectorbt-trades.csv')]);
    expect(code).toBe(0);
    expect(stdout).toContain('116 trades from 2024-09-17 13:00');
    expect(stdout).toMatch(/Sharpe, corrected +0\.31 +allowing for autocorrelation \(Lo\)/);
    expect(stdout).toContain('left out: 1 open trade');
    expect(stdout).toContain('one trial assumed');
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^Not shown: if nothing else was ever tried/);
  });

  it('makes trades daily returns of an account', async () => {
    const run = await runCli(['audit', file('backtesting-py-trades.csv'), '--start-equity', '10000000', '--json']);
    expect(documentOf(run)).toMatchObject({ unit: 'day', observations: 349, perYear: 365 });
  });

  it('takes the trades that backtest writes', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'nightdesk-audit-')), 'trades.csv');
    await runCli(['backtest', 'STR-001', '--out', out]);
    const run = await runCli(['audit', out, '--json']);
    expect(documentOf(run)).toMatchObject({ format: 'nightdesk backtest --out', unit: 'trade' });
  });

  it.each([
    [['audit', 'nowhere.csv'], /there is no such file/],
    [['audit', file('make.py')], /expected/],
    [['audit', file('freqtrade.json'), '--trials', '0'], /above 0/],
    [['audit', file('freqtrade.json'), '--strategy', 'TwoMean'], /did you mean TwoMeans/],
  ])('refuses %j', async (args, message) => {
    const run = await runCli(args);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(message);
  });
});
