import { DeskError } from '../errors.ts';
import type { Expression } from './expression.ts';
import { expressionText } from './expression-text.ts';
import type { ArgumentSpec } from './functions/series-function.ts';
import type { SeriesCall } from './graph.ts';
import type { Program } from './program.ts';

/** A longer window is refused: nobody has the bars for it, and its memory would be taken all the same. */
export const longestWindow = 1_000_000;

/** Computes a run's constants and refuses what a call cannot work with, naming the call as it stands in the file. */
export function bindConstants(program: Program, parameters: Float64Array, constants: Float64Array): void {
  program.computeConstants(parameters, constants);
  for (const step of program.steps) {
    if (step.kind === 'call') checkCall(step.call, step.constants, constants);
  }
}

function checkCall({ definition, source, path }: SeriesCall, places: readonly number[], constants: Float64Array): void {
  const seriesCount = definition.args.length - places.length;
  for (let index = 0; index < places.length; index += 1) {
    const spec = definition.args[seriesCount + index];
    const value = constants[places[index]];
    const expected = spec.kind === 'series' ? undefined : expectation(spec, value);
    if (expected === undefined) continue;
    throw refused(
      source,
      path,
      `${argumentText(spec, source.args[seriesCount + index])} must be ${expected}, was ${value}`,
    );
  }
  const broken = definition.check?.(places.map((place) => constants[place]));
  if (broken !== undefined) throw refused(source, path, broken);
}

/** `window fast / 2`, `q = level`, or the name alone where a number or nothing is given for it. */
function argumentText({ kind, name }: ArgumentSpec, given: Expression | undefined): string {
  const text = given === undefined || given.kind === 'number' ? '' : expressionText(given);
  if (kind === 'window') return text === '' ? `window ${name}` : `window ${text}`;
  return text === '' || text === name ? name : `${name} = ${text}`;
}

/** What the argument should have been, where it is not. */
function expectation(spec: Exclude<ArgumentSpec, { kind: 'series' }>, value: number): string | undefined {
  if (spec.kind === 'window') {
    if (Number.isInteger(value) && value >= spec.min && value <= longestWindow) return undefined;
    return value > longestWindow ? `at most ${longestWindow}` : `an integer >= ${spec.min}`;
  }
  const { min = -Infinity, max = Infinity } = spec;
  if (Number.isFinite(value) && value >= min && value <= max) return undefined;
  if (min === -Infinity && max === Infinity) return 'a number';
  return max === Infinity ? `a number >= ${min}` : min === -Infinity ? `a number <= ${max}` : `in ${min}..${max}`;
}

const refused = (source: SeriesCall['source'], path: string, what: string): DeskError =>
  new DeskError('BadInput', `${expressionText(source)}: ${what}`, { path });
