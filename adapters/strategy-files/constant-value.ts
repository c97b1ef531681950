import { elementwiseFunctions } from '../../core/strategy/elementwise.ts';
import type { BinaryOperator, Expression } from '../../core/strategy/expression.ts';
import type { ParameterValues } from '../../core/strategy/strategy.ts';

/**
 * The value of an expression over numbers and parameters alone (windows, constraints, exits, sizing); NaN where it is
 * missing. The same rules as for series: what is not finite is missing, logic is three-valued.
 * undefined when the expression holds a series.
 */
export function constantValue(expression: Expression, values: ParameterValues): number | undefined {
  const valueOf = (part: Expression) => constantValue(part, values);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name':
      return Object.hasOwn(values, expression.name) ? values[expression.name] : undefined;
    case 'pluginOutput':
      return undefined;
    case 'unary': {
      const operand = valueOf(expression.operand);
      if (operand === undefined) return undefined;
      return expression.operator === '-' ? -operand : not(operand);
    }
    case 'binary': {
      const left = valueOf(expression.left);
      const right = valueOf(expression.right);
      return left === undefined || right === undefined ? undefined : binaries[expression.operator](left, right);
    }
    case 'conditional': {
      const condition = valueOf(expression.condition);
      const branches = [valueOf(expression.whenTrue), valueOf(expression.whenFalse)];
      if (condition === undefined || branches.includes(undefined)) return undefined;
      return Number.isNaN(condition) ? Number.NaN : branches[condition !== 0 ? 0 : 1];
    }
    case 'call': {
      const args = expression.args.map(valueOf);
      return args.every((value) => value !== undefined) ? elementwise(expression.name, args) : undefined;
    }
    default:
      return expression satisfies never;
  }
}

const present = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);
const missing = (a: number, b: number): boolean => Number.isNaN(a) || Number.isNaN(b);
const truth = (a: number, b: number, holds: boolean): number => (missing(a, b) ? Number.NaN : Number(holds));
const not = (a: number): number => (Number.isNaN(a) ? a : Number(a === 0));

const binaries: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => present(a + b),
  '-': (a, b) => present(a - b),
  '*': (a, b) => present(a * b),
  '/': (a, b) => present(a / b),
  '^': (a, b) => (missing(a, b) ? Number.NaN : present(a ** b)),
  '<': (a, b) => truth(a, b, a < b),
  '<=': (a, b) => truth(a, b, a <= b),
  '>': (a, b) => truth(a, b, a > b),
  '>=': (a, b) => truth(a, b, a >= b),
  '==': (a, b) => truth(a, b, a === b),
  '!=': (a, b) => truth(a, b, a !== b),
  and: (a, b) => (a === 0 || b === 0 ? 0 : truth(a, b, true)),
  or: (a, b) => (isTrue(a) || isTrue(b) ? 1 : truth(a, b, false)),
};

const isTrue = (a: number): boolean => a !== 0 && !Number.isNaN(a);

/** Calls the compiled form of a function of single values, so that it means here what it means in a run. */
function elementwise(name: string, args: readonly number[]): number | undefined {
  const definition = elementwiseFunctions.get(name);
  if (definition === undefined) return undefined;
  if (args.some(Number.isNaN)) return Number.NaN;
  const names = args.map((_, i) => `x${i}`);
  // oxlint-disable-next-line typescript/no-implied-eval -- `code` is ours and its operands are names that we chose
  return present(Number(new Function(...names, `return ${definition.code(...names)}`)(...args)));
}
