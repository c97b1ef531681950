import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addDataOptions, dataOptionsOf } from '../../../apps/cli/data-options.ts';
import { projectFolder } from '../../../config/paths.ts';
import { hourlyCsv, useTemporaryHome } from '../../adapters/market-data/temporary-home.ts';

const home = useTemporaryHome();

/** Runs `nightdesk data …` as a process of its own. */
async function data(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = [join(projectFolder, 'apps/cli/nightdesk.ts'), 'data', ...args];
  const env = { ...process.env, NIGHTDESK_HOME: home.home, NO_COLOR: '1' };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, command, { env, cwd: home.folder })) };
  } catch (thrown) {
    return thrown as { code: number; stdout: string; stderr: string };
  }
}

const write = (name: string, content: string) => writeFileSync(join(home.folder, name), content);
const start = Date.UTC(2025, 0, 1);

test('import, then list: a table for people', async () => {
  write('X-USDT-PERP-1h.csv', hourlyCsv([1, 2, 3]));
  const imported = await data('import', 'X-USDT-PERP-1h.csv');
  expect(imported).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/X\/USDT:USDT +1h +3 +3 +3 +2025-01-01 00:00 +2025-01-01 02:00 +0/),
  });
  const listed = await data('list');
  expect(listed.stdout).toMatch(/X\/USDT:USDT +1h +3 .* X-USDT-PERP-1h\.csv/);
  expect(listed.stdout).toMatch(/BTC\/USDT:USDT +1h +31973 .* sample/);
});

test('verify prints one document, and ends with 2 where a file is bad', async () => {
  write('X-USDT-1h.csv', hourlyCsv([1, 2]));
  write('Y-USDT-1h.csv', `${hourlyCsv([1])}${start + 3_600_001},1,0.5,0.5,1,-2\n`);
  write('X-USDT-funding-8h.csv', 'timestamp,funding_rate\n');
  const { code, stdout } = await data('verify', '.', '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    files: [
      {
        file: 'X-USDT-1h.csv',
        symbol: 'X/USDT',
        timeframe: '1h',
        bars: 2,
        from: start,
        to: start + 3_600_000,
        gaps: 0,
        missingBars: 0,
        errors: [],
        errorCount: 0,
      },
      {
        file: 'Y-USDT-1h.csv',
        symbol: 'Y/USDT',
        timeframe: '1h',
        bars: 2,
        from: start,
        to: start + 3_600_001,
        gaps: 0,
        missingBars: 0,
        errors: [
          { row: 3, field: 'timestamp', message: expect.stringContaining('off the 1h grid') },
          { row: 3, field: 'volume', message: expect.stringContaining('negative') },
        ],
        errorCount: 2,
      },
    ],
  });
  expect((await data('verify', 'X-USDT-1h.csv', '--json')).code).toBe(0);
});

test('verify names file, line and field for people', async () => {
  write('Y-USDT-1h.csv', `${hourlyCsv([1])}${start + 3_600_000},1,0.5,0.5,1,2\n`);
  const { code, stdout, stderr } = await data('verify', 'Y-USDT-1h.csv');
  expect([code, stderr.trim()]).toEqual([
    2,
    'Y-USDT-1h.csv:3 high: high is below max(open, close), expected high >= 1, found 0.5',
  ]);
  expect(stdout).toMatch(/Y-USDT-1h\.csv +Y\/USDT +1h +2 .* 1/);
});

test('a failure is one JSON document with --json', async () => {
  write('mine.csv', `${start},1,2,3,4,5\n`);
  const { code, stdout } = await data('import', 'mine.csv', '--symbol', 'X/USDT', '--json');
  expect([code, JSON.parse(stdout)]).toMatchObject([2, { error: { code: 'BadInput', file: 'mine.csv', line: 1 } }]);
});

test('the order of columns can be said', async () => {
  write('mine.csv', `${start},1,2,3,0.5,9\n${start + 3_600_000},1,2,3,0.5,9\n`);
  const { code, stdout } = await data(
    'import',
    'mine.csv',
    '--symbol',
    'X/USDT',
    '--columns',
    'timestamp,open,close,high,low,volume',
    '--json',
  );
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { series: [{ symbol: 'X/USDT', bars: 2 }] }]);
  expect((await data('import', 'mine.csv', '--columns', 'timestamp,close')).code).toBe(2);
});

test('data options become the part of a request that says which bars', () => {
  const command = addDataOptions(new Command()).parse(
    [
      '--data',
      'A/B=a.csv',
      '--data',
      'folder',
      '--timerange',
      '20210101-',
      '--bars',
      '5',
      '--funding',
      'A/B=f.csv',
      '--allow-gaps',
    ],
    { from: 'user' },
  );
  expect(dataOptionsOf(command.opts())).toEqual({
    data: ['A/B=a.csv', 'folder'],
    timerange: '20210101-',
    bars: 5,
    funding: ['A/B=f.csv'],
    allowGaps: true,
  });
  expect(dataOptionsOf(addDataOptions(new Command()).parse([], { from: 'user' }).opts())).toEqual({});
  const refused = addDataOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  expect(() => refused.parse(['--bars', '1.5'], { from: 'user' })).toThrow(/integer/);
});
