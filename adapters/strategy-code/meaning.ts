import type { Comment, Node, Program } from 'oxc-parser';
import { canonicalNames } from './canonical-names.ts';
import type { Definition } from './module-rules.ts';

type Parsed = Readonly<{
  program: Program;
  comments: readonly Comment[];
  definition: Definition;
  /** Keys of the definition that are part of what it does. */
  kept: readonly string[];
}>;

/**
 * What a script does, as one text: its statements and the kept keys of its definition, without comments, imports,
 * formatting and the names that it gives its own variables. `shape` has `#` for every number.
 */
export function meaningOf(
  script: string,
  { program, comments, definition, kept }: Parsed,
): Readonly<{ meaning: string; shape: string }> {
  const statements = program.body.filter((node) => node.type !== 'ImportDeclaration' && node !== definition.statement);
  const keys = definition.properties.filter(({ name }) => kept.includes(name));
  const parts: readonly Node[] = [
    ...statements,
    ...keys.toSorted((a, b) => kept.indexOf(a.name) - kept.indexOf(b.name)).map(({ node }) => node),
  ];
  const gone = comments.map(({ start, end }): Cut => ({ start, end, instead: ' ' }));
  const numbers = parts.flatMap(numbersIn).map(({ start, end }): Cut => ({ start, end, instead: '#' }));
  const text = (cuts: readonly Cut[]) => parts.map((part) => tidy(replaced(script, part, cuts))).join('\n');
  const names = canonicalNames(parts);
  return { meaning: text([...gone, ...names]), shape: text([...gone, ...names, ...numbers]) };
}

type Cut = Readonly<{ start: number; end: number; instead: string }>;

/** The text of a part with what is cut out of it. */
function replaced(script: string, { start, end }: Readonly<{ start: number; end: number }>, cuts: readonly Cut[]) {
  const inside = cuts.filter((cut) => cut.start >= start && cut.end <= end).toSorted((a, b) => b.start - a.start);
  return inside.reduce(
    (text, cut) => text.slice(0, cut.start - start) + cut.instead + text.slice(cut.end - start),
    script.slice(start, end),
  );
}

/** Types leave blanks where they stood, and formatting is nobody's meaning: blanks stay between words alone. */
const tidy = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([^\w$ ]) ?/g, '$1')
    .trim();

/** Every number that is written out in a part. */
function numbersIn(part: Node): readonly Readonly<{ start: number; end: number }>[] {
  const found: { start: number; end: number }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isNumber(value)) found.push({ start: value.start, end: value.end });
    else for (const inner of Object.values(value)) visit(inner);
  };
  visit(part);
  return found;
}

const isNumber = (value: object): value is { start: number; end: number } =>
  'type' in value && value.type === 'Literal' && 'value' in value && typeof value.value === 'number';
