import { describe, expect, test } from 'vitest';
import { DeskError } from '../../core/errors.ts';
import { atGivenNumber } from '../../plugins/extreme-number.ts';

const overflow = new DeskError('BadInput', 'no finite result', { path: 'output.a[1]', expected: 'a finite number' });

describe('an output that is not finite is refused at a field that was given', () => {
  test.each([
    ['the largest', { input: { series: [1, -1e300, 5] }, params: {} }, 'input.series[1]', '-1e+300'],
    [
      'the smallest',
      { input: { legs: [{ price: 1e-320 }, { price: 1e200 }] }, params: {} },
      'input.legs[0].price',
      '1e-320',
    ],
    ['a parameter', { input: { series: [1, 2] }, params: { scale: { cap: 1e9 } } }, 'params.scale.cap', '1000000000'],
    ['the first of equals', { input: { a: 100, b: 0.01 }, params: { c: 100 } }, 'input.a', '100'],
    ['nothing but zeros', { input: { series: [0, 0], name: 'x' }, params: undefined }, 'input', '0'],
  ])('%s', (_, given, path, found) => {
    expect(atGivenNumber(overflow, given)).toMatchObject({
      code: 'BadInput',
      message: expect.stringMatching(/^output\.a\[1\]: no finite result; /),
      place: { path, found, expected: 'a finite number' },
    });
  });

  test('what names its field already, and defects, stay as they are', () => {
    const given = { input: { a: 1e300 }, params: {} };
    const own = new DeskError('BadInput', 'too short', { path: 'input.outputs' });
    const defect = new DeskError('Internal', 'not plain JSON', { path: 'output.a' });
    for (const thrown of [own, defect, new TypeError('x')]) expect(atGivenNumber(thrown, given)).toBe(thrown);
  });
});
