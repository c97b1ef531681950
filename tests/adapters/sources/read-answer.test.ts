import { describe, expect, test } from 'vitest';
import { readCsv } from '../../../adapters/sources/read-answer.ts';

const read = (text: string, ...header: string[]) => readCsv(text, { provider: 'p', header });

describe('readCsv', () => {
  test('takes the columns that are asked for, in any order and case, quoted or not', () => {
    const text = '\uFEFFb,A,"c d"\r\n1,"x, ""y""", z \r\n\r\n2,,3\n';
    expect(read(text, 'a', 'C D')).toEqual([
      ['x, "y"', 'z'],
      ['', '3'],
    ]);
  });

  test('a row that is too short has empty cells', () => {
    expect(read('a,b\n1\n', 'a', 'b')).toEqual([['1', '']]);
  });

  test.each([
    ['nothing', '', 'other columns'],
    ['another header', 'x,y\n', 'other columns'],
    ['a line of eight million quotes', `a,b\n${'"'.repeat(8_000_000)}`, 'a line beyond all measure'],
    ['a line without an end', `a,b\n"${'x'.repeat(8_000_000)}`, 'a line beyond all measure'],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text, 'a', 'b')).toThrow(
      expect.objectContaining({ code: 'SourceChanged', message: `p: ${message}` }),
    );
  });
});
