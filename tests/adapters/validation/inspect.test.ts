import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectStrategies } from '../../../adapters/validation/inspect.ts';
import { projectFolder } from '../../../config/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shipped = join(projectFolder, 'strategies');
for (const name of ['STR-001-two-means.yaml', 'STR-002-channel-breakout.yaml'])
  cpSync(join(shipped, name), join(folder, name));
const good = readFileSync(join(folder, 'STR-001-two-means.yaml'), 'utf8');
writeFileSync(
  join(folder, 'STR-900-broken.yaml'),
  good.replace('STR-001', 'STR-900').replace('timeframe: 1h', 'timeframe: 7h'),
);

describe('inspectStrategies', () => {
  test('of a folder: the valid ones by id, the broken ones as problems with their place', async () => {
    const { strategies, problems } = await inspectStrategies({ strategies: [] }, folder);
    expect(strategies.map(({ strategyId }) => strategyId)).toEqual(['STR-001', 'STR-002']);
    expect(strategies[0]).toMatchObject({
      file: join(folder, 'STR-001-two-means.yaml'),
      strategyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(problems).toEqual([
      {
        file: join(folder, 'STR-900-broken.yaml'),
        message: expect.stringMatching(/STR-900-broken\.yaml:\d+ timeframe: /),
      },
    ]);
  });

  test('of names: ids in any case and files, each once, in the order given', async () => {
    const names = ['str-002', join(folder, 'STR-001-two-means.yaml'), 'STR-002'];
    const { strategies } = await inspectStrategies({ strategies: names }, folder);
    expect(strategies.map(({ strategyId }) => strategyId)).toEqual(['STR-002', 'STR-001']);
  });

  test.each([
    ['a file', { data: ['nosuch'] }],
    ['a file of a symbol', { data: ['BTC/USDT=nosuch.csv'] }],
    ['funding', { funding: ['BTC/USDT:USDT=nosuch.csv'] }],
    ['a range', { timerange: 'lately' }],
  ])('refuses %s that is not there, before a run is opened', async (_, data) => {
    await expect(inspectStrategies({ strategies: ['STR-001'], data }, folder)).rejects.toMatchObject({
      place: expect.objectContaining({ path: expect.stringMatching(/^--/) }),
    });
  });

  test.each([
    ['an unknown id', 'STR-003', 'NotFound'],
    ['a broken file by its id', 'STR-900', 'BadInput'],
    ['a broken file', join(folder, 'STR-900-broken.yaml'), 'BadInput'],
    ['no file', join(folder, 'nothing.yaml'), 'NotFound'],
  ])('refuses %s', async (_, name, code) => {
    await expect(inspectStrategies({ strategies: [name] }, folder)).rejects.toMatchObject({ code });
  });

  test('refuses one id from two files', async () => {
    const copy = join(folder, 'copy.yml.txt');
    writeFileSync(copy, good);
    await expect(inspectStrategies({ strategies: ['STR-001', copy] }, folder)).rejects.toThrow(/two files/);
  });
});
