import { DeskError } from '../../core/errors.ts';
import type { BinaryOperator, Expression, UnaryOperator } from '../../core/strategy/expression.ts';
import { maxDepth } from './grammar.ts';
import type { MathjsNode } from './mathjs-tree.ts';
import { refusal, type Token } from './tokens.ts';

const binaryOperators: ReadonlySet<string> = new Set<BinaryOperator>([
  '+',
  '-',
  '*',
  '/',
  '^',
  '<',
  '<=',
  '>',
  '>=',
  '==',
  '!=',
  'and',
  'or',
]);
const isBinary = (text: string): text is BinaryOperator => binaryOperators.has(text);
const isUnary = (text: string): text is UnaryOperator => text === '-' || text === 'not';

/**
 * Turns mathjs's tree into ours: an allow-list of nodes, walked in the order of the text beside the tokens it came
 * from. The tokens give the positions that mathjs does not keep; a node that does not meet its token is refused, so
 * nothing that mathjs reads otherwise than we do gets through.
 */
export function expressionTree(root: MathjsNode, tokens: readonly Token[]): Expression {
  const walk = createWalk(tokens);
  const tree = convert(root, walk, 1);
  const left = walk.next();
  if (left !== undefined) throw refusal(`unexpected '${left.text}'`, left.at, { expected: 'the end' });
  return tree;
}

type Walk = Readonly<{
  next(): Token | undefined;
  /** Takes the next token, which has to be this text. */
  take(text: string): Token;
  takeNumber(value: unknown): Token;
  /** Position of the next token. */
  at(): number;
}>;

function createWalk(tokens: readonly Token[]): Walk {
  let index = 0;
  const take = (fits: boolean, wanted: unknown): Token => {
    const token = tokens.at(index);
    if (index >= tokens.length || token === undefined || !fits) {
      throw new DeskError('Internal', `mathjs read ${String(wanted)} where the text holds ${token?.text ?? 'nothing'}`);
    }
    index += 1;
    return token;
  };
  const next = (): Token | undefined => (index < tokens.length ? tokens[index] : undefined);
  return {
    next,
    take: (text) => take(next()?.text === text, text),
    takeNumber: (value) => take(next()?.kind === 'number' && Number(next()?.text) === value, value),
    at: () => next()?.at ?? 1,
  };
}

type NodeOf<Type extends MathjsNode['type']> = Extract<MathjsNode, { type: Type }>;

function convert(node: MathjsNode, walk: Walk, depth: number): Expression {
  if (depth > maxDepth)
    throw refusal('too deep', walk.at(), { expected: `at most ${maxDepth} parts inside each other` });
  switch (node.type) {
    case 'ConstantNode': {
      const { at, text } = walk.takeNumber(node.value);
      return { kind: 'number', value: Number(text), at };
    }
    case 'SymbolNode': {
      const { at, text } = walk.take(node.name);
      return { kind: 'name', name: text, at };
    }
    case 'ParenthesisNode': {
      walk.take('(');
      const content = convert(node.content, walk, depth);
      walk.take(')');
      return content;
    }
    case 'OperatorNode':
      return operation(node, walk, depth);
    case 'ConditionalNode':
      return conditional(node, walk, depth);
    case 'FunctionNode':
      return call(node, walk, depth);
    case 'AccessorNode':
      return output(node, walk, depth);
    case 'RelationalNode':
      throw chained(node, walk, depth);
    default:
      throw refusal(`${(node as MathjsNode).type} is not part of the language`, walk.at(), {
        expected: 'an expression',
      });
  }
}

function operation({ op, args, implicit }: NodeOf<'OperatorNode'>, walk: Walk, depth: number): Expression {
  if (implicit) throw refusal('implicit multiplication', walk.at(), { expected: 'an operator' });
  if (args.length === 1 && isUnary(op)) {
    const { at } = walk.take(op);
    return { kind: 'unary', operator: op, operand: convert(args[0], walk, depth + 1), at };
  }
  if (args.length !== 2 || !isBinary(op))
    throw refusal(`unexpected '${op}'`, walk.at(), { expected: 'an operator of the language' });
  const left = convert(args[0], walk, depth + 1);
  walk.take(op);
  return { kind: 'binary', operator: op, left, right: convert(args[1], walk, depth + 1), at: left.at };
}

function conditional(node: NodeOf<'ConditionalNode'>, walk: Walk, depth: number): Expression {
  const condition = convert(node.condition, walk, depth + 1);
  walk.take('?');
  const whenTrue = convert(node.trueExpr, walk, depth + 1);
  walk.take(':');
  const whenFalse = convert(node.falseExpr, walk, depth + 1);
  return { kind: 'conditional', condition, whenTrue, whenFalse, at: condition.at };
}

function call(node: NodeOf<'FunctionNode'>, walk: Walk, depth: number): Expression & { kind: 'call' } {
  const { at, text: name } = walk.take(node.fn.name);
  walk.take('(');
  const args = node.args.map((argument, i) => {
    if (i > 0) walk.take(',');
    return convert(argument, walk, depth + 1);
  });
  walk.take(')');
  return { kind: 'call', name, args, at };
}

/** `.name` stands behind a call (its output) or behind the name of a plugin series. */
function output(node: NodeOf<'AccessorNode'>, walk: Walk, depth: number): Expression {
  const { object, name } = node;
  if (object.type === 'FunctionNode') {
    const of = call(object, walk, depth);
    walk.take('.');
    walk.take(name);
    return { ...of, output: name };
  }
  if (object.type === 'SymbolNode') {
    const { at, text: alias } = walk.take(object.name);
    walk.take('.');
    walk.take(name);
    return { kind: 'pluginOutput', alias, output: name, at };
  }
  convert(object, walk, depth);
  const { at } = walk.take('.');
  throw refusal(`unexpected '.${name}'`, at, { expected: 'a call or a name of plugins before it' });
}

function chained(node: NodeOf<'RelationalNode'>, walk: Walk, depth: number): DeskError {
  convert(node.params[0], walk, depth + 1);
  walk.take(walk.next()?.text ?? '');
  convert(node.params[1], walk, depth + 1);
  return refusal(`chained comparison '${walk.next()?.text ?? ''}'`, walk.at(), {
    expected: 'two comparisons joined by and',
  });
}
