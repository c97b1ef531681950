import type { ArgumentSpec } from './series-function.ts';

/** A series argument: any expression. */
export const series = (name: string): ArgumentSpec => ({ name, kind: 'series' });

/** A window: an integer, `min` or more. */
export const window = (name: string, min = 1): ArgumentSpec => ({ name, kind: 'window', min });

/** Any constant of a run. */
export const constant = (name: string, range: { min?: number; max?: number } = {}): ArgumentSpec => ({
  name,
  kind: 'constant',
  ...range,
});

/** What becomes of a result that is not finite: it is missing. */
export const finiteOrMissing = (value: number): number => (value - value === 0 ? value : NaN);

/** What stands for 0/0 where the specification says 0. */
export const zeroUnlessMissing = (value: number): number => (value === value ? 0 : NaN);
