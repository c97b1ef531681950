import { DeskError } from '../errors.ts';
import { unitDecimals, units } from './amount.ts';

/** Up to 30 digits before the point and 18 after it: no exponent, no plus, no leading zero. */
const pattern = /^-?(?:0|[1-9]\d{0,29})(?:\.\d{1,18})?$/;

/** Whether a text is an amount as every boundary of the order path writes it. */
export const isDecimal = (text: unknown): text is string => typeof text === 'string' && pattern.test(text);

/** Below zero where `left` is the smaller one, 0 for equal numbers ('0.50' and '0.5'). */
export function compareDecimals(left: string, right: string): number {
  const difference = units(left) - units(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Refuses (BadInput, by `path`) what no boundary of the order path writes as an amount; with `sign` also another sign. */
export function checkDecimal(value: unknown, path: string, sign: 'any' | 'notNegative' | 'positive' = 'any'): void {
  if (isDecimal(value) && hasSign(value, sign)) return;
  const which = { any: '', notNegative: ', not below 0', positive: ' above 0' }[sign];
  throw new DeskError('BadInput', 'not an amount', {
    path,
    expected: `a decimal string${which}, as 0.015, with at most ${unitDecimals} decimals`,
    found: typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value),
  });
}

const hasSign = (text: string, sign: 'any' | 'notNegative' | 'positive'): boolean =>
  sign === 'any' || (sign === 'positive' ? units(text) > 0n : units(text) >= 0n);
