import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { checkStrategyFolder } from '../../adapters/strategy-files/read-strategy.ts';
import { strategyHash } from '../../adapters/strategy-files/strategy-hash.ts';
import { projectFolder } from '../../config/paths.ts';
import { loadMarkets } from '../../adapters/market-data/load-markets.ts';
import { compileStrategy } from '../../core/strategy/compile.ts';
import { strategyColumns } from '../../core/strategy/look-ahead.ts';
import { parameterValues, type Strategy } from '../../core/strategy/strategy.ts';
import { gatherEvidence } from '../../core/validation/leaks/evidence.ts';

const files = await checkStrategyFolder(join(projectFolder, 'strategies'));
const samplePerpetuals = ['ADA', 'BNB', 'BTC', 'ETH', 'SOL', 'XRP'].map((coin) => `${coin}/USDT:USDT`);

test('twelve strategies ship, of different meaning', () => {
  expect(files.map(({ strategyId }) => strategyId)).toEqual(
    Array.from({ length: 12 }, (_, i) => `STR-${String(i + 1).padStart(3, '0')}`),
  );
  expect(new Set(files.map(({ strategy }) => strategy && strategyHash(strategy))).size).toBe(12);
});

test.each(files)('$file is valid and compiles', async ({ file, strategy, errors, warnings }) => {
  expect([errors, warnings]).toEqual([[], []]);
  if (strategy === undefined) return;
  expect(basename(file).startsWith(`${strategy.id}-`)).toBe(true);
  expect(strategy.universe.toSorted()).toEqual(samplePerpetuals);
  expect(strategy.hypothesis).toMatch(/[Ii]t is wrong if /);
  expect(compileStrategy(strategy)).toBeDefined();
  expect(await readFile(file, 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/config\/schema\/strategy\.schema\.json\n# Kind: /,
  );
});

const shipped = files.flatMap(({ strategy }) => (strategy === undefined ? [] : [strategy]));

const barsOf = async ({ universe, timeframe }: Strategy) =>
  (await loadMarkets({ universe: universe.slice(0, 1), timeframe, bars: 3_000 })).markets[0].bars;

test.each(shipped)('$id fires on the sample, and none of its series sees a later bar', async (strategy) => {
  const bars = await barsOf(strategy);
  const columns = strategyColumns(strategy, parameterValues(strategy));
  const fired = Object.entries(columns(bars)).filter(([name]) => name.startsWith('signals.enter'));
  for (const [, column] of fired) expect(Array.from(column).some((value) => value === 1)).toBe(true);
  expect(gatherEvidence(columns, bars, { cuts: 6 })).toEqual({ cut: [], noise: [] });
});
