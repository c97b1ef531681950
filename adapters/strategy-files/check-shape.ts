import { z } from 'zod';
import { nearestName } from '../../core/nearest.ts';
import { type sizingForms, strategySchema } from './strategy-schema.ts';
import { type Path, pathText, type StrategyProblem, type YamlText } from './yaml-document.ts';

/** What has the right shape of a file's top keys; a key with a problem anywhere inside is left out. */
export type ShapedFile = Partial<z.infer<ReturnType<typeof strategySchema>>>;

/** Checks keys and types against the schema. */
export function checkShape({ value, lineOf }: YamlText): { file: ShapedFile; problems: StrategyProblem[] } {
  const schema = strategySchema(sizingForm(value));
  const result = schema.safeParse(value);
  if (result.success) return { file: result.data, problems: [] };
  const problems = withoutMisspelt(
    result.error.issues.flatMap((issue) => issueProblems(issue, { schema, value, lineOf })),
  );
  if (!isRecord(value)) return { file: {}, problems };
  const parts = Object.entries(schema.shape).flatMap(([key, section]) => {
    const sound = value[key] === undefined ? undefined : soundPart(section, value[key]);
    return sound === undefined ? [] : [[key, sound]];
  });
  return { file: Object.fromEntries(parts), problems };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function sizingForm(value: unknown): keyof typeof sizingForms | undefined {
  const sizing = isRecord(value) ? value['sizing'] : undefined;
  if (!isRecord(sizing)) return undefined;
  if ('plugin' in sizing) return 'plugin';
  if (!('method' in sizing)) return undefined;
  return sizing['method'] === 'volTarget' ? 'volTarget' : 'fraction';
}

/** The value where it has the right shape; of a map whose keys may be left out, the entries that have. */
function soundPart(schema: z.ZodType, value: unknown): unknown {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (!isRecord(value)) return undefined;
  const schemaOf = entrySchemas(inner);
  if (schemaOf === undefined) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([key, each]) => schemaOf(key)?.safeParse(each).success));
}

/** The schema of each entry of a map that has no entry it needs; undefined for anything else. */
function entrySchemas(schema: unknown): ((key: string) => z.ZodType | undefined) | undefined {
  if (schema instanceof z.ZodRecord) {
    const { valueType } = schema;
    return () => (valueType instanceof z.ZodType ? valueType : undefined);
  }
  if (!(schema instanceof z.ZodObject)) return undefined;
  const fields = new Map(Object.entries(schema.shape));
  const needed = [...fields.values()].some((field) => !(field instanceof z.ZodOptional));
  return needed ? undefined : (key) => fields.get(key) as z.ZodType | undefined;
}

/** A key that is missing because it was misspelt is one problem, not two. */
function withoutMisspelt(problems: readonly StrategyProblem[]): StrategyProblem[] {
  const meant = problems.flatMap(({ path, nearest }) =>
    nearest === undefined ? [] : [path.replace(/[^.]*$/, nearest)],
  );
  return problems.filter(({ path, message }) => message !== isMissing || !meant.includes(path));
}

const isMissing = 'is missing';

/** What people trip over: `{ enterLong: sma(close, 3) > 1 }` is cut at its comma. */
export const flowComma = 'inside { } or [ ] a comma ends an expression, so quote it or put it on a line of its own';

type Context = { schema: z.ZodType; value: unknown; lineOf: YamlText['lineOf'] };

function issueProblems(issue: z.core.$ZodIssue, { schema, value, lineOf }: Context): StrategyProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => {
      const nearest = nearestName(key, known);
      const where = [...path, key];
      return {
        line: lineOf(where),
        path: pathText(where),
        message: key.includes(')') ? `${key} is no key: ${flowComma}` : `unknown key ${key}`,
        expected: `one of ${known.join(' ')}`,
        ...(nearest === undefined ? {} : { nearest }),
      };
    });
  }
  const found = valueAt(value, path);
  const place = { line: lineOf(path), path: pathText(path), expected: issue.message };
  if (found === undefined) return [{ ...place, message: isMissing }];
  const key = String(path.at(-1));
  if (found === null && key.includes(')')) return [{ ...place, message: `${key} is no name: ${flowComma}` }];
  return [{ ...place, ...wrongValue(found, issue) }];
}

function wrongValue(found: unknown, issue: z.core.$ZodIssue): { message: string; found: string; nearest?: string } {
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const nearest = typeof found === 'string' ? nearestName(found, choices) : undefined;
  return { message: 'wrong value', found: shownValue(found), ...(nearest === undefined ? {} : { nearest }) };
}

/** A value in a message: short, as YAML would hold it. */
function shownValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? 'a list of 1' : `a list of ${value.length}`;
  if (isRecord(value)) return `a map of ${Object.keys(value).join(', ') || 'nothing'}`.slice(0, 80);
  const text = typeof value === 'string' ? value : String(value);
  if (text === '') return 'an empty text';
  if (value === null) return 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, part) => {
    if (Array.isArray(at)) return at[Number(part)];
    return isRecord(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  }, value);
}

/** The keys that the schema knows at a path. */
function keysAt(schema: unknown, path: Path): string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path);
  const [part, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    return part === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[String(part)], rest);
  }
  return schema instanceof z.ZodRecord ? keysAt(schema.valueType, rest) : [];
}
