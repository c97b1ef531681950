import type { BinaryOperator } from './expression.ts';
import type { Node } from './graph.ts';

/**
 * Writes a node as JavaScript for one bar. A value is a finite number or NaN (missing). A condition has two more
 * faces, "definitely true" and "definitely false", in which missing is neither: three-valued logic then needs no
 * values (true(a and b) = true(a) && true(b), false(a and b) = false(a) || false(b), true(not a) = false(a)), and a
 * signal becomes plain comparisons.
 *
 * Sizes stay linear: an operand that is needed twice goes through a temporary.
 */
export type Emitter = Readonly<{
  /** A number or NaN. */
  value: (node: Node, at: Position) => string;
  isTrue: (node: Node, at: Position) => string;
}>;

/** The bar that is written: `now`, the one before it, or the very first, before which everything is missing. */
export type Position = 'now' | 'before' | 'first';

/** What the surroundings know of a node: the text that reads it, where it is not written out. */
export type Surroundings = Readonly<{
  read: (node: Node, at: Position) => string | undefined;
  /** The name of a new local variable. */
  temporary: () => string;
}>;

const isRelation = (operator: BinaryOperator): operator is keyof typeof relations => Object.hasOwn(relations, operator);

/** How each relation is written, and its opposite; both are false where an operand is NaN. */
const relations = {
  '<': { holds: '<', fails: '>=' },
  '<=': { holds: '<=', fails: '>' },
  '>': { holds: '>', fails: '<=' },
  '>=': { holds: '>=', fails: '<' },
  '==': { holds: '===', fails: '<>' },
  '!=': { holds: '<>', fails: '===' },
} as const;

export function createEmitter({ read, temporary }: Surroundings): Emitter {
  const twice = (text: string): Twice => (isSimple(text) ? [text, text] : named(text, temporary()));

  function value(node: Node, at: Position): string {
    const text = raw(node, at);
    if (read(node, at) !== undefined || !mayBeInfinite(node)) return text;
    const [first, again] = twice(text);
    return `(${first} - ${again} === 0 ? ${again} : NaN)`;
  }

  /** A value that may be infinite where the specification says missing; `value` puts that right. */
  function raw(node: Node, at: Position): string {
    const known = read(node, at);
    if (known !== undefined) return known;
    switch (node.kind) {
      case 'number':
        return numberText(node.value);
      case 'previous':
        return at === 'first' ? 'NaN' : raw(node.operand, 'before');
      case 'negate':
        return `(- ${raw(node.operand, at)})`;
      case 'not': {
        const [first, again] = twice(value(node.operand, at));
        return `(${first} === 0 ? 1 : ${again} === ${again} ? 0 : NaN)`;
      }
      case 'binary':
        return binary(node, at);
      case 'conditional': {
        const [first, again] = twice(value(node.condition, at));
        const branches = `${raw(node.whenTrue, at)} : ${raw(node.whenFalse, at)}`;
        return `(${first} !== ${again} ? NaN : ${again} !== 0 ? ${branches})`;
      }
      case 'elementwise':
        return `(${node.definition.code(...node.args.map((argument) => value(argument, at)))})`;
      case 'parameter':
      case 'column':
      case 'output':
        throw new Error(`${node.kind} ${node.id}: not known to its surroundings`);
      default:
        return node satisfies never;
    }
  }

  function binary({ operator, left, right }: Node & { kind: 'binary' }, at: Position): string {
    if (operator === '+' || operator === '-' || operator === '*') {
      return `(${raw(left, at)} ${operator} ${raw(right, at)})`;
    }
    if (operator === '/') return `(${raw(left, at)} / ${value(right, at)})`;
    return binaryOfValues(operator, twice(value(left, at)), twice(value(right, at)));
  }

  /** `negated` asks for "definitely false" in place of "definitely true". */
  function decided(node: Node, at: Position, negated: boolean): string {
    if (read(node, at) === undefined) {
      if (node.kind === 'previous' && at !== 'first') return decided(node.operand, 'before', negated);
      if (node.kind === 'not') return decided(node.operand, at, !negated);
      if (node.kind === 'conditional') {
        const [first, again] = twice(value(node.condition, at));
        const branches = `${decided(node.whenTrue, at, negated)} : ${decided(node.whenFalse, at, negated)}`;
        return `(${first} === ${again} && (${again} !== 0 ? ${branches}))`;
      }
      if (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or')) {
        const both = (node.operator === 'and') !== negated;
        return `(${decided(node.left, at, negated)} ${both ? '&&' : '||'} ${decided(node.right, at, negated)})`;
      }
      if (node.kind === 'binary' && isRelation(node.operator)) {
        const { holds, fails } = relations[node.operator];
        return compare(negated ? fails : holds, twice(value(node.left, at)), twice(value(node.right, at)));
      }
    }
    const [first, again] = twice(value(node, at));
    return negated ? `(${first} === 0)` : `(${first} < 0 || ${again} > 0)`;
  }

  return { value, isTrue: (node, at) => decided(node, at, false) };
}

/** Power, logic and relations as numbers; their operands are finite or NaN. */
function binaryOfValues(operator: ValueOperator, [a, againA]: Twice, [b, againB]: Twice): string {
  if (operator === '^') return `(${a} === ${againA} && ${b} === ${againB} ? ${againA} ** ${againB} : NaN)`;
  if (operator === 'and') {
    return `(${a} === 0 || ${b} === 0 ? 0 : ${againA} !== ${againA} || ${againB} !== ${againB} ? NaN : 1)`;
  }
  if (operator === 'or') {
    const isTrue = `${a} < 0 || ${againA} > 0 || ${b} < 0 || ${againB} > 0`;
    return `(${isTrue} ? 1 : ${againA} === 0 && ${againB} === 0 ? 0 : NaN)`;
  }
  const { holds, fails } = relations[operator];
  const failing = compare(fails, [againA, againA], [againB, againB]);
  return `(${compare(holds, [a, againA], [b, againB])} ? 1 : ${failing} ? 0 : NaN)`;
}

type ValueOperator = Exclude<BinaryOperator, '+' | '-' | '*' | '/'>;

/** A text for the first use of an operand and one for every later use. */
type Twice = readonly [first: string, again: string];

const named = (text: string, name: string): Twice => [`(${name} = ${text})`, name];

/** Only `!=` (here `<>`) looks at its operands twice; a NaN makes each of these false. */
function compare(sign: '<' | '<=' | '>' | '>=' | '===' | '<>', [a, againA]: Twice, [b, againB]: Twice): string {
  return sign === '<>' ? `(${a} < ${b} || ${againA} > ${againB})` : `(${a} ${sign} ${b})`;
}

/** A name, a number or one element of a column: as cheap to read again as a temporary. */
const isSimple = (text: string): boolean => /^[\w.]+(\[t( - 1)?\])?$/.test(text);

const numberText = (value: number): string =>
  Object.is(value, -0) ? '(-0)' : value < 0 ? `(${value})` : String(value);

/** Whether an infinity can come out of finite operands; sums and products hand one on, everything else stops it. */
function mayBeInfinite(node: Node): boolean {
  switch (node.kind) {
    case 'binary':
      return ['+', '-', '*', '/', '^'].includes(node.operator);
    case 'negate':
    case 'previous':
      return mayBeInfinite(node.operand);
    case 'conditional':
      return mayBeInfinite(node.whenTrue) || mayBeInfinite(node.whenFalse);
    case 'elementwise':
      return !node.definition.total;
    case 'number':
    case 'parameter':
    case 'column':
    case 'output':
    case 'not':
      return false;
    default:
      return node satisfies never;
  }
}
