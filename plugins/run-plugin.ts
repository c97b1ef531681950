import type { z } from 'zod';
import { DeskError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import { checked, headed, pathText } from './check-value.ts';
import { atGivenNumber } from './extreme-number.ts';
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
  const given = checked(id, 'input', plugin.input, input);
  const params = checked(id, 'params', plugin.params, options.params ?? {});
  if (options.strict === true) deepFreeze([given, params]);
  const output = computed(id, given, params, { input, params: options.params });
  if (options.strict === true) checkOutput(id, output);
  return output as PluginOutput<Id>;
}

function computed(
  id: PluginId,
  input: unknown,
  params: unknown,
  asGiven: Parameters<typeof atGivenNumber>[1],
): unknown {
  const { compute } = plugins[id] as { compute?: (input: unknown, params: unknown) => unknown };
  if (compute === undefined) {
    throw new DeskError('BadInput', `${id} acts through ports and computes nothing`, { path: id });
  }
  try {
    const output = compute(input, params);
    refuseUnlessPlain('output', output);
    return output;
  } catch (thrown) {
    throw headed(id, atGivenNumber(thrown, asGiven));
  }
}

/** Refuses an output that its schema does not allow: a defect of the plugin, never of the input. */
export function checkOutput(id: PluginId, output: unknown): void {
  const result: z.ZodSafeParseResult<unknown> = plugins[id].output.safeParse(output);
  if (result.success) return;
  const [issue] = result.error.issues;
  throw new DeskError('Internal', `${id}: ${issue.message}`, { path: pathText('output', issue) });
}
