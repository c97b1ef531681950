import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldRows } from '../../../apps/plugins/fields.ts';
import { timeMs } from '../../../plugins/fields.ts';
import { pluginIds, plugins } from '../../../plugins/run-plugin.ts';

test('rows state type, bounds, default and meaning; what is inside follows under its path', () => {
  const schema = z.strictObject({
    share: z.number().gt(0).max(1).default(0.5).describe('of equity'),
    assets: z.array(z.strictObject({ symbol: z.string(), at: timeMs().optional() })).min(2),
    ruin: z.strictObject({ level: z.number() }).optional().describe('a rule'),
    method: z.enum(['a', 'b']),
  });
  expect(fieldRows(schema)).toEqual([
    { name: 'share', type: 'number > 0, <= 1', default: '0.5', description: 'of equity' },
    { name: 'assets', type: '({symbol, at})[n >= 2]', description: '' },
    { name: 'assets[].symbol', type: 'string', description: '' },
    { name: 'assets[].at?', type: 'integer >= 0', description: 'epoch milliseconds UTC' },
    { name: 'ruin?', type: '{level}', description: 'a rule' },
    { name: 'ruin.level', type: 'number', description: '' },
    { name: 'method', type: '"a" | "b"', description: '' },
  ]);
});

test('each shape of a union is headed by the value that tells it', () => {
  const shape = (mode: string) => z.strictObject({ mode: z.literal(mode), [`${mode}Share`]: z.number() });
  const names = (schema: z.ZodType) => fieldRows(schema).map(({ name }) => name);
  expect(names(z.discriminatedUnion('mode', [shape('binary'), shape('odds')]))).toEqual([
    'binary: mode',
    'binary: binaryShare',
    'odds: mode',
    'odds: oddsShare',
  ]);
  expect(names(z.union([z.strictObject({ a: z.number() }), z.strictObject({ b: z.number() })]))).toEqual([
    'shape 1: a',
    'shape 2: b',
  ]);
});

test('how long a list and how even a number may be', () => {
  const schema = z.strictObject({
    few: z.array(z.number()).max(9),
    some: z.array(z.string()).min(2).max(6),
    three: z.array(z.string()).length(3),
    blocks: z.int().min(4).max(20).multipleOf(2),
  });
  expect(fieldRows(schema).map(({ type }) => type)).toEqual([
    'number[n <= 9]',
    'string[n >= 2, n <= 6]',
    'string[n = 3]',
    'integer >= 4, <= 20, multiple of 2',
  ]);
});

test.each(pluginIds)('%s says of every field of input and params what it means', (id) => {
  const silent = (['input', 'params'] as const).flatMap((part) => {
    const rows = fieldRows(plugins[id][part]);
    const names = rows.map(({ name }) => name);
    // What holds other fields is explained by them, and a constant by itself.
    const isLeaf = (name: string) => !names.some((inner) => ['.', '[].'].some((join) => inner.startsWith(name + join)));
    const isConstant = (type: string) => type === '{}' || /^("\w+"|\d+)$/.test(type);
    return rows
      .map((row) => ({ ...row, name: row.name.replace(/\?$/, '') }))
      .filter(({ name, type, description }) => description === '' && isLeaf(name) && !isConstant(type))
      .map(({ name }) => `${part}.${name}`);
  });
  expect(silent, `without .describe('unit or meaning'): ${silent.join(', ')}`).toEqual([]);
});
