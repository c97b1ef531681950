import type { BinaryOperator } from './expression.ts';
import type { Node } from './graph.ts';

/** Relations of the same two operands that cannot both be true. */
const opposites: Readonly<Partial<Record<BinaryOperator, readonly BinaryOperator[]>>> = {
  '<': ['>', '>=', '=='],
  '<=': ['>'],
  '>': ['<', '<=', '=='],
  '>=': ['<'],
  '==': ['<', '>', '!='],
  '!=': ['=='],
};

/** The same relation with its operands in the other order. */
const swapped: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

/**
 * Whether two conditions can be seen never to be true on one bar, as a crossing over and a crossing under: each holds
 * a relation that must be true, and these contradict each other. Then nothing has to test it on every bar.
 */
export function exclude(a: Node, b: Node): boolean {
  const relations = necessary(b);
  return necessary(a).some((one) => relations.some((other) => contradict(one, other)));
}

type Relation = Node & { kind: 'binary' };

/** What must be true where the condition is. */
function necessary(node: Node): readonly Relation[] {
  if (node.kind !== 'binary') return [];
  return node.operator === 'and' ? [...necessary(node.left), ...necessary(node.right)] : [node];
}

function contradict(one: Relation, other: Relation): boolean {
  const against = opposites[one.operator] ?? [];
  if (one.left === other.left && one.right === other.right) return against.includes(other.operator);
  const turned = swapped[other.operator];
  return turned !== undefined && one.left === other.right && one.right === other.left && against.includes(turned);
}
