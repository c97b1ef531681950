import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fixtureDataPath, fixtureFile } from '../../fixture-files.ts';
import { documentOf, runCli } from './run-cli.ts';

const entry = fileURLToPath(new URL('../../../apps/cli/nightdesk.ts', import.meta.url));
const data = ['--data', `BTC/USDT=${fixtureFile(fixtureDataPath('ohlcv/BTC-USDT-1h.csv'))}`];
const text = (id: string, extra = '', slow = 50) => `id: ${id}
name: Trend
hypothesis: Trends last.
universe: [BTC/USDT]
timeframe: 1h
parameters: { fast: { default: 10, min: 5, max: 20, step: 5 } }
signals: { enterLong: "crossover(sma(close, fast), sma(close, ${slow}))", exitLong: "crossunder(sma(close, fast), sma(close, ${slow}))" }
${extra}`;

let folder = '';
let home = '';
let homes = 0;
let env: Record<string, string> = {};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-ledger-cli-'));
  writeFileSync(join(folder, 'one.yaml'), text('STR-901'));
  writeFileSync(join(folder, 'copy.yaml'), text('STR-902', 'exits: { stopLoss: 0.05 }', 60));
  writeFileSync(
    join(folder, 'child.yaml'),
    text('STR-903', 'lineage: { source: pivot, parent: STR-901 }').replaceAll('sma', 'ema'),
  );
  writeFileSync(join(folder, 'other.yaml'), text('STR-904').replaceAll('sma', 'wma'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  home = join(folder, `home-${homes++}`);
  env = { NIGHTDESK_HOME: home, NIGHTDESK_USER: 'ada' };
});

const file = (name: string) => join(folder, `${name}.yaml`);
const backtest = (name: string, args: readonly string[] = [], by = 'ada') =>
  runCli(['backtest', file(name), ...data, '--json', ...args], { ...env, NIGHTDESK_USER: by });

type Trials = Readonly<{
  trials: number;
  effectiveTrials: number;
  members: { strategyId: string }[];
  entries: { by: string[]; count: number; face: string }[];
  seen: { market: string; toMs: number; by: string }[];
}>;
const trials = async (name: string) => documentOf(await runCli(['trials', file(name), '--json'], env)) as Trials;

describe('the seal', () => {
  type Bars = Readonly<{ from: number; to: number; bars: number; holdout: { from: number; reached: boolean } }>;
  const run = async (...args: string[]) => documentOf(await runCli([...args, '--json'], env)) as Bars;

  it('ends backtests on the sample before the holdout, unless they are unsealed', async () => {
    const sealed = await run('backtest', 'STR-001');
    expect(sealed.to + 3_600_000).toBeLessThanOrEqual(sealed.holdout.from);
    expect(sealed.holdout.reached).toBe(false);
    const unsealed = await run('backtest', 'STR-001', '--unseal');
    expect(unsealed.holdout).toEqual({ from: sealed.holdout.from, reached: true });
    expect(unsealed.bars).toBeGreaterThan(sealed.bars);
  });

  it('gives what is asked for by time or file, and records the look', async () => {
    const { holdout } = await run('backtest', 'STR-001', '--timerange', '20240101-20240401');
    expect(holdout.reached).toBe(true);
    const document = documentOf(await backtest('one')) as Bars;
    expect(document).toMatchObject({ bars: 8_448, holdout: { reached: true } });
    // STR-001 crosses two means as well: one family, with what was seen of all its markets.
    const { seen } = await trials('one');
    const btc = seen.filter(({ market }) => market === 'BTC/USDT');
    expect(btc).toMatchObject([{ toMs: document.to + 3_600_000, by: 'ada' }]);
    expect(seen).toHaveLength(6);
  });

  it('tells who looks into it until when L3 refuses the family', async () => {
    const whole = await runCli(['backtest', 'STR-001', '--unseal'], env);
    const until = /holdout +begins .* days into it: L3 now refuses this family until there are bars of \S+ up to (\S+)/;
    const [, day = ''] = until.exec(whole.stdout) ?? [];
    const document = await run('backtest', 'STR-001', '--unseal');
    // Half of the holdout has to be new.
    const needMs = (document.to + 3_600_000 - document.holdout.from) / 2;
    expect(day).toBe(new Date(document.to + 3_600_000 + needMs).toISOString().slice(0, 10));
  });

  it('tells people where it begins', async () => {
    const [backtested, swept] = await Promise.all(
      ['backtest', 'sweep'].map((command) =>
        runCli([command, 'STR-001', ...(command === 'sweep' ? ['--grid', 'fast=10,20'] : [])], env),
      ),
    );
    expect(backtested?.stdout).toMatch(/holdout +begins 20\d\d-\d\d-\d\d.* UTC; sealed/);
    expect(swept?.stdout).toMatch(/holdout begins 20\d\d-\d\d-\d\d.* UTC; sealed/);
    const evaluated = await runCli(['eval', 'close', ...data], env);
    expect(evaluated.stdout).toMatch(/holdout begins .*; these bars reach \d+\.\d days into it/);
    expect(evaluated.stdout).not.toContain('L3'); // what an expression is, is no result
  });
});

describe('the ledger', () => {
  it('counts the same numbers once, whoever asks, at once or again', async () => {
    await Promise.all([
      backtest('one'),
      backtest('one', [], 'bob'),
      backtest('one', ['--returns', 'bar', '--start-equity', '5']),
    ]);
    await backtest('one');
    const ledger = await trials('one');
    expect(ledger.trials).toBe(1);
    expect(ledger.entries[0]?.by.toSorted()).toEqual(['ada', 'bob']);
  });

  it('counts other numbers: parameters, costs, bars, fills; and every point of a sweep', async () => {
    await backtest('one');
    await backtest('one', ['--set', 'fast=20']);
    await backtest('one', ['--fee-bps', '0']);
    await backtest('one', ['--bars', '5000']);
    await backtest('one', ['--fill', 'close']);
    expect((await trials('one')).trials).toBe(5);
    const sweep = ['sweep', file('one'), ...data, '--json'];
    await runCli(sweep, env);
    await runCli([...sweep, '--threads', '1'], env);
    const { trials: total, effectiveTrials } = await trials('one');
    expect(total).toBe(9);
    expect(effectiveTrials).toBeGreaterThan(1);
    expect(effectiveTrials).toBeLessThan(9);
  });

  it('knows copies, descendants and edits, and tells others apart', async () => {
    for (const name of ['one', 'copy', 'child', 'other']) await backtest(name);
    const counts = await Promise.all(['one', 'copy', 'child', 'other'].map(trials));
    expect(counts.map((ledger) => ledger.trials)).toEqual([3, 3, 3, 1]);
    expect(counts[1]?.members.map(({ strategyId }) => strategyId)).toEqual(['STR-901', 'STR-902', 'STR-903']);
  });

  it('has a run that was killed once at most, and once in the end', async () => {
    const store = join(home, 'desk.sqlite');
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [entry, 'backtest', file('one'), ...data], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      // Before its first word, at it, or as soon as the store is there.
      child.stdout.once('data', () => child.kill('SIGKILL'));
      const watch = setInterval(() => round % 2 === 0 && existsSync(store) && child.kill('SIGKILL'), 1);
      await once(child, 'close');
      clearInterval(watch);
      expect((await trials('one')).trials).toBeLessThanOrEqual(1);
    }
    await backtest('one');
    expect((await trials('one')).trials).toBe(1);
  });

  it('shows nothing that it cannot count', async () => {
    writeFileSync(home, 'a file where a folder has to be');
    const run = await runCli(['backtest', file('one'), ...data], env);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('the folder of the store cannot be made');
  });

  it('is printed for people, and refuses what nobody knows', async () => {
    expect((await runCli(['trials', file('one')], env)).stdout).toContain('nobody has tried it');
    await backtest('one');
    const { stdout } = await runCli(['trials', file('one')], env);
    expect(stdout).toMatch(/trials +1: 1 backtest/);
    expect(stdout).toMatch(/BTC\/USDT +2025-09-01 +ada +backtest/);
    expect((await runCli(['trials', 'STR-901'], env)).code).toBe(0); // its file is elsewhere, the ledger knows it
    expect(await runCli(['trials', 'STR-999'], env)).toMatchObject({ code: 2 });
    expect(await runCli(['trials', 'nowhere.yaml'], env)).toMatchObject({ code: 2 });
  });
});

describe('exports', () => {
  it('are files under names that people know, whole or not there', async () => {
    await backtest('one');
    const out = join(home, 'out');
    expect(documentOf(await runCli(['export', '--out', out, '--json'], env))).toEqual({
      files: ['queue.yaml', 'registry.yaml', 'learnings.md'].map((name) => join(out, name)),
    });
    expect(readdirSync(out).toSorted()).toEqual(['learnings.md', 'queue.yaml', 'registry.yaml']);
    expect(parse(readFileSync(join(out, 'queue.yaml'), 'utf8'))).toEqual({ version: 1, strategies: [] });
    expect(parse(readFileSync(join(out, 'registry.yaml'), 'utf8'))).toMatchObject({
      version: 1,
      strategies: [{ id: 'STR-901', file: file('one'), status: 'NOT_QUEUED', trials: 1, seen: [{ by: 'ada' }] }],
    });
  });

  it('the queue is shown, and an unknown status refused', async () => {
    expect(documentOf(await runCli(['queue', '--json'], env))).toEqual({ strategies: [] });
    expect((await runCli(['queue'], env)).stdout).toContain('nothing has been validated yet');
    const refused = await runCli(['queue', '--status', 'L1_PASED'], env);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('did you mean L1_PASSED');
  });
});
