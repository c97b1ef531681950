import { DeskError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import { expressionText } from '../../core/strategy/expression-text.ts';
import { type Parameter, type ParameterValues, parameterValues, type Strategy } from '../../core/strategy/strategy.ts';
import { constantValue } from './constant-value.ts';

/** Sweeps over more points than this have to be confirmed (`--yes`). */
const maxUnconfirmedPoints = 1_000_000;

/** The values that each swept parameter takes, in file order. */
export type Grid = readonly Readonly<{ name: string; values: readonly number[] }>[];

/**
 * The values of `--set name=value` settings (each may hold several, separated by commas): known names, each once,
 * the parameter's type, within min..max, and no constraint broken.
 */
export function parseSet(strategy: Strategy, settings: readonly string[]): ParameterValues {
  const set: Record<string, number> = {};
  for (const setting of settings.flatMap((each) => each.split(','))) {
    const { name, text } = split(setting, '--set');
    const parameter = parameterNamed(strategy, name, '--set');
    if (Object.hasOwn(set, name)) throw refusal('--set', `${name} is given twice`);
    set[name] = valueOf(parameter, text, '--set');
  }
  checkConstraints(strategy, parameterValues(strategy, set));
  return set;
}

/**
 * The grid of `--grid name=from:to:step` or `name=a,b,c` arguments, in file order; without arguments every parameter
 * over its own min, max and step. `to` is included; value i is from + i * step to 12 digits.
 */
export function parseGrid(strategy: Strategy, ranges: readonly string[], { yes = false } = {}): Grid {
  const given = new Map<string, readonly number[]>();
  for (const range of ranges) {
    const { name, text } = split(range, '--grid');
    const parameter = parameterNamed(strategy, name, '--grid');
    if (given.has(name)) throw refusal('--grid', `${name} is given twice`);
    given.set(name, gridValues(parameter, text));
  }
  const grid = strategy.parameters.flatMap((parameter) => {
    const { name, min, max, step } = parameter;
    const values = ranges.length === 0 ? steps(parameter, { from: min, to: max, step }) : given.get(name);
    return values === undefined ? [] : [{ name, values }];
  });
  const points = grid.reduce((product, { values }) => product * values.length, 1);
  if (points > maxUnconfirmedPoints && !yes) {
    throw refusal('--grid', `${points.toLocaleString('en')} points`, {
      expected: `at most ${maxUnconfirmedPoints.toLocaleString('en')}, or --yes`,
    });
  }
  return grid;
}

/** How many points a sweep over every parameter's whole range has, constraints not counted. */
export const gridPoints = (strategy: Strategy): number =>
  parseGrid(strategy, [], { yes: true }).reduce((product, { values }) => product * values.length, 1);

const refusal = (path: string, message: string, place: { expected?: string; nearest?: string } = {}): DeskError =>
  new DeskError('BadInput', message, { path, ...place });

function split(argument: string, option: string): { name: string; text: string } {
  const [, name, text] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(argument) ?? [];
  if (name === undefined || text === undefined || text === '') {
    const expected = option === '--set' ? 'name=value' : 'name=from:to:step or name=a,b,c';
    throw new DeskError('BadInput', 'not understood', { path: option, expected, found: argument });
  }
  return { name, text };
}

function parameterNamed({ parameters }: Strategy, name: string, option: string): Parameter {
  const parameter = parameters.find((each) => each.name === name);
  if (parameter !== undefined) return parameter;
  const known = parameters.map((each) => each.name);
  const nearest = nearestName(name, known);
  throw refusal(option, `unknown parameter ${name}`, {
    expected: known.length === 0 ? 'nothing, the strategy has no parameters' : `one of ${known.join(' ')}`,
    ...(nearest === undefined ? {} : { nearest }),
  });
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

function numberOf({ name }: Parameter, text: string, option: string): number {
  const value = decimal.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw refusal(option, `${name}: ${text} is not a number`);
  return value;
}

function valueOf(parameter: Parameter, text: string, option: string): number {
  const value = numberOf(parameter, text, option);
  checkValue(parameter, value, option);
  return value;
}

function checkValue({ name, integer, min, max }: Parameter, value: number, option: string): void {
  if (integer && !Number.isInteger(value)) throw refusal(option, `${name}: ${value} is not an integer`);
  if (value < min || value > max) throw refusal(option, `${name}: ${value} is outside ${min}..${max}`);
}

function gridValues(parameter: Parameter, text: string): readonly number[] {
  const parts = text.split(':');
  if (parts.length === 3) {
    const [from, to, step] = parts.map((part) => numberOf(parameter, part, '--grid'));
    if (step <= 0) throw refusal('--grid', `${parameter.name}: the step ${step} is not above 0`);
    if (to < from) throw refusal('--grid', `${parameter.name}: ${from}:${to} runs backwards`);
    return steps(parameter, { from, to, step });
  }
  if (parts.length > 1) throw refusal('--grid', `${parameter.name}: ${text}`, { expected: 'from:to:step or a,b,c' });
  const values = text.split(',').map((part) => valueOf(parameter, part, '--grid'));
  if (new Set(values).size < values.length) throw refusal('--grid', `${parameter.name}: a value is given twice`);
  return values;
}

function steps(
  parameter: Parameter,
  { from, to, step }: { from: number; to: number; step: number },
): readonly number[] {
  if (from === to) return [from];
  // 1e-9 of a step: 0.1:0.3:0.1 holds 0.3 although (0.3 - 0.1) / 0.1 is 1.9999999999999998.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > 10 * maxUnconfirmedPoints) throw refusal('--grid', `${parameter.name}: ${count} values`);
  const values = Array.from({ length: count }, (_, i) => Number((from + i * step).toPrecision(12)));
  for (const value of values) checkValue(parameter, value, '--grid');
  return values;
}

function checkConstraints({ constraints }: Strategy, values: ParameterValues): void {
  for (const constraint of constraints) {
    const value = constantValue(constraint, values);
    if (value === 0 || Number.isNaN(value)) {
      throw refusal('--set', `the parameters break the constraint ${expressionText(constraint)}`);
    }
  }
}
