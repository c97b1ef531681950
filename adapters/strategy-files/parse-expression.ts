import { DeskError } from '../../core/errors.ts';
import type { Expression } from '../../core/strategy/expression.ts';
import { checkExpression, type ExpressionScope } from './check-expression.ts';
import { expressionTree } from './expression-tree.ts';
import { checkGrammar } from './grammar.ts';
import { type MathjsNode, mathjsTree } from './mathjs-tree.ts';
import { tokenize } from './tokens.ts';

/**
 * The checked tree of one expression: every name is known to the scope, every call has its arguments, windows are
 * made of numbers and parameters. What is not of the language is refused with its position (`BadInput`).
 */
export function parseExpression(text: string, scope: ExpressionScope): Expression {
  const tree = parseTree(text);
  checkExpression(tree, scope);
  return tree;
}

/** The tree by grammar alone: names and functions are not looked up. */
export function parseTree(text: string): Expression {
  const tokens = tokenize(text);
  checkGrammar(tokens, text.length);
  // mathjs gets our tokens, not the text, so that it cannot cut them otherwise.
  const source = tokens.map(({ text: piece }) => piece).join(' ');
  return expressionTree(understood(source), tokens);
}

/** Our grammar lets through only what mathjs takes too; should they ever differ, the text is refused all the same. */
function understood(source: string): MathjsNode {
  try {
    return mathjsTree(source);
  } catch (cause) {
    throw new DeskError('BadInput', `not understood at position 1: ${String(cause)}`, { cause });
  }
}
