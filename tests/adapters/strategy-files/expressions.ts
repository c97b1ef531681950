import * as fc from 'fast-check';
import type { BinaryOperator, Expression } from '../../../core/strategy/expression.ts';

const binaryOperators: readonly BinaryOperator[] = [
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
];

/** Any tree of the grammar over some names and functions, up to a depth that text of 1,000 nodes rarely passes. */
export const anyTree: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => {
  const tree = tie('tree');
  const at = 1;
  return {
    tree: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'expression' },
      fc
        .double({ min: 0, noNaN: true, noDefaultInfinity: true })
        .map((value) => ({ kind: 'number', value, at }) as const),
      fc.constantFrom('close', 'hour', 'fast', '_x1').map((name) => ({ kind: 'name', name, at }) as const),
      fc.record({
        kind: fc.constant('unary' as const),
        operator: fc.constantFrom('-' as const, 'not' as const),
        operand: tree,
        at: fc.constant(at),
      }),
      fc.record({
        kind: fc.constant('binary' as const),
        operator: fc.constantFrom(...binaryOperators),
        left: tree,
        right: tree,
        at: fc.constant(at),
      }),
      fc.record({
        kind: fc.constant('conditional' as const),
        condition: tree,
        whenTrue: tree,
        whenFalse: tree,
        at: fc.constant(at),
      }),
      fc.record(
        {
          kind: fc.constant('call' as const),
          name: fc.constantFrom('sma', 'macd', 'obv'),
          args: fc.array(tree, { maxLength: 3 }),
          output: fc.constantFrom('line', 'k'),
          at: fc.constant(at),
        },
        { requiredKeys: ['kind', 'name', 'args', 'at'] },
      ),
      fc.constant({ kind: 'pluginOutput', alias: 'noise', output: 'entropy', at } as const),
    ),
  };
}).tree;

/** The tree without positions, which brackets and blanks move. */
export const meaningOf = (tree: Expression): unknown =>
  JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'at' ? undefined : value)));
