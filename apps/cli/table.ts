import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import pc from 'picocolors';

export type Column = Readonly<{ title: string; align?: 'left' | 'right' }>;

/** A table for people: plain rules, no colour when the terminal has none. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(({ title }) => pc.bold(title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  for (const row of rows) table.push([...row]);
  return table.toString().replaceAll(/ +$/gm, '');
}

const gap = 2;

/** A table whose last column is prose, which is broken into lines so that the table fits `width` columns. */
export function renderFitted(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const last = columns.length - 1;
  const before = columns
    .slice(0, last)
    .map(
      ({ title }, index) =>
        gap + Math.max(title.length, ...rows.map((row) => stripVTControlCharacters(row[index] ?? '').length)),
    )
    .reduce((sum, each) => sum + each, 0);
  const room = Math.max(leastProse, width - before);
  return renderTable(
    columns,
    rows.map((row) => row.map((cell, index) => (index === last ? wrapped(cell, room).join('\n') : cell))),
  );
}

/** However narrow the terminal: narrower prose is not read. */
const leastProse = 20;

/** Lines of at most `width` characters, broken at spaces (not at U+00A0); a longer word is broken where it must. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/[ \n\t]+/).flatMap((each) => pieces(each, width))) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.length === 0 ? [''] : lines;
}

const pieces = (word: string, width: number): string[] =>
  word.length <= width ? [word] : [word.slice(0, width), ...pieces(word.slice(width), width)];
