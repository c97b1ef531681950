import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';

/** The place of an answer that is not as its provider documents it; `provider` is named in the refusal. */
export function changed(
  provider: string,
  message: string,
  place: { path?: string; expected?: string; found?: string },
) {
  return new DeskError('SourceChanged', `${provider}: ${message}`, place);
}

/** JSON of the shape that is known; what else it holds is dropped. `prefix`: what stands before it. */
export function readJson<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  { provider, prefix = '' }: Readonly<{ provider: string; prefix?: string }>,
): z.output<Schema> {
  if (!text.startsWith(prefix)) throw changed(provider, 'an answer that begins in another way', { expected: prefix });
  let document: unknown;
  try {
    document = JSON.parse(text.slice(prefix.length));
  } catch {
    const found = text.trimStart().startsWith('<') ? 'HTML' : JSON.stringify(text.slice(0, 60));
    throw changed(provider, 'no JSON', { expected: 'JSON', found });
  }
  return readValue(document, schema, { provider, root: 'answer' });
}

/** A part of an answer, of the shape that is known. */
export function readValue<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  { provider, root }: Readonly<{ provider: string; root: string }>,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue.path.reduce<string>(
    (at, key) => (typeof key === 'number' ? `${at}[${key}]` : `${at}.${String(key)}`),
    root,
  );
  throw changed(provider, issue.message, { path });
}

/** Refuses what may come in any order but only once. */
export function refuseRepeats(
  names: readonly string[],
  { provider, pathOf }: Readonly<{ provider: string; pathOf: (index: number) => string }>,
): void {
  const seen = new Set<string>();
  names.forEach((name, i) => {
    if (seen.has(name)) throw changed(provider, 'what comes twice', { path: pathOf(i), found: name });
    seen.add(name);
  });
}

const mostLineCharacters = 10_000;

/** Rows of a plain CSV under the header that is known; quoted fields are unquoted, empty lines dropped. */
export function readCsv(
  text: string,
  { provider, header }: Readonly<{ provider: string; header: readonly string[] }>,
): readonly (readonly string[])[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const longest = lines.findIndex((line) => line.length > mostLineCharacters);
  if (longest >= 0) throw changed(provider, 'a line beyond all measure', { path: `line ${longest + 1}` });
  const [first = '', ...rows] = lines.map(cells);
  const names = Array.isArray(first) ? first.map((name) => name.toLowerCase()) : [];
  const places = header.map((name) => names.indexOf(name.toLowerCase()));
  if (places.includes(-1)) {
    throw changed(provider, 'other columns', {
      expected: header.join(','),
      found: (lines[0] ?? 'nothing').slice(0, 120),
    });
  }
  return rows.map((row) => places.map((place) => row[place] ?? ''));
}

const cells = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? '').trim(),
  );

const decimal = /^[-+]?\d*\.?\d+(?:e[-+]?\d+)?$/i;

/** A finite number in a text, by row and column for people. */
export function readNumber(text: string, place: Readonly<{ provider: string; path: string }>): number {
  const value = decimal.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  throw changed(place.provider, 'no number', { path: place.path, found: JSON.stringify(text.slice(0, 40)) });
}

/** The moment that a day of the calendar begins, UTC; NaN for what is none, as 30 February. */
export function utcDay(year: number, month: number, day: number): number {
  const t = Date.UTC(year, month - 1, day);
  return new Date(t).getUTCMonth() === month - 1 && new Date(t).getUTCDate() === day ? t : NaN;
}

/** The day that a text begins with as `2025-10-30`, whatever follows. */
export function readDay(text: string, place: Readonly<{ provider: string; path: string }>): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
  const t = utcDay(Number(year), Number(month), Number(day));
  if (!Number.isNaN(t)) return t;
  const found = JSON.stringify(text.slice(0, 40));
  throw changed(place.provider, 'no date', { path: place.path, expected: 'YYYY-MM-DD', found });
}

/**
 * Rows with their times, oldest first. Providers give them in order, oldest or newest first, and each time once:
 * rows in disorder are another answer than the known one, and sorted they would hide it.
 */
export function oldestFirst<Row extends Readonly<{ t: number }>>(
  rows: readonly Row[],
  { provider, pathOf }: Readonly<{ provider: string; pathOf: (index: number) => string }>,
): readonly Row[] {
  const falls = rows.length > 1 && rows[1].t < rows[0].t;
  const broken = rows.findIndex(({ t }, i) => i > 0 && (falls ? t >= rows[i - 1].t : t <= rows[i - 1].t));
  if (broken < 0) return falls ? rows.toReversed() : rows;
  const same = rows[broken].t === rows[broken - 1].t;
  throw changed(provider, same ? 'a time that comes twice' : 'times in disorder', {
    path: pathOf(broken),
    expected: falls ? 'falling' : 'rising',
    found: new Date(rows[broken].t).toISOString(),
  });
}

/** A number, which some providers write as a text. */
export const numberOrText = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d{1,300}(?:\.\d+)?$/)
    .transform(Number),
]);
