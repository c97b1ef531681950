import { DeskError } from '../../core/errors.ts';

/** A piece of an expression with its 1-based position in the text. */
export type Token = Readonly<{ kind: 'number' | 'name' | 'operator' | 'mark'; text: string; at: number }>;

/** Words that mathjs reads as operators or values; they are no names here, and only the first three mean something. */
export const reservedWords: readonly string[] = [
  'and',
  'or',
  'not',
  'xor',
  'mod',
  'to',
  'in',
  'true',
  'false',
  'null',
  'undefined',
  'NaN',
  'Infinity',
];

/** Longest expression text; 1,000 nodes with long names stay far below it. */
const maxExpressionCharacters = 20_000;

const pieces = /((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|==|!=|[-+*/^<>?])|([(),:.])/y;
const blanks = /[ \t]*/y;

/** The refusal of an expression: what is wrong at which position of its text, and what was expected there. */
export function refusal(
  message: string,
  at: number,
  place: Readonly<{ expected: string; found?: string; nearest?: string | undefined }>,
): DeskError {
  const { nearest, ...rest } = place;
  return new DeskError('BadInput', `${message} at position ${at}`, nearest === undefined ? rest : { ...rest, nearest });
}

/** Cuts the text into tokens; every character that the language does not know is refused where it stands. */
export function tokenize(text: string): Token[] {
  if (text.length > maxExpressionCharacters) {
    throw refusal('too long', maxExpressionCharacters + 1, {
      expected: `at most ${maxExpressionCharacters} characters`,
      found: String(text.length),
    });
  }
  const tokens: Token[] = [];
  let end = 0;
  while ((end = skipBlanks(text, end)) < text.length) {
    pieces.lastIndex = end;
    const match = pieces.exec(text);
    if (match === null) throw refusal(`unexpected ${shown(text, end)}`, end + 1, { expected: 'an expression' });
    const [, number, word, operator, mark] = match;
    const piece = number ?? word ?? operator ?? mark;
    const at = pieces.lastIndex - piece.length + 1;
    end = pieces.lastIndex;
    if (number !== undefined) tokens.push({ kind: 'number', text: finite(number, at), at });
    else if (word !== undefined) tokens.push(wordToken(word, at));
    else tokens.push({ kind: operator === undefined ? 'mark' : 'operator', text: piece, at });
  }
  return tokens;
}

function skipBlanks(text: string, from: number): number {
  blanks.lastIndex = from;
  blanks.exec(text);
  return blanks.lastIndex;
}

function wordToken(word: string, at: number): Token {
  if (word === 'and' || word === 'or' || word === 'not') return { kind: 'operator', text: word, at };
  if (reservedWords.includes(word)) throw refusal(`unexpected ${word}`, at, { expected: 'a name or number' });
  return { kind: 'name', text: word, at };
}

function finite(number: string, at: number): string {
  if (!Number.isFinite(Number(number)))
    throw refusal(`the number ${number} is too large`, at, { expected: 'a finite number' });
  return number;
}

function shown(text: string, index: number): string {
  const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
  if (character === '\n' || character === '\r') return 'new line';
  return `'${character}'`;
}
