/**
 * Decimal text to BigInt steps and back. A value with `decimals` d is an integer of 10^-d; nothing is ever rounded here.
 */

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** What a decimal text can be wrong about: not a number at all, or finer than the step allows. */
export type DecimalFault = 'malformed' | 'tooPrecise';

/** Integer of 10^-decimals that `text` says exactly, or what is wrong with it. Takes `1`, `.5`, `1e-8`, `+2.50`. */
export function parseDecimal(text: string, decimals: number): bigint | DecimalFault {
  const match = pattern.exec(text.trim());
  if (match === null) return 'malformed';
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return 'malformed';
  const shift = decimals - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const value = shift >= 0 ? digits * pow10(shift) : digits / pow10(-shift);
  if (shift < 0 && value * pow10(-shift) !== digits) return 'tooPrecise';
  return sign === '-' ? -value : value;
}

/** `parseDecimal` for texts that our own settings guarantee. */
export function decimal(text: string, decimals: number): bigint {
  const value = parseDecimal(text, decimals);
  if (typeof value !== 'bigint') throw new RangeError(`${text} is ${value} at ${decimals} decimals`);
  return value;
}

/** Text with exactly `decimals` digits after the point. */
export function formatDecimal(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const sign = value < 0n ? '-' : '';
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** The same value at another number of decimals; digits that do not fit are cut toward zero. */
export function rescale(value: bigint, from: number, to: number): bigint {
  return to >= from ? value * pow10(to - from) : value / pow10(from - to);
}

/** The nearest double: for statistics and frames that carry JSON numbers, never for money. */
export const toNumber = (value: bigint, decimals: number): number => Number(formatDecimal(value, decimals));

const powers = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent));

export const pow10 = (exponent: number): bigint => powers[exponent] ?? 10n ** BigInt(exponent);
