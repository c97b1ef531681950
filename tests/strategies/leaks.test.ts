import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStrategy } from '../../adapters/strategy-files/read-strategy.ts';
import { checkStrategyLeaks } from '../../adapters/validation/leaks.ts';
import { projectFolder } from '../../config/paths.ts';
import { sliceBars } from '../../core/market/bars.ts';
import { loadNoPlugins } from '../../core/strategy/strategy-plugins.ts';
import type { LeakName, LeakResult } from '../../core/validation/leaks/leak-check.ts';
import { fixtureBars } from '../fixture-files.ts';

/** What each planted leak is caught by; the check that it is there for comes first. */
const planted: Readonly<Record<string, readonly [LeakName, ...LeakName[]]>> = {
  'next-close': ['next-bar', 'prefix', 'noise', 'incremental'],
  'full-sample-score': ['full-sample', 'prefix', 'noise', 'incremental'],
  'daily-close': ['resampled', 'prefix', 'noise', 'incremental'],
  pivot: ['repainting', 'prefix', 'noise', 'incremental'],
  'knows-the-end': ['prefix', 'incremental'],
  'quick-but-other': ['incremental'],
  // Each run overwrites what the one before has seen, so what was cut or disturbed there gives it away, too.
  'remembers-a-run': ['memory', 'prefix', 'noise', 'next-bar', 'dates'],
  'known-dates': ['dates'],
  lucky: ['determinism'],
  'fill-at-the-low': ['fills'],
  'no-fees': ['costs'],
  survivors: ['survivorship'],
};

const bars = sliceBars(fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h'), 0, 3_000);

/** From when to when the markets of these strategies had bars. */
const listed: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'ETH/USDT': ['2021-01-01', '2023-12-31'],
  'SOL/USDT': ['2021-06-17', '2023-12-31'],
  'LUNA/USDT': ['2021-01-01', '2022-05-12'],
};

async function check(file: string): Promise<readonly LeakResult[]> {
  const strategy = await readStrategy(join(projectFolder, 'tests', 'strategies', file));
  const spans = strategy.universe.map((symbol) => {
    const [from, to] = listed[symbol] ?? ['', ''];
    return { symbol, fromMs: Date.parse(from), toMs: Date.parse(to) };
  });
  return checkStrategyLeaks(strategy, loadNoPlugins, { bars, spans });
}

const failed = (results: readonly LeakResult[]) =>
  results.filter(({ finding }) => finding !== undefined).map(({ name }) => name);

test('twelve leaks are planted, each with a twin that has none', () => {
  for (const folder of ['leaky', 'clean']) {
    const files = readdirSync(join(projectFolder, 'tests', 'strategies', folder));
    expect(files.map((file) => basename(file, '.ts'))).toEqual(Object.keys(planted).toSorted());
  }
  expect(Object.keys(planted)).toHaveLength(12);
  expect(new Set(Object.values(planted).map(([name]) => name)).size).toBe(12);
});

describe('each leak is caught by its name, and its twin is clean', () => {
  test.each(Object.entries(planted))('%s', async (name, expected) => {
    const [leaky, clean] = [await check(`leaky/${name}.ts`), await check(`clean/${name}.ts`)];
    expect(failed(leaky).toSorted()).toEqual([...expected].toSorted());
    expect(clean.filter(({ finding, skipped }) => finding ?? skipped)).toEqual([]);
  });
});
