import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { nextStrategyId, type StrategyDraft, writeStrategy } from '../../../adapters/strategy-files/new-strategy.ts';
import { readStrategy } from '../../../adapters/strategy-files/read-strategy.ts';

const draft: StrategyDraft = {
  id: 'STR-001',
  name: 'Buy: the "dip" # fast',
  hypothesis: 'It\'s: {odd}, "quoted" - and\nof two lines',
  universe: ['BTC/USDT:USDT', 'eth-usdt'],
  timeframe: '4h',
  signals: {},
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightdesk-new-'));
});

test('a draft becomes a file that is valid and says what the draft says', async () => {
  const file = await writeStrategy(folder, draft);
  expect(basename(file)).toBe('STR-001-buy-the-dip-fast.yaml');
  expect(await readStrategy(file)).toMatchObject({
    name: draft.name,
    hypothesis: draft.hypothesis,
    universe: ['BTC/USDT:USDT', 'ETH/USDT'],
    timeframe: '4h',
    parameters: [{ name: 'fast' }, { name: 'slow' }],
  });
  expect(await readFile(file, 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=.*config\/schema\/strategy\.schema\.json\n/,
  );
});

test('signals of the draft stand in the place of the example', async () => {
  const file = await writeStrategy(folder, { ...draft, signals: { enterShort: 'rsi(close, 14) > 80 ? 1 : 0' } });
  const { signals, parameters, features } = await readStrategy(file);
  expect([Object.keys(signals), parameters, features]).toEqual([['enterShort'], [], []]);
});

test('nothing is written over, and nothing is left of what failed', async () => {
  const taken = join(folder, 'STR-001-buy-the-dip-fast.yaml');
  await writeFile(taken, 'mine');
  await expect(writeStrategy(folder, draft)).rejects.toMatchObject({
    code: 'BadInput',
    message: 'is there already; nothing was written',
  });
  expect(await readFile(taken, 'utf8')).toBe('mine');
  expect(await readdir(folder)).toEqual([basename(taken)]);
});

test.each([
  [
    { signals: { enterLong: 'smaa(close, 3)' } },
    { message: 'unknown function smaa at position 1', place: { path: 'signals.enterLong' } },
  ],
  [{ universe: [''] }, { place: { path: 'universe[0]' } }],
  [{ timeframe: '7h' }, { place: { path: 'timeframe' } }],
  [{ id: 'STR-1' }, { place: { path: 'id' } }],
  [{ name: '' }, { place: { path: 'name' } }],
])('the bad draft %j is refused by its field', async (change, error) => {
  await expect(writeStrategy(folder, { ...draft, ...change })).rejects.toMatchObject({ code: 'BadInput', ...error });
  expect(await readdir(folder)).toEqual([]);
});

test('ids go on from the highest, and one that another file has is refused', async () => {
  expect(await nextStrategyId(folder)).toBe('STR-001');
  await writeStrategy(folder, { ...draft, id: 'STR-041' });
  expect(await nextStrategyId(folder)).toBe('STR-042');
  await expect(writeStrategy(folder, { ...draft, id: 'STR-041', name: 'Other' })).rejects.toMatchObject({
    message: 'STR-041 is taken',
  });
});
