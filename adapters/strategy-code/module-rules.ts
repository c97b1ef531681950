import type { CallExpression, Node, Program, Statement } from 'oxc-parser';

/** The only module that a strategy may import, beside types. */
export const strategyModule = 'nightdesk/strategy';

/** A property of the definition. */
type Part = Readonly<{ name: string; node: Node; value: Node }>;

/** The `defineStrategy({ … })` that a file exports. */
export type Definition = Readonly<{ statement: Statement; call: CallExpression; properties: readonly Part[] }>;

export function definitionOf({ body }: Program): Definition | undefined {
  for (const statement of body) {
    if (statement.type !== 'ExportDefaultDeclaration') continue;
    const call = statement.declaration;
    if (call.type !== 'CallExpression' || call.callee.type !== 'Identifier') return undefined;
    const [object] = call.arguments;
    if (call.callee.name !== 'defineStrategy' || object?.type !== 'ObjectExpression') return undefined;
    const properties = object.properties.flatMap((node): readonly Part[] => {
      const name = node.type === 'Property' ? keyOf(node) : undefined;
      return node.type === 'Property' && name !== undefined ? [{ name, node, value: node.value }] : [];
    });
    return { statement, call, properties };
  }
  return undefined;
}

/** The name of a property that is written out. */
export function keyOf({ key, computed }: Readonly<{ key: Node; computed: boolean }>): string | undefined {
  if (computed) return undefined;
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : undefined;
}

type Breach = Readonly<{ at: number; message: string; expected: string }>;

/** What a strategy may not have beside its definition: other modules, other exports. */
export function checkModule({ body }: Program): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      const { importKind, source, specifiers } = statement;
      const values = specifiers.filter((each) => each.type !== 'ImportSpecifier' || each.importKind !== 'type');
      if (importKind === 'type' || (values.length === 0 && specifiers.length > 0)) continue;
      if (source.value === strategyModule) continue;
      const expected = `import { defineStrategy } from '${strategyModule}', and types`;
      breaches.push({ at: statement.start, message: `imports ${source.value}`, expected });
    } else if (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportAllDeclaration') {
      if (statement.exportKind === 'type') continue;
      breaches.push({ at: statement.start, message: 'exports something else', expected: 'one export default' });
    } else if (statement.type === 'ExportDefaultDeclaration') {
      breaches.push(...spreads(statement.declaration));
    }
  }
  return breaches;
}

function spreads(definition: Node): readonly Breach[] {
  if (definition.type !== 'CallExpression') return [];
  const [object] = definition.arguments;
  if (object?.type !== 'ObjectExpression') return [];
  return object.properties
    .filter((node) => node.type !== 'Property' || keyOf(node) === undefined)
    .map(({ start }) => ({ at: start, message: 'a key that is not written out', expected: 'a plain key' }));
}
