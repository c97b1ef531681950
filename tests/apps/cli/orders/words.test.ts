import { expect, test } from 'vitest';
import { shortAmount } from '../../../../apps/cli/orders/words.ts';
import { renderFitted, wrapped } from '../../../../apps/cli/table.ts';

test.each([
  ['62658.536585365853658536', '62658.5365'],
  ['0.000048212', '0.00004821'],
  ['-0.09996', '-0.09996'],
  ['178.00000', '178'],
  ['-12.99999', '-12.9999'], // cut, so that a loss or a profit is never made larger
  ['0', '0'],
  ['', ''],
])('%s reads as %s', (text, short) => {
  expect(shortAmount(text)).toBe(short);
});

test('lines break at spaces, at what is longer than one where they must, and never inside an amount', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('0123456789ab cd', 5)).toEqual(['01234', '56789', 'ab cd']);
  expect(wrapped('0.1\u00A0STR-001, -0.01\u00A0unassigned', 20)).toEqual([
    '0.1\u00A0STR-001,',
    '-0.01\u00A0unassigned',
  ]);
  expect(wrapped('', 10)).toEqual(['']);
});

test('a table takes no more than its width for the last column', () => {
  const text = renderFitted([{ title: 'A' }, { title: 'Why' }], [['x'.repeat(10), 'word '.repeat(20)]], 50);
  const widths = text.split('\n').map((line) => line.length);
  expect(Math.max(...widths)).toBeLessThanOrEqual(50);
  expect(widths.length).toBeGreaterThan(3);
});
