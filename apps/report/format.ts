const minus = '\u2212';
const nonBreaking = '\u00A0';

/** Fixed decimals with thousands separated and a real minus sign; what rounds to zero has no sign. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? `${minus}∞` : 'n/a';
  const digits = Math.abs(value).toFixed(decimals);
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const negative = value < 0 && /[1-9]/.test(digits);
  return `${negative ? minus : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** With a plus where it is above zero: for gains and losses, whose sign must not hang on a colour. */
export const signed = (value: number, decimals: number): string => {
  const text = fixed(value, decimals);
  return value > 0 && /[1-9∞]/.test(text) ? `+${text}` : text;
};

/** A fraction in percent. */
export const percent = (fraction: number, decimals = 2): string => `${fixed(fraction * 100, decimals)}%`;
export const signedPercent = (fraction: number, decimals = 2): string => `${signed(fraction * 100, decimals)}%`;

/** A number of unknown kind with about that many significant digits; whole numbers as they are. */
export function plain(value: number, significant = 4): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return fixed(value, 0);
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9))
    return value.toExponential(2).replaceAll('-', minus);
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  return fixed(value, Math.min(6, Math.max(0, significant - 1 - magnitude)));
}

/** A number that somebody chose, with all its digits. */
export const exact = (value: number): string => String(Number(value.toPrecision(12))).replace('-', minus);

/** A p-value: three decimals, and never a bare zero. */
export const pValue = (p: number): string => (p < 0.001 ? '< 0.001' : fixed(p, 3));

/** Digits after the point that show every one of the prices, with seven significant digits of the largest at most. */
export function priceDecimals(prices: Float64Array): number {
  let largest = 0;
  for (const price of prices) largest = Math.max(largest, Math.abs(price));
  const most = Math.max(0, 6 - Math.floor(Math.log10(largest || 1)));
  let needed = 0;
  for (const price of prices) {
    while (needed < most && !isWhole(price * 10 ** needed)) needed++;
    if (needed === most) break;
  }
  return needed;
}

/** Decimals of an axis: five digits tell two lines apart. */
export const axisDecimals = (decimals: number, largest: number): number =>
  Math.min(decimals, Math.max(0, 4 - Math.floor(Math.log10(largest))));

/** Whole but for the rounding of a multiplication. */
const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(1, Math.abs(value));

/** 2024-06-01 */
export const day = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);
/** 2024-06-01 13:00, UTC. */
export const minute = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 16).replace('T', nonBreaking);
/** 2024-06-01 13:00:09 UTC */
export const second = (timeMs: number): string =>
  `${new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** 0.4 s, 12.3 s, 4 min 5 s. */
export function seconds(value: number): string {
  if (value < 60) return `${fixed(value, value < 10 ? 2 : 1)}${nonBreaking}s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)}${nonBreaking}min ${whole % 60}${nonBreaking}s`;
}

/** A stretch of time in its largest unit that keeps two digits: 45 min, 7.5 h, 3.2 d. */
export function span(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours < 1) return `${fixed(hours * 60, 0)}${nonBreaking}min`;
  return hours < 48 ? `${fixed(hours, 1)}${nonBreaking}h` : `${fixed(hours / 24, 1)}${nonBreaking}d`;
}

/** `informationCoefficient` as people read it: information coefficient. Names with a space are left alone. */
export const words = (name: string): string =>
  name.includes(' ')
    ? name
    : name
        .replace(/([a-z\d])([A-Z])/g, '$1 $2')
        .replaceAll('_', ' ')
        .replace(/ [A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());

/** A comparison as it is printed: ≥ for >=, and a real minus before a number. */
export const comparison = (text: string): string =>
  text
    .replaceAll('>=', '≥')
    .replaceAll('<=', '≤')
    .replace(/(^|[\s(])-(?=[\s\d])/g, `$1${minus}`);

/** The first letter large. */
export const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The currency of an account that trades a CCXT symbol: USDT of `BTC/USDT:USDT`. Empty where the symbol has none. */
export const quoteCurrency = (symbol: string): string => symbol.split('/')[1]?.split(':')[0] ?? '';
