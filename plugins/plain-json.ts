import { DeskError } from '../core/errors.ts';

/**
 * Refuses what JSON does not keep: outputs and states travel through files and workflow histories, and what comes back
 * has to be what went in. A number that is not finite is the input's doing (finite numbers that overflow); anything
 * else (null, undefined, a Map, a typed array) is a defect of the plugin.
 *
 * @throws DeskError BadInput or Internal, by the path of the first such value
 */
export function refuseUnlessPlain(path: string, value: unknown): void {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    const message = 'no finite result: the numbers given are too large, too small or too alike to compute with';
    throw new DeskError('BadInput', message, { path, expected: 'a finite number', found: String(value) });
  }
  if (typeof value === 'string' || typeof value === 'boolean') return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (!Number.isFinite(value[i])) refuseUnlessPlain(`${path}[${i}]`, value[i]);
    }
    return;
  }
  if (!isPlainObject(value)) {
    const message = 'not plain JSON; what has no value is left out';
    throw new DeskError('Internal', message, { path, found: Object.prototype.toString.call(value).slice(8, -1) });
  }
  for (const [key, inner] of Object.entries(value)) refuseUnlessPlain(`${path}.${key}`, inner);
}

/** Freezes a value of plain JSON all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
