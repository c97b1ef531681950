import { stripTypeScriptTypes } from 'node:module';
import { type Node, parseSync } from 'oxc-parser';
import type { Path, StrategyProblem } from '../strategy-files/yaml-document.ts';
import { pathText } from '../strategy-files/yaml-document.ts';
import { checkModule, type Definition, definitionOf } from './module-rules.ts';
import { literalOf } from './literals.ts';
import { meaningOf } from './meaning.ts';

/** What of the definition is code; the rest is data. */
export const codeKeys = ['start', 'next', 'evaluate'] as const;

/** A strategy in TypeScript, read without running it. */
export type ParsedCode = Readonly<{
  /** The data of the definition as plain values; `start`, `next` and `evaluate` are left out. */
  data: Readonly<Record<string, unknown>>;
  /** Which keys of code are there. */
  code: ReadonlySet<string>;
  problems: readonly StrategyProblem[];
  lineOf(path: Path): number;
  /** Without its types, imports and exports: what runs. Every character stands at its place in the file. */
  javascript: string;
  /** What it does, without data, comments and types; and the same with every number blanked. */
  meaning: string;
  shape: string;
}>;

type Unread = Readonly<{ problems: readonly StrategyProblem[] }>;

/** @returns the parts of the file, or why it cannot be read */
export function parseCode(text: string): ParsedCode | Unread {
  const lines = lineCounter(text);
  const problem = (offset: number, message: string, expected: string): StrategyProblem => ({
    line: lines(offset),
    path: '',
    message,
    expected,
  });
  const { program, errors } = parseSync('strategy.ts', text);
  if (errors.length > 0) {
    const [{ message, labels }] = errors;
    return { problems: [problem(labels[0]?.start ?? 0, `not TypeScript: ${message}`, 'a TypeScript module')] };
  }
  const stripped = withoutTypes(text);
  if ('message' in stripped) return { problems: [problem(0, stripped.message, 'types that can be stripped')] };
  const problems = checkModule(program).map(({ at, message, expected }) => problem(at, message, expected));
  const definition = definitionOf(program);
  if (definition === undefined) return { problems: [...problems, problem(0, noDefinition, 'one')] };
  const read = readData(definition, lines);
  return {
    ...read,
    problems: [...problems, ...read.problems].toSorted((a, b) => a.line - b.line),
    ...withoutModule(stripped.text),
  };
}

const noDefinition = 'holds no export default defineStrategy({ … })';

/** Node's own stripping warns that it is experimental; it is how this program itself runs, so nobody need hear of it. */
function withoutTypes(text: string): Readonly<{ text: string } | { message: string }> {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return { text: stripTypeScriptTypes(text) };
  } catch (thrown) {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) };
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The script without import and export, and its meaning. */
function withoutModule(script: string): Pick<ParsedCode, 'javascript' | 'meaning' | 'shape'> {
  const { program, comments } = parseSync('strategy.js', script);
  const definition = definitionOf(program);
  if (definition === undefined) throw new Error('the definition went with the types');
  const cuts = program.body.flatMap((statement): readonly [number, number, string][] => {
    if (statement.type === 'ImportDeclaration') return [[statement.start, statement.end, '']];
    return statement === definition.statement ? [[statement.start, definition.call.start, '$out.value =']] : [];
  });
  const javascript = cuts.reduceRight((code, [from, to, instead]) => {
    const blank = code.slice(from, to).replaceAll(/[^\n\r]/g, ' ');
    return code.slice(0, from) + instead + blank.slice(instead.length) + code.slice(to);
  }, script);
  return { javascript, ...meaningOf(script, { program, comments, definition, kept: ['outputs', ...codeKeys] }) };
}

type ReadData = Pick<ParsedCode, 'data' | 'code' | 'problems' | 'lineOf'>;

function readData({ call, properties }: Definition, lineAt: (offset: number) => number): ReadData {
  const lineByPath = new Map<string, number>([['', lineAt(call.start)]]);
  const problems: StrategyProblem[] = [];
  const note = (node: Node, path: Path) => lineByPath.set(pathText(path), lineAt(node.start));
  const refuse = (node: Node, path: Path, message: string) => {
    problems.push({ line: lineAt(node.start), path: pathText(path), message, expected: 'a value written out' });
  };
  const data: Record<string, unknown> = {};
  const code = new Set<string>();
  for (const { name, node, value } of properties) {
    note(node, [name]);
    if ((codeKeys as readonly string[]).includes(name)) code.add(name);
    else data[name] = literalOf(value, [name], { note, refuse });
  }
  const lineOf = (path: Path): number =>
    lineByPath.get(pathText(path)) ?? (path.length === 0 ? 1 : lineOf(path.slice(0, -1)));
  return { data, code, problems, lineOf };
}

/** 1-based line of an offset. */
function lineCounter(text: string): (offset: number) => number {
  return (offset) => text.slice(0, offset).split('\n').length;
}
