import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  checkStrategyFile,
  checkStrategyFolder,
  listStrategyFiles,
  maxFileBytes,
  readStrategy,
  resolveStrategy,
} from '../../../adapters/strategy-files/read-strategy.ts';

const strategyText = (id: string, more = ''): string =>
  `id: ${id}\nname: x\nhypothesis: y\nuniverse: [BTC/USDT]\ntimeframe: 1h\nsignals: { enterLong: close > open }\n${more}`;

let folder = '';
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightdesk-read-'));
  await writeFile(file('STR-010-b.yaml'), strategyText('STR-010'));
  await writeFile(file('STR-002-a.yml'), strategyText('"STR-002"'));
  await writeFile(file('twice-1.yaml'), strategyText('STR-777'));
  await writeFile(file('twice-2.yaml'), `\uFEFF${strategyText('STR-777')}`);
  await writeFile(file('bad.yaml'), strategyText('STR-003', 'forecast: smaa(close, 3)\nexits: { maxBars: 0 }\n'));
  await writeFile(file('.hidden.yaml'), 'x');
  await writeFile(file('notes.txt'), 'x');
  await writeFile(file('latin1.yaml'), Buffer.from([0x6e, 0xe4]));
  await mkdir(file('sub.yaml'));
});

test('the files of a folder are its .yaml and .yml, by name', async () => {
  const names = (await listStrategyFiles(folder)).map((each) => basename(each));
  expect(names).toEqual(['STR-002-a.yml', 'STR-010-b.yaml', 'bad.yaml', 'latin1.yaml', 'twice-1.yaml', 'twice-2.yaml']);
});

describe('a strategy is found', () => {
  test.each([
    ['by its id', 'STR-010', 'STR-010'],
    ['by its id in small letters', 'str-002', 'STR-002'],
  ])('%s', async (_, id, found) => {
    const { strategy } = await resolveStrategy(id, folder);
    expect(strategy.id).toBe(found);
  });

  test('by its file', async () => {
    expect((await resolveStrategy(file('STR-010-b.yaml'), '/nowhere')).strategy.id).toBe('STR-010');
  });
});

describe('refused', () => {
  test.each([
    ['STR-011', { code: 'NotFound', message: 'no strategy STR-011', place: { nearest: 'STR-010' } }],
    ['STR-777', { code: 'BadInput', message: 'STR-777 is the id of twice-1.yaml and twice-2.yaml' }],
  ])('the id %s', async (id, error) => {
    await expect(resolveStrategy(id, folder)).rejects.toMatchObject(error);
  });

  test('a folder that is not there', async () => {
    await expect(resolveStrategy('STR-001', file('none'))).rejects.toMatchObject({ code: 'NotFound' });
  });

  test.each([
    ['none.yaml', { code: 'NotFound', message: 'there is no such file or folder' }],
    ['sub.yaml', { code: 'BadInput', message: 'is a folder' }],
    ['latin1.yaml', { code: 'BadInput', message: 'is not UTF-8 text' }],
  ])('the file %s', async (name, error) => {
    await expect(readStrategy(file(name))).rejects.toMatchObject({ ...error, place: { file: file(name) } });
  });

  test('a bad file, by its first mistake, with the number of the others', async () => {
    await expect(readStrategy(file('bad.yaml'))).rejects.toMatchObject({
      code: 'BadInput',
      message: expect.stringMatching(/^unknown function smaa at position 1; 1 more, see nightdesk strategies check /),
      place: { file: file('bad.yaml'), line: 7, path: 'forecast', nearest: 'sma' },
    });
  });

  test('a file of more than 256 KiB, without reading it', async () => {
    const large = file('large.txt');
    const text = strategyText('STR-001');
    await writeFile(large, text + '#'.repeat(maxFileBytes - text.length));
    expect((await checkStrategyFile(large)).errors).toEqual([]);
    await writeFile(large, `${text}${'#'.repeat(maxFileBytes - text.length)}#`);
    await expect(checkStrategyFile(large)).rejects.toMatchObject({
      code: 'BadInput',
      place: { expected: 'at most 262144 bytes', found: '262145 bytes' },
    });
  });
});

test('a folder is checked as a whole: a file that cannot be read does not hide the others', async () => {
  const checked = await checkStrategyFolder(folder);
  expect(checked.map(({ file: each, errors }) => [basename(each), errors.map(({ message }) => message)])).toEqual([
    ['STR-002-a.yml', []],
    ['STR-010-b.yaml', []],
    ['bad.yaml', ['unknown function smaa at position 1', 'is out of range']],
    ['latin1.yaml', ['is not UTF-8 text']],
    ['twice-1.yaml', ['STR-777 is the id of twice-1.yaml and twice-2.yaml']],
    ['twice-2.yaml', ['STR-777 is the id of twice-1.yaml and twice-2.yaml']],
  ]);
});
