import { DeskError } from './errors.ts';
import { nearestName } from './nearest.ts';

/**
 * Reads JSON that somebody wrote, key by key; each reader returns its key's type or throws BadInput with the path of what
 * is wrong. Plain code instead of zod, because workflows read their input too.
 */
export type Reader = (value: unknown, path: string) => unknown;

export const flag: Reader = (value, path) => {
  if (typeof value !== 'boolean') throw wrong(path, 'true or false', value);
  return value;
};

export const text: Reader = (value, path) => {
  if (typeof value !== 'string' || value === '') throw wrong(path, 'a text', value);
  return value;
};

export function numberIn(min: number, max: number): Reader {
  return (value, path) => {
    const fits = typeof value === 'number' && value >= min && value <= max;
    if (!fits) throw wrong(path, `a number from ${min} to ${max}`, value);
    return value;
  };
}

export function wholeNumber(min: number, max: number): Reader {
  return (value, path) => {
    const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
    if (!fits) throw wrong(path, `a whole number from ${min} to ${max}`, value);
    return value;
  };
}

export function readObject(
  value: unknown,
  path: string,
  readers: Readonly<Record<string, Reader>>,
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'a JSON object', value);
  const read: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const here = path === '' ? key : `${path}.${key}`;
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (reader === undefined) throw unknownKey(here, key, Object.keys(readers));
    if (item !== undefined && item !== null) read[key] = reader(item, here);
  }
  return read;
}

function unknownKey(path: string, key: string, known: readonly string[]): DeskError {
  const nearest = nearestName(key, known);
  return new DeskError('BadInput', 'unknown key', {
    path,
    expected: `one of ${known.join(', ')}`,
    ...(nearest === undefined ? {} : { nearest }),
  });
}

export function wrong(path: string, expected: string, value: unknown): DeskError {
  const found = JSON.stringify(value) ?? typeof value;
  return new DeskError('BadInput', 'wrong input', {
    path: path === '' ? 'input' : path,
    expected,
    found: found.length > 80 ? `${found.slice(0, 80)}…` : found,
  });
}

export const oneOf =
  (allowed: readonly string[]): Reader =>
  (value, path) => {
    if (!allowed.includes(value as string)) throw wrong(path, `one of ${allowed.join(', ')}`, value);
    return value;
  };
