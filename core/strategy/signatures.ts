import { elementwiseFunctions } from './elementwise.ts';
import { seriesFunctions } from './functions/index.ts';
import type { ArgumentSpec } from './functions/series-function.ts';

/** How a function of the expression language is called. */
export type FunctionSignature = Readonly<{
  name: string;
  summary: string;
  args: readonly ArgumentSpec[];
  /** The last argument may be repeated (min, max). */
  variadic: boolean;
  /** One name for a plain function, the names after the dot for one with several outputs. */
  outputs: readonly string[];
}>;

/** Every function that an expression may call, by name. */
export const functionSignatures: ReadonlyMap<string, FunctionSignature> = new Map([
  ...[...seriesFunctions.values()].map(({ name, summary, args, outputs }): [string, FunctionSignature] => [
    name,
    { name, summary, args, variadic: false, outputs },
  ]),
  ...[...elementwiseFunctions.values()].map(({ name, summary, args, variadic }): [string, FunctionSignature] => [
    name,
    { name, summary, args, variadic, outputs: ['value'] },
  ]),
]);
