import type { ArgumentSpec } from './functions/series-function.ts';

/**
 * A function of the values of one bar. It has no state, so it is compiled into the loop that uses it: `code` gives
 * JavaScript over operands that are finite or NaN, and is NaN where one of them is. `total` says that finite
 * operands always give a finite result.
 */
export type ElementwiseFunction = Readonly<{
  name: string;
  summary: string;
  args: readonly ArgumentSpec[];
  /** The last argument may be repeated. */
  variadic: boolean;
  total: boolean;
  code: (...operands: string[]) => string;
}>;

const series = (...names: string[]): ArgumentSpec[] => names.map((name) => ({ name, kind: 'series' }));

const definitions: readonly ElementwiseFunction[] = [
  {
    name: 'abs',
    summary: 'The absolute value.',
    args: series('x'),
    variadic: false,
    total: true,
    code: (x) => `Math.abs(${x})`,
  },
  {
    name: 'sqrt',
    summary: 'The square root; missing where x is negative.',
    args: series('x'),
    variadic: false,
    total: true,
    code: (x) => `Math.sqrt(${x})`,
  },
  {
    name: 'log',
    summary: 'The natural logarithm; missing where x is not positive.',
    args: series('x'),
    variadic: false,
    total: false,
    code: (x) => `Math.log(${x})`,
  },
  {
    name: 'exp',
    summary: 'e to the power of x; missing where that is too large for a number.',
    args: series('x'),
    variadic: false,
    total: false,
    code: (x) => `Math.exp(${x})`,
  },
  {
    name: 'sign',
    summary: '1 where x is positive, -1 where it is negative, 0 where it is 0.',
    args: series('x'),
    variadic: false,
    total: true,
    code: (x) => `Math.sign(${x})`,
  },
  {
    name: 'min',
    summary: 'The smallest of its arguments.',
    args: series('a', 'b'),
    variadic: true,
    total: true,
    code: (...operands) => `Math.min(${operands.join(', ')})`,
  },
  {
    name: 'max',
    summary: 'The largest of its arguments.',
    args: series('a', 'b'),
    variadic: true,
    total: true,
    code: (...operands) => `Math.max(${operands.join(', ')})`,
  },
  {
    name: 'clip',
    summary: 'x, but not below lo and not above hi.',
    args: series('x', 'lo', 'hi'),
    variadic: false,
    total: true,
    code: (x, lo, hi) => `Math.min(Math.max(${x}, ${lo}), ${hi})`,
  },
];

/** The functions that look at one bar only, by name. */
export const elementwiseFunctions: ReadonlyMap<string, ElementwiseFunction> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);
