import { describe, expect, test } from 'vitest';
import { deepFreeze, refuseUnlessPlain } from '../../plugins/plain-json.ts';

describe('refuseUnlessPlain', () => {
  test('lets everything through that JSON gives back as it was', () => {
    const value = { a: [1, -2.5, 'x', true, [[3]], {}], b: { c: [] } };
    expect(() => refuseUnlessPlain('output', value)).not.toThrow();
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  });

  test.each([
    ['NaN', { a: [1, Number.NaN] }, 'BadInput', 'output.a[1]'],
    ['infinity', { a: { b: -Infinity } }, 'BadInput', 'output.a.b'],
    ['null', { a: [{ b: null }] }, 'Internal', 'output.a[0].b'],
    ['undefined', { a: undefined }, 'Internal', 'output.a'],
    ['a Map', { state: new Map() }, 'Internal', 'output.state'],
    ['a typed array', { state: { window: new Float64Array(2) } }, 'Internal', 'output.state.window'],
    ['a date', [new Date(0)], 'Internal', 'output[0]'],
    ['a bigint', { a: 1n }, 'Internal', 'output.a'],
  ])('refuses %s by its path', (_, value, code, path) => {
    const refused = { code, place: expect.objectContaining({ path }) };
    expect(() => refuseUnlessPlain('output', value)).toThrow(expect.objectContaining(refused));
  });
});

test('deepFreeze reaches the leaves', () => {
  const value = deepFreeze({ a: [{ b: [1] }] });
  expect(() => value.a[0].b.push(2)).toThrow(TypeError);
});
