import { refusal, type Token } from './tokens.ts';

/** Limits of one expression. */
export const maxDepth = 64;
const maxNodes = 1_000;
/** Brackets inside brackets, counted before any parser recurses over them. */
const maxBrackets = 200;

type Bracket = { call: boolean; inCondition: boolean };

/**
 * Walks the tokens once and refuses, with position, all that is no expression of the language, so that mathjs only
 * gets what it reads as we do: no implicit multiplication, no unary plus, no range, no assignment, no index.
 */
export function checkGrammar(tokens: readonly Token[], textLength: number): void {
  checkNodes(tokens);
  const open: Bracket[] = [{ call: false, inCondition: false }];
  let operandNext = true;
  for (const [i, token] of tokens.entries()) {
    const bracket = open[open.length - 1];
    if (token.text === '(') {
      const call = tokens[i - 1]?.kind === 'name' && tokens[i - 2]?.text !== '.';
      if (!operandNext && !call) throw implicitMultiplication(token);
      open.push({ call, inCondition: false });
      if (open.length > maxBrackets) throw tooMany('brackets inside each other', maxBrackets, token);
      operandNext = true;
    } else if (token.text === ')') {
      const emptyCall = bracket.call && tokens[i - 1]?.text === '(';
      if (open.length === 1 || bracket.inCondition || (operandNext && !emptyCall)) {
        throw unexpected(token, operandNext ? aValue : bracket.inCondition ? "':'" : anOperator);
      }
      open.pop();
      operandNext = false;
    } else if (operandNext) {
      operandNext = startsOperand(token, tokens[i - 1]);
    } else {
      operandNext = continuesOperand(token, tokens[i - 1], bracket);
    }
  }
  const missing = operandNext
    ? aValue
    : open[open.length - 1].inCondition
      ? "':'"
      : open.length > 1
        ? "')'"
        : undefined;
  if (missing !== undefined) throw refusal('unexpected end of expression', textLength + 1, { expected: missing });
}

/** Reads a token where an operand has to begin; says whether an operand is still wanted. */
function startsOperand(token: Token, before: Token | undefined): boolean {
  if (before?.text === '.') {
    if (token.kind !== 'name') throw unexpected(token, 'the name of an output');
    return false;
  }
  if (token.kind === 'number' || token.kind === 'name') return false;
  if (token.text === '-' || token.text === 'not') return true;
  if (token.text === '+') throw refusal("unexpected unary '+'", token.at, { expected: aValue });
  throw unexpected(token, aValue);
}

/** Reads a token behind a finished operand; says whether an operand is wanted next. */
function continuesOperand(token: Token, before: Token, bracket: Bracket): boolean {
  if (token.kind === 'number' || token.kind === 'name') throw implicitMultiplication(token);
  if (token.text === 'not' || (token.text === '.' && before.kind === 'number')) throw unexpected(token, anOperator);
  if (token.text === ',' && (!bracket.call || bracket.inCondition)) throw unexpected(token, anOperator);
  if (token.text === '?') {
    if (bracket.inCondition) throw unexpected(token, "':' (a condition inside needs brackets)");
    bracket.inCondition = true;
  }
  if (token.text === ':') {
    if (!bracket.inCondition) throw unexpected(token, anOperator);
    bracket.inCondition = false;
  }
  return true;
}

/** Every number, every operator and every name that is no output is one node: counted before anything recurses. */
function checkNodes(tokens: readonly Token[]): void {
  const nodes = tokens.filter(({ kind }, i) => kind !== 'mark' && tokens[i - 1]?.text !== '.');
  if (nodes.length > maxNodes) throw tooMany('nodes', maxNodes, nodes[maxNodes]);
}

const aValue = 'a value';
const anOperator = 'an operator';

const unexpected = ({ text, at }: Token, expected: string) => refusal(`unexpected '${text}'`, at, { expected });
const implicitMultiplication = ({ text, at }: Token) =>
  refusal(`implicit multiplication before '${text}'`, at, { expected: "an operator, as '*'" });
const tooMany = (what: string, most: number, { at }: Token) =>
  refusal(`too many ${what}`, at, { expected: `at most ${most.toLocaleString('en')}` });
