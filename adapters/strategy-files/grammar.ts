import { refusal, type Token } from './tokens.ts';

/** Limits of one expression. */
export const maxDepth = 64;
export const maxNodes = 1_000;
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
      if (open.length > maxBrackets) throw refusal(`more than ${maxBrackets} brackets inside each other`, token.at);
      operandNext = true;
    } else if (token.text === ')') {
      const emptyCall = bracket.call && tokens[i - 1]?.text === '(';
      if (open.length === 1 || bracket.inCondition || (operandNext && !emptyCall)) throw unexpected(token);
      open.pop();
      operandNext = false;
    } else if (operandNext) {
      operandNext = startsOperand(token, tokens[i - 1]);
    } else {
      operandNext = continuesOperand(token, tokens[i - 1], bracket);
    }
  }
  if (operandNext) throw refusal('unexpected end of expression', textLength + 1);
  if (open.length > 1) throw refusal("expected ')'", textLength + 1);
  if (open[0].inCondition) throw refusal("expected ':' of a condition", textLength + 1);
}

/** Reads a token where an operand has to begin; says whether an operand is still wanted. */
function startsOperand(token: Token, before: Token | undefined): boolean {
  if (before?.text === '.') {
    if (token.kind !== 'name') throw unexpected(token);
    return false;
  }
  if (token.kind === 'number' || token.kind === 'name') return false;
  if (token.text === '-' || token.text === 'not') return true;
  if (token.text === '+') throw refusal("unexpected unary '+'", token.at);
  throw unexpected(token);
}

/** Reads a token behind a finished operand; says whether an operand is wanted next. */
function continuesOperand(token: Token, before: Token, bracket: Bracket): boolean {
  if (token.kind === 'number' || token.kind === 'name') throw implicitMultiplication(token);
  if (token.text === 'not' || (token.text === '.' && before.kind === 'number')) throw unexpected(token);
  if (token.text === ',' && (!bracket.call || bracket.inCondition)) throw unexpected(token);
  if (token.text === '?') {
    if (bracket.inCondition) throw refusal("a condition between '?' and ':' needs brackets around it,", token.at);
    bracket.inCondition = true;
  }
  if (token.text === ':') {
    if (!bracket.inCondition) throw unexpected(token);
    bracket.inCondition = false;
  }
  return true;
}

/** Every number, every operator and every name that is no output is one node: counted before anything recurses. */
function checkNodes(tokens: readonly Token[]): void {
  const nodes = tokens.filter(({ kind }, i) => kind !== 'mark' && tokens[i - 1]?.text !== '.');
  if (nodes.length > maxNodes) throw refusal(`more than ${maxNodes.toLocaleString('en')} nodes`, nodes[maxNodes].at);
}

const unexpected = ({ text, at }: Token) => refusal(`unexpected '${text}'`, at);
const implicitMultiplication = ({ text, at }: Token) => refusal(`implicit multiplication before '${text}'`, at);
