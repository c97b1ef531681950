import type { z } from 'zod';
import { DeskError } from '../core/errors.ts';

/** The value as the schema gives it, or a refusal by the path of the first field that is wrong. */
export function checked(id: string, root: 'input' | 'params', schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = pathText(root, issue);
  throw new DeskError('BadInput', `${id}: ${issue.message}`, { path, found: foundText(issue.input) });
}

/** What a plugin's own checks refuse, with the plugin's id in front. */
export function headed(id: string, thrown: unknown): unknown {
  if (!(thrown instanceof DeskError)) return thrown;
  return new DeskError(thrown.code, `${id}: ${thrown.message}`, { ...thrown.place, cause: thrown });
}

/** `input.series[3]`, `params.window`: where an issue lies. */
export function pathText(root: string, issue: z.core.$ZodIssue): string {
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  return keys.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    root,
  );
}

const longestFound = 80;

function foundText(found: unknown): string {
  if (Array.isArray(found)) return `${found.length} values`;
  const text = typeof found === 'number' || found === undefined ? String(found) : JSON.stringify(found);
  return text.length <= longestFound ? text : `${text.slice(0, longestFound - 1)}…`;
}
