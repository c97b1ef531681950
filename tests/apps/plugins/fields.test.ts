import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldRows } from '../../../apps/plugins/fields.ts';
import { timeMs } from '../../../plugins/fields.ts';

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
