import type { Expression } from './expression.ts';

/** How tightly an operator binds, as the grammar has it; a unary operator binds looser than `^` and tighter than `*`. */
const bindings: Readonly<Record<string, number>> = {
  '?': 1,
  or: 2,
  and: 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '==': 4,
  '!=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  unary: 7,
  '^': 8,
  operand: 9,
};

/** The expression as text with the fewest brackets; parsing it gives the same tree. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'name':
      return expression.name;
    case 'pluginOutput':
      return `${expression.alias}.${expression.output}`;
    case 'call': {
      const text = `${expression.name}(${expression.args.map(expressionText).join(', ')})`;
      return expression.output === undefined ? text : `${text}.${expression.output}`;
    }
    case 'unary': {
      const operand = bracketed(expression.operand, bindings['unary']);
      return expression.operator === 'not' ? `not ${operand}` : `-${operand}`;
    }
    case 'binary':
      return binaryText(expression);
    case 'conditional': {
      const { condition, whenTrue, whenFalse } = expression;
      return `${bracketed(condition, 2)} ? ${bracketed(whenTrue, 2)} : ${bracketed(whenFalse, 1)}`;
    }
    default:
      return expression satisfies never;
  }
}

function binaryText({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): string {
  const binding = bindings[operator];
  // `^` takes its right side first, and a unary operator may stand there; comparisons do not chain.
  if (operator === '^') return `${bracketed(left, bindings['operand'])} ^ ${bracketed(right, bindings['unary'])}`;
  const leftText = bracketed(left, binding === 4 ? 5 : binding);
  return `${leftText} ${operator} ${bracketed(right, binding + 1)}`;
}

function bracketed(expression: Expression, least: number): string {
  const text = expressionText(expression);
  return bindingOf(expression) < least ? `(${text})` : text;
}

function bindingOf(expression: Expression): number {
  if (expression.kind === 'conditional') return bindings['?'];
  if (expression.kind === 'binary') return bindings[expression.operator];
  if (expression.kind === 'unary') return bindings['unary'];
  return bindings['operand'];
}
