import type { Node } from 'oxc-parser';

/** A name of a script's own at its place, and what stands there for it whatever it is called. */
export type Rename = Readonly<{ start: number; end: number; instead: string }>;

type Scope = Readonly<{ names: Map<string, string>; outer?: Scope }>;

/** A node as it is walked: what it holds is known by its type alone. */
type Walked = Readonly<Record<string, unknown>> & Readonly<{ type: string; start: number; end: number }>;

/**
 * The names that the parts of a script give themselves (variables, parameters, functions), each replaced by its place in
 * the order of declaration: a copy with other names has the same text. Names of properties, and those from outside, stay.
 */
export function canonicalNames(parts: readonly Node[]): readonly Rename[] {
  const renames: Rename[] = [];
  let count = 0;
  const declare = (scope: Scope, nodes: readonly Walked[]): void => {
    for (const name of nodes.flatMap(declaredIn)) {
      if (!scope.names.has(name)) scope.names.set(name, `$${count++}`);
    }
  };

  function visit(value: unknown, scope: Scope): void {
    if (Array.isArray(value)) for (const inner of value) visit(inner, scope);
    if (!isNode(value)) return;
    const own = scopeOf(value, scope, declare);
    if (value.type === 'Identifier') return rename(value, scope);
    if (value.type === 'Property') return property(value, scope);
    for (const [key, inner] of Object.entries(value)) {
      const isName = value['computed'] !== true && (key === 'property' || key === 'key');
      if (isName || key === 'label') continue;
      visit(inner, key === 'id' && value.type === 'FunctionDeclaration' ? scope : own);
    }
  }

  function rename({ start, end, name }: Walked, scope: Scope, before = ''): void {
    const instead = typeof name === 'string' ? found(scope, name) : undefined;
    if (instead !== undefined) renames.push({ start, end, instead: before + instead });
  }

  /** `{ low }` is `{ low: low }`: the name of the property stays. */
  function property(node: Walked, scope: Scope): void {
    const { key, value, shorthand, computed } = node;
    if (computed === true) visit(key, scope);
    if (shorthand !== true || !isNode(value)) return visit(value, scope);
    if (value.type !== 'AssignmentPattern') return rename(value, scope, `${String(value['name'])}:`);
    const { left, right } = value;
    if (isNode(left)) rename(left, scope, `${String(left['name'])}:`);
    visit(right, scope);
  }

  const top: Scope = { names: new Map() };
  const statements: readonly unknown[] = parts;
  declare(top, statements.filter(isNode));
  visit(parts, top);
  return renames;
}

/** The scope inside a node, with what is declared there; the one around it where it opens none. */
function scopeOf(node: Walked, outer: Scope, declare: (scope: Scope, nodes: readonly Walked[]) => void): Scope {
  const { type, params, param, body, init, left } = node;
  const isFunction = type.includes('Function');
  const isLoop = type.startsWith('For');
  if (!isFunction && !isLoop && type !== 'BlockStatement' && type !== 'CatchClause') return outer;
  const scope: Scope = { names: new Map(), outer };
  const patterns = [...(Array.isArray(params) ? params : []), param].filter(isNode);
  for (const pattern of patterns) declare(scope, [{ ...pattern, type: `Pattern ${pattern.type}` }]);
  if (type === 'BlockStatement' && Array.isArray(body)) declare(scope, body.filter(isNode));
  if (isLoop) declare(scope, [init, left].filter(isNode));
  return scope;
}

/** What a statement, or a pattern that is marked as one, declares where it stands. */
function declaredIn(node: Walked): readonly string[] {
  if (node.type.startsWith('Pattern ')) return namesOf({ ...node, type: node.type.slice('Pattern '.length) });
  if (node.type === 'FunctionDeclaration') return namesOf(node['id']);
  const { declarations } = node;
  if (node.type !== 'VariableDeclaration' || !Array.isArray(declarations)) return [];
  return declarations.filter(isNode).flatMap(({ id }) => namesOf(id));
}

/** The names that a pattern binds. */
function namesOf(pattern: unknown): readonly string[] {
  if (!isNode(pattern)) return [];
  const { type, name, left, argument, elements, properties, value } = pattern;
  if (type === 'Identifier') return typeof name === 'string' ? [name] : [];
  if (type === 'AssignmentPattern') return namesOf(left);
  if (type === 'RestElement') return namesOf(argument);
  if (type === 'Property') return namesOf(value);
  const parts = Array.isArray(elements) ? elements : Array.isArray(properties) ? properties : [];
  return parts.flatMap(namesOf);
}

const found = ({ names, outer }: Scope, name: string): string | undefined =>
  names.get(name) ?? (outer && found(outer, name));

const isNode = (value: unknown): value is Walked =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
