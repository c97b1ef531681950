import type { z } from 'zod';
import { DeskError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import * as registry from './index.ts';
import { deepFreeze, refuseUnlessPlain } from './plain-json.ts';

/** Every plugin by its id. */
export const plugins = { ...registry };

export type PluginId = keyof typeof plugins;
type Definition<Id extends PluginId> = (typeof plugins)[Id];

export type PluginInput<Id extends PluginId> = z.input<Definition<Id>['input']>;
export type PluginParams<Id extends PluginId> = z.input<Definition<Id>['params']>;
export type PluginOutput<Id extends PluginId> = z.output<Definition<Id>['output']>;

/** In alphabetical order, so by category. */
export const pluginIds = Object.keys(plugins).toSorted() as readonly PluginId[];

export const isPluginId = (id: string): id is PluginId => Object.hasOwn(plugins, id);

/** The plugin of that id, or a refusal with the nearest one. */
export function findPlugin(id: string): Readonly<{ id: PluginId; plugin: Definition<PluginId> }> {
  if (isPluginId(id)) return { id, plugin: plugins[id] };
  const nearest = nearestName(id, pluginIds);
  const place = { path: id, expected: 'an id of `nightdesk plugins list`', ...(nearest !== undefined && { nearest }) };
  throw new DeskError('NotFound', 'no such plugin', place);
}

/**
 * Checks input and params at the edge, computes, and returns the output, which is always plain JSON of finite numbers.
 * `strict` also holds the plugin to its word: the output against its schema, the input frozen.
 * Pure, stateful and source plugins only: effects run through ports.
 *
 * @throws DeskError BadInput with the field's path (`input.series[3]`), the message headed by the plugin's id
 */
export function runPlugin<Id extends PluginId>(
  id: Id,
  input: PluginInput<Id>,
  options: Readonly<{ params?: PluginParams<Id>; strict?: boolean }> = {},
): PluginOutput<Id> {
  const plugin = plugins[id];
  const checked = parse(id, 'input', plugin.input, input);
  const params = parse(id, 'params', plugin.params, options.params ?? {});
  if (options.strict === true) deepFreeze([checked, params]);
  const output = headed(id, () => {
    const computed = (plugin.compute as (input: unknown, params: unknown) => unknown)(checked, params);
    refuseUnlessPlain('output', computed);
    return computed;
  });
  if (options.strict === true) checkOutput(id, output);
  return output as PluginOutput<Id>;
}

/** Refuses an output that its schema does not allow: a defect of the plugin, never of the input. */
export function checkOutput(id: PluginId, output: unknown): void {
  const result: z.ZodSafeParseResult<unknown> = plugins[id].output.safeParse(output);
  if (result.success) return;
  const [issue] = result.error.issues;
  throw new DeskError('Internal', `${id}: ${issue.message}`, { path: pathText('output', issue) });
}

function parse(id: string, root: string, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = pathText(root, issue);
  throw new DeskError('BadInput', `${id}: ${issue.message}`, { path, found: foundText(value, issue.path) });
}

/** Puts the plugin's id in front of what its own checks refuse. */
function headed<T>(id: string, compute: () => T): T {
  try {
    return compute();
  } catch (thrown) {
    if (!(thrown instanceof DeskError)) throw thrown;
    throw new DeskError(thrown.code, `${id}: ${thrown.message}`, { ...thrown.place, cause: thrown });
  }
}

function pathText(root: string, issue: z.core.$ZodIssue): string {
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  return keys.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    root,
  );
}

const longestFound = 80;

function foundText(value: unknown, path: readonly PropertyKey[]): string {
  const found = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
  if (Array.isArray(found)) return `${found.length} values`;
  const text = typeof found === 'number' || found === undefined ? String(found) : JSON.stringify(found);
  return text.length <= longestFound ? text : `${text.slice(0, longestFound - 1)}…`;
}
