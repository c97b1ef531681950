import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDecimal } from '../../../adapters/market-data/decimal.ts';

const parse = (text: string) => parseDecimal(Buffer.from(`,${text},`), 1, text.length + 1);

test('equals Number() bit for bit on every double as JavaScript prints it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parse(`${value}`)).toBe(Number(`${value}`));
    }),
    {
      numRuns: 2_000,
    },
  );
});

test('equals Number() bit for bit on decimals of any length', () => {
  const digits = fc.stringMatching(/^\d{1,25}$/);
  fc.assert(
    fc.property(fc.constantFrom('', '-', '+'), digits, fc.option(digits), (sign, whole, fraction) => {
      const text = sign + whole + (fraction === null ? '' : `.${fraction}`);
      expect(parse(text)).toBe(Number(text));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['1.01e2', 101],
  ['1005E-1', 100.5],
  ['.5', 0.5],
  ['5.', 5],
  [' 1 ', 1],
  ['"1.5"', 1.5],
  ['-0', -0],
  ['1\r', 1],
])('reads %j', (text, value) => expect(parse(text)).toBe(value));

test.each(['', ' ', '.', '-', 'NaN', 'Infinity', '0x10', '1_000', '1,5', '1.2.3', 'abc', '1e', '--1', 'null'])(
  '%j is no number',
  (text) => expect(parse(text)).toBeNaN(),
);
