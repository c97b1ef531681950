import { nearestName } from '../../core/nearest.ts';
import { builtinSeries, type Expression } from '../../core/strategy/expression.ts';
import { expressionText } from '../../core/strategy/expression-text.ts';
import { seriesFunctions } from '../../core/strategy/functions/index.ts';
import { longestWindow } from '../../core/strategy/bind.ts';
import type { ArgumentSpec } from '../../core/strategy/functions/series-function.ts';
import { constantValue } from './constant-value.ts';
import { functionSignatures } from '../../core/strategy/signatures.ts';
import type { ParameterValues } from '../../core/strategy/strategy.ts';
import { refusal } from './tokens.ts';

/** What the names of an expression may mean. */
export type ExpressionScope = Readonly<{
  /** The parameters, with the values at which windows are checked. */
  parameters: ParameterValues;
  /** False when some values are not known: windows then are only checked to be constants. */
  valuesKnown?: boolean;
  features?: ReadonlySet<string>;
  /** Outputs of each alias of `plugins:`; undefined where the plugin is not known, so that any will do. */
  plugins?: ReadonlyMap<string, readonly string[] | undefined>;
  /** True for constraints, exits and sizing: numbers, parameters and functions of single values only. */
  parametersOnly?: boolean;
}>;

/** Refuses names, functions, arguments and windows that mean nothing in the scope, with position and nearest name. */
export function checkExpression(expression: Expression, scope: ExpressionScope): void {
  switch (expression.kind) {
    case 'number':
      return;
    case 'name':
      return checkName(expression.name, expression.at, scope);
    case 'pluginOutput':
      return checkPluginOutput(expression, scope);
    case 'unary':
      return checkExpression(expression.operand, scope);
    case 'binary':
      checkExpression(expression.left, scope);
      return checkExpression(expression.right, scope);
    case 'conditional':
      checkExpression(expression.condition, scope);
      checkExpression(expression.whenTrue, scope);
      return checkExpression(expression.whenFalse, scope);
    case 'call':
      return checkCall(expression, scope);
  }
}

function checkName(name: string, at: number, scope: ExpressionScope): void {
  const { parameters, features, plugins, parametersOnly } = scope;
  if (Object.hasOwn(parameters, name)) return;
  const series = [...builtinSeries, ...(features ?? [])];
  if (series.includes(name)) {
    if (parametersOnly) throw notHere(name, at);
    return;
  }
  if (plugins?.has(name)) {
    const outputs = plugins.get(name) ?? [];
    const expected = outputs.map((output) => `${name}.${output}`).join(' ');
    throw refusal(`the plugin series ${name} without an output`, at, { expected });
  }
  if (functionSignatures.has(name)) throw refusal(`${name} is a function`, at, { expected: callForm(name) });
  const known = [...Object.keys(parameters), ...(parametersOnly ? [] : series), ...(plugins?.keys() ?? [])];
  const expected = parametersOnly ? onlyParameters : 'a series, feature or parameter';
  throw refusal(`unknown name ${name}`, at, { expected, nearest: nearestName(name, known) });
}

function checkPluginOutput(
  { alias, output, at }: Extract<Expression, { kind: 'pluginOutput' }>,
  scope: ExpressionScope,
): void {
  if (scope.parametersOnly) throw notHere(`${alias}.${output}`, at);
  const outputs = scope.plugins?.get(alias);
  if (outputs === undefined && scope.plugins?.has(alias)) return;
  if (outputs === undefined) {
    const nearest = nearestName(alias, scope.plugins?.keys() ?? []);
    throw refusal(`unexpected '.${output}' behind ${alias}`, at, {
      expected: 'a call or a name of plugins before it',
      nearest,
    });
  }
  if (outputs.includes(output)) return;
  const expected = outputs.map((each) => `.${each}`).join(' ');
  throw refusal(`${alias} has no output .${output}`, at, { expected, nearest: nearestName(output, outputs) });
}

function checkCall(call: Extract<Expression, { kind: 'call' }>, scope: ExpressionScope): void {
  const { name, args, at } = call;
  const signature = functionSignatures.get(name);
  if (signature === undefined) {
    const series = [...builtinSeries, ...Object.keys(scope.parameters), ...(scope.features ?? [])];
    if (series.includes(name))
      throw refusal(`${name} is no function`, at, { expected: 'a function before the bracket' });
    const nearest = nearestName(name, functionSignatures.keys());
    throw refusal(`unknown function ${name}`, at, { expected: 'a function of the language', nearest });
  }
  if (scope.parametersOnly && seriesFunctions.has(name)) throw notHere(`${name}(…)`, at);
  checkArity(call);
  checkOutput(call);
  const constants: number[] = [];
  for (const [i, argument] of args.entries()) {
    checkExpression(argument, scope);
    const spec = signature.args[Math.min(i, signature.args.length - 1)];
    if (spec.kind !== 'series') constants.push(constantArgument(call, argument, spec, scope));
  }
  if (scope.valuesKnown === false) return;
  for (const spec of signature.args.slice(args.length)) {
    if (spec.kind === 'window' && spec.default !== undefined) constants.push(spec.default);
  }
  const broken = seriesFunctions.get(name)?.check?.(constants);
  if (broken !== undefined)
    throw refusal(`${name}: wrong arguments`, at, { expected: broken, found: expressionText(call) });
}

function checkArity({ name, args, at }: Extract<Expression, { kind: 'call' }>): void {
  const signature = functionSignatures.get(name);
  if (signature === undefined) return;
  const most = signature.variadic ? Infinity : signature.args.length;
  const least = signature.args.filter((spec) => spec.kind !== 'window' || spec.default === undefined).length;
  if (args.length >= least && args.length <= most) return;
  const given = `${args.length} ${args.length === 1 ? 'argument' : 'arguments'}`;
  throw refusal(`${name} with ${given}`, at, { expected: callForm(name) });
}

function checkOutput({ name, output, at }: Extract<Expression, { kind: 'call' }>): void {
  const outputs = functionSignatures.get(name)?.outputs ?? [];
  const expected = outputs.map((each) => `.${each}`).join(' ');
  if (outputs.length > 1 && output === undefined) throw refusal(`${name} without an output`, at, { expected });
  if (output === undefined || (outputs.length > 1 && outputs.includes(output))) return;
  if (outputs.length === 1) throw refusal(`${name} has no output .${output}`, at, { expected: 'its one value' });
  throw refusal(`${name} has no output .${output}`, at, { expected, nearest: nearestName(output, outputs) });
}

/** The value of a window or constant at the scope's parameters, or the refusal that names the call. */
function constantArgument(
  { name, at }: Extract<Expression, { kind: 'call' }>,
  argument: Expression,
  spec: Exclude<ArgumentSpec, { kind: 'series' }>,
  { parameters, valuesKnown }: ExpressionScope,
): number {
  const value = constantValue(argument, parameters);
  const text = expressionText(argument);
  if (value === undefined) {
    const expected = `${spec.name} made of numbers and parameters`;
    throw refusal(`${name}: no constant`, at, { expected, found: text });
  }
  if (valuesKnown === false) return value;
  const expected = constantExpected(spec, value);
  if (expected === undefined) return value;
  const found = text === String(value) ? text : `${text} = ${Number.isNaN(value) ? 'missing' : value}`;
  throw refusal(`${name}: wrong ${spec.name}`, at, { expected, found });
}

/** What a window or constant should have been, where it is not. */
function constantExpected(spec: Exclude<ArgumentSpec, { kind: 'series' }>, value: number): string | undefined {
  if (spec.kind === 'window') {
    if (Number.isSafeInteger(value) && value >= spec.min && value <= longestWindow) return undefined;
    return value > longestWindow ? `an integer <= ${longestWindow}` : `an integer >= ${spec.min}`;
  }
  const { min = -Infinity, max = Infinity } = spec;
  return value >= min && value <= max ? undefined : `a number within ${min}..${max}`;
}

/** How a function is called: `sma(x, w)`. */
function callForm(name: string): string {
  const signature = functionSignatures.get(name);
  const args = (signature?.args ?? []).map((spec) =>
    spec.kind === 'window' && spec.default !== undefined ? `${spec.name} = ${spec.default}` : spec.name,
  );
  return `${name}(${args.join(', ')}${signature?.variadic ? ', …' : ''})`;
}

const onlyParameters = 'numbers and parameters only';
const notHere = (what: string, at: number) => refusal(`${what} may not stand here,`, at, { expected: onlyParameters });
