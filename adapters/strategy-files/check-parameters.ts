import type { Expression } from '../../core/strategy/expression.ts';
import { expressionText } from '../../core/strategy/expression-text.ts';
import { type ExitName, exitNames, type Parameter, type Sizing, type Strategy } from '../../core/strategy/strategy.ts';
import { expectedTradingNumber } from '../../core/strategy/trading-numbers.ts';
import type { StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { checkSizingPlugin } from './check-plugins.ts';
import type { ShapedFile } from './check-shape.ts';
import type { Checking } from './checking.ts';
import { constantValue } from './constant-value.ts';

type ParameterText = NonNullable<ShapedFile['parameters']>[string];

/** The parameters in file order; sound ones lend their default to the checks that follow. */
export function checkParameters(file: ShapedFile, checking: Checking): Parameter[] {
  return Object.entries(file.parameters ?? {}).map(([name, text]) => {
    const before = checking.problems.length;
    checkRange(name, text, checking);
    if (checking.problems.length === before) checking.defaults[name] = text.default;
    return parameterOf(name, text);
  });
}

/** The parameter with its type and step: an integer when all of its numbers are. */
function parameterOf(name: string, { default: value, min, max, step, role }: ParameterText): Parameter {
  const integer = [value, min, max, step ?? 0].every(Number.isInteger);
  const tenth = (max - min) / 10;
  return {
    name,
    default: value,
    min,
    max,
    step: step ?? (integer ? Math.max(1, Math.round(tenth)) : tenth),
    integer,
    ...(role === undefined ? {} : { role }),
  };
}

function checkRange(name: string, { default: value, min, max, step }: ParameterText, { problem }: Checking): void {
  const path = ['parameters', name];
  if (min > max) {
    problem([...path, 'min'], 'is above max', { expected: `at most ${max}`, found: String(min) });
  } else if (value < min || value > max) {
    problem([...path, 'default'], 'is out of range', { expected: `${min}..${max}`, found: String(value) });
  }
  if (step !== undefined && step <= 0)
    problem([...path, 'step'], 'wrong value', { expected: 'above 0', found: String(step) });
}

/** The constraints; the defaults must not break one. */
export function checkConstraints({ constraints = [] }: ShapedFile, checking: Checking): Expression[] {
  return constraints.flatMap((text, i) => {
    const path = ['constraints', i];
    const constraint = checking.constant(text, path);
    if (constraint === undefined) return [];
    const value = valueAtDefaults(constraint, checking);
    if (value !== undefined && !isTrue(value))
      checking.problem(path, `the defaults break ${expressionText(constraint)}`, { expected: 'defaults that obey it' });
    return [constraint];
  });
}

/** True is any number but 0; missing is not true. */
const isTrue = (value: number): boolean => value !== 0 && !Number.isNaN(value);

const valueAtDefaults = (expression: Expression, { defaults }: Checking) => constantValue(expression, defaults);

/** The exits, each within its range (core/strategy/trading-numbers.ts) at the defaults. */
export function checkExits({ exits = {} }: ShapedFile, checking: Checking): Strategy['exits'] {
  const checked: Partial<Record<ExitName, Expression>> = {};
  for (const name of exitNames) {
    const text = exits[name];
    if (text === undefined) continue;
    const expression = ranged(text, ['exits', name], checking);
    if (expression !== undefined) checked[name] = expression;
  }
  return checked;
}

/** An expression over parameters whose value at the defaults is one that the engine works with. */
function ranged(text: string | number, path: readonly string[], checking: Checking): Expression | undefined {
  const expression = checking.constant(text, path);
  if (expression === undefined) return undefined;
  const value = valueAtDefaults(expression, checking);
  const expected = value === undefined ? undefined : expectedTradingNumber(path.join('.'), value);
  if (expected === undefined) return expression;
  const shown = Number.isNaN(value) ? 'missing' : String(value);
  const source = expressionText(expression);
  checking.problem(path, 'is out of range', { expected, found: source === shown ? shown : `${source} = ${shown}` });
  return expression;
}

const one: Expression = { kind: 'number', value: 1, at: 1 };

/** Sizing; all of the equity when the file does not say. */
export function checkSizing(
  { sizing, timeframe = '1h' }: ShapedFile,
  checking: Checking,
  plugins: StrategyPlugins,
): Sizing {
  if (sizing === undefined) return { method: 'fraction', fraction: one };
  const field = (text: string | number, name: string): Expression => ranged(text, ['sizing', name], checking) ?? one;
  if ('plugin' in sizing) {
    const { plugin, maxFraction } = sizing;
    const params = checkSizingPlugin({ ...sizing, timeframe }, checking, plugins);
    return { method: 'plugin', plugin, params, maxFraction: field(maxFraction, 'maxFraction') };
  }
  if (sizing.method === 'fraction') return { method: 'fraction', fraction: field(sizing.fraction, 'fraction') };
  return {
    method: 'volTarget',
    annualVol: field(sizing.annualVol, 'annualVol'),
    lookback: field(sizing.lookback, 'lookback'),
    maxFraction: field(sizing.maxFraction, 'maxFraction'),
  };
}
