import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, type Document, parseDocument } from 'yaml';
import { z } from 'zod';
import { DeskError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import { configFolder } from './paths.ts';

type Path = readonly PropertyKey[];

/**
 * Reads one settings file of the config folder through its schema. A file that is not there means the defaults; a
 * wrong one is BadInput that names file, line, path, what was expected and the nearest key.
 */
export function loadSettings<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  folder = configFolder(),
): z.output<Schema> {
  const file = join(folder, name);
  const text = readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    throw new DeskError('BadInput', syntax.message, { file, line: lines.linePos(syntax.pos[0]).line });
  }
  // A file of comments only has no value: all of its keys are left out.
  const value = plainValue(document, file);
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const problem = describe(issue, schema, value);
  throw new DeskError('BadInput', problem.message, {
    file,
    line: lines.linePos(offsetOf(document, problem.path)).line,
    path: pathText(problem.path),
    expected: problem.expected,
    ...(problem.found === undefined ? {} : { found: problem.found }),
    ...(problem.nearest === undefined ? {} : { nearest: problem.nearest }),
  });
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch (thrown) {
    // The only thing that a parsed document can be refused for.
    throw new DeskError('BadInput', 'an alias, which settings do not need', { file, cause: thrown });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return '';
    throw new DeskError('BadInput', 'the settings cannot be read', { file, found: String(thrown), cause: thrown });
  }
}

type Problem = Readonly<{ path: Path; message: string; expected: string; found?: string; nearest?: string }>;

function describe(issue: z.core.$ZodIssue | undefined, schema: z.ZodType, value: unknown): Problem {
  if (issue === undefined) return { path: [], message: 'not readable', expected: 'settings' };
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = knownKeys(schema, issue.path);
    const nearest = nearestName(key, known);
    return {
      path: [...issue.path, key],
      message: 'unknown key',
      expected: `one of ${known.join(', ')}`,
      ...(nearest === undefined ? {} : { nearest }),
    };
  }
  const found = issue.path.reduce<unknown>((at, part) => (isRecord(at) ? at[String(part)] : undefined), value);
  const expected = issue.code === 'invalid_type' ? withArticle(issue.expected) : issue.message;
  return { path: issue.path, message: 'wrong value', expected, found: JSON.stringify(found) ?? 'nothing' };
}

const withArticle = (noun: string) => `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Keys of the object schema at the path; schemas of settings are nested strict objects and records of them. */
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let at: unknown = schema;
  for (const part of path) at = partOf(at, String(part));
  const inner = unwrapped(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function partOf(schema: unknown, part: string): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodRecord) return inner.valueType;
  return inner instanceof z.ZodObject ? inner.shape[part] : undefined;
}

const unwrapped = (schema: unknown): unknown =>
  schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
    ? unwrapped(schema.unwrap())
    : schema;

/** Where the key at the path stands, or the nearest parent that is there. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return offset;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = (isScalar(node) ? node.range?.[0] : undefined) ?? offset;
    }
  }
  return offset;
}

const pathText = (path: Path): string => path.map(String).join('.');
