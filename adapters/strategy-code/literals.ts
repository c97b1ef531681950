import type { Node } from 'oxc-parser';
import type { Path } from '../strategy-files/yaml-document.ts';
import { keyOf } from './module-rules.ts';

type Reading = Readonly<{
  /** Is told where each value stands. */
  note(node: Node, path: Path): void;
  /** Is told what is no value that is written out. */
  refuse(node: Node, path: Path, message: string): void;
}>;

/** The value of an expression that is data: numbers, texts (joined by + where they are long), lists, maps. */
export function literalOf(node: Node, path: Path, reading: Reading): unknown {
  reading.note(node, path);
  if (node.type === 'ArrayExpression') {
    return node.elements.map((element, index) =>
      element === null ? undefined : literalOf(element, [...path, index], reading),
    );
  }
  if (node.type === 'ObjectExpression') return mapOf(node, path, reading);
  if (
    node.type === 'TSAsExpression' ||
    node.type === 'TSSatisfiesExpression' ||
    node.type === 'ParenthesizedExpression'
  ) {
    return literalOf(node.expression, path, reading);
  }
  const value = scalarOf(node);
  if (value === undefined) reading.refuse(node, path, 'is not written out');
  return value;
}

/** A number, text, true, false or null; undefined for anything else. */
function scalarOf(node: Node): unknown {
  if (node.type === 'Literal') {
    return typeof node.value === 'object' && node.value !== null ? undefined : node.value; // a regular expression
  }
  if (node.type === 'TemplateLiteral') {
    return node.expressions.length > 0 ? undefined : node.quasis[0]?.value.cooked;
  }
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const value = scalarOf(node.argument);
    return typeof value === 'number' ? -value : undefined;
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const parts = [scalarOf(node.left), scalarOf(node.right)];
    return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
  }
  return undefined;
}

function mapOf(
  { properties }: Node & { type: 'ObjectExpression' },
  path: Path,
  reading: Reading,
): Readonly<Record<string, unknown>> {
  const map: Record<string, unknown> = {};
  for (const property of properties) {
    const key = property.type === 'Property' ? keyOf(property) : undefined;
    if (property.type !== 'Property' || key === undefined) {
      reading.refuse(property, path, 'has a key that is not written out');
      continue;
    }
    map[key] = literalOf(property.value, [...path, key], reading);
    reading.note(property, [...path, key]);
  }
  return map;
}
