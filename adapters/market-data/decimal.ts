/** 10^0 to 10^22: the powers of ten that a double holds exactly. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The number that stands at `start` (included) to `end` (excluded), or NaN where there is none. Equal to `Number()`,
 * bit for bit, on all that matches a decimal literal: digits that make a whole number below 2^53, divided by a power
 * of ten up to 10^22, round once and so correctly (Clinger 1990); everything else is left to `Number()`.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative) at++;
  let digits = 0;
  let point = -1;
  const firstDigit = at;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte >= 0x30 && byte <= 0x39) digits = digits * 10 + (byte - 0x30);
    else if (byte === 0x2e && point < 0) point = at;
    else break;
  }
  const decimals = point < 0 ? 0 : at - point - 1;
  const length = at - firstDigit - (point < 0 ? 0 : 1);
  if (at < end || length === 0 || digits > Number.MAX_SAFE_INTEGER || decimals > 22)
    return slowDecimal(bytes, start, end);
  const value = decimals === 0 ? digits : digits / powersOfTen[decimals];
  return negative ? -value : value;
}

/** Exponents, long numbers, spaces and quotes around them. */
function slowDecimal(bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    .toString('latin1')
    .trim()
    .replaceAll('"', '');
  return decimal.test(text) ? Number(text) : Number.NaN;
}
