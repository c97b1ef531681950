import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { errorLine } from '../../core/errors.ts';

/** One thing that is wrong with a file. All of a file's problems are found in one go. */
export type StrategyProblem = Readonly<{
  /** 1-based; of the nearest thing that is there when something is missing. */
  line: number;
  /** `parameters.fast.default`, `constraints[0]`, '' for the file itself. */
  path: string;
  message: string;
  expected: string;
  found?: string;
  nearest?: string;
}>;

/** A problem as people read it: `file:line path: what was wrong, expected …, found … (did you mean …?)`. */
export const problemLine = (file: string, { path, ...problem }: StrategyProblem): string =>
  errorLine({ ...problem, file, ...(path === '' ? {} : { path }) });

export type Path = readonly (string | number)[];

/** `['constraints', 0]` -> `constraints[0]`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );

/** A YAML 1.2 text as plain values, with the line of every path in it. */
export type YamlText = Readonly<{
  /** undefined when the text cannot be read at all. */
  value: unknown;
  problems: readonly StrategyProblem[];
  /** Line of the key or list item at the path, or of the nearest parent that is there. */
  lineOf(path: Path): number;
}>;

/** More uses of anchors than this are refused: a few lines can stand for gigabytes. */
const maxAliases = 100;
/** One slip makes many errors of syntax; the first ones tell. */
const maxSyntaxProblems = 3;
const tooDeep = 'brackets or indents are nested too deeply';

export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const lineAt = (offset: number) => Math.max(lines.linePos(offset).line, 1);
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  } catch (thrown) {
    if (thrown instanceof RangeError) return failed(tooDeep);
    throw thrown;
  }
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.some(({ message }) => message.startsWith('Maximum call stack'))) return failed(tooDeep);
  if (syntax.length > 0) {
    const problems = syntax.slice(0, maxSyntaxProblems).map(({ code, message, pos }) => ({
      line: lineAt(pos[0]),
      path: '',
      ...(code === 'MULTIPLE_DOCS'
        ? { message: 'a second document begins', expected: 'one strategy a file' }
        : { message: `not YAML: ${message}`, expected: 'YAML 1.2' }),
    }));
    return { value: undefined, problems, lineOf: () => 1 };
  }
  const lineOf = (path: Path) => lineAt(offsetOf(document.contents, path));
  const duplicates = duplicateKeys(document.contents, []).map(({ path, offset }) => ({
    line: lineAt(offset),
    path: pathText(path),
    message: `duplicate key ${String(path.at(-1))}`,
    expected: 'each key once',
  }));
  try {
    return { value: document.toJS({ maxAliasCount: maxAliases }), problems: duplicates, lineOf };
  } catch (thrown) {
    if (thrown instanceof ReferenceError) return failed('anchors unfold to too much');
    if (thrown instanceof RangeError) return failed(tooDeep);
    throw thrown;
  }
}

const failed = (message: string): YamlText => ({
  value: undefined,
  problems: [{ line: 1, path: '', message, expected: 'YAML 1.2' }],
  lineOf: () => 1,
});

/** Offset of the key or item at the path; of the deepest parent that is there when it is not. */
function offsetOf(root: Node | null, path: Path): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => keyText(key) === String(part));
      if (pair === undefined) return offset;
      offset = rangeStart(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = rangeStart(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key);

const rangeStart = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0];

function duplicateKeys(node: unknown, path: Path): { path: Path; offset: number }[] {
  if (isSeq(node)) return node.items.flatMap((item, i) => duplicateKeys(item, [...path, i]));
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap(({ key, value }) => {
    const name = keyText(key);
    const here = [...path, name];
    const again = seen.has(name) ? [{ path: here, offset: rangeStart(key) ?? 0 }] : [];
    seen.add(name);
    return [...again, ...duplicateKeys(value, here)];
  });
}
