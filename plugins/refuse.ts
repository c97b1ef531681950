import { DeskError } from '../core/errors.ts';

/**
 * Refuses an input or parameter by its path (`input.drivers[2].returns`, `params.window`), for what schemas cannot say.
 * The runner adds the plugin's id.
 */
export function refuse(path: string, message: string, expected?: string, found?: unknown): never {
  throw new DeskError('BadInput', message, {
    path,
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found: typeof found === 'string' ? found : JSON.stringify(found) }),
  });
}

/** Refuses two series of different lengths, naming both. */
export function refuseUnlessAligned(
  path: string,
  values: ArrayLike<unknown>,
  other: Readonly<{ path: string; length: number }>,
): void {
  if (values.length === other.length) return;
  refuse(path, `not as long as ${other.path}`, `${other.length} values`, `${values.length}`);
}

/** Refuses times that do not strictly rise, by the first index that breaks it. */
export function refuseUnlessRising(path: string, times: ArrayLike<number>): void {
  for (let i = 1; i < times.length; i++) {
    if (!(times[i] > times[i - 1]))
      refuse(`${path}[${i}]`, 'not after the one before', `more than ${times[i - 1]}`, times[i]);
  }
}

/** Refuses rows of different lengths, by the first one that differs. */
export function refuseUnlessRectangular(path: string, rows: readonly (readonly unknown[])[]): void {
  rows.forEach((row, index) =>
    refuseUnlessAligned(`${path}[${index}]`, row, { path: `${path}[0]`, length: rows[0].length }),
  );
}
