import type { z } from 'zod';
import { DeskError } from '../core/errors.ts';
import { checked, headed } from './check-value.ts';
import type { EffectPlugin } from './define-plugin.ts';
import { atGivenNumber } from './extreme-number.ts';
import { refuseUnlessPlain } from './plain-json.ts';

type AnyEffect = EffectPlugin<z.ZodType, z.ZodType, z.ZodType, Readonly<Record<string, unknown>>>;

export type EffectCall = Readonly<{ input: unknown; params: unknown; ports: Readonly<Record<string, unknown>> }>;

/** The plugin as one that acts through ports, on the main thread; undefined where it computes. */
export const effectOf = (plugin: object): AnyEffect | undefined =>
  'act' in plugin ? (plugin as unknown as AnyEffect) : undefined;

/**
 * Checks input and params at the edge and lets an effect plugin act through the ports that it names; the output is
 * plain JSON.
 *
 * @throws DeskError BadInput with the field's path; NotFound where a port is not there
 */
export async function runEffect(plugin: AnyEffect, call: EffectCall): Promise<Readonly<Record<string, unknown>>> {
  const { id } = plugin;
  const ports = Object.fromEntries(plugin.ports.map((name) => [name, portOf(id, name, call.ports)]));
  const input = checked(id, 'input', plugin.input, call.input);
  const params = checked(id, 'params', plugin.params, call.params);
  try {
    const output = await plugin.act(input, params, ports);
    refuseUnlessPlain('output', output);
    return output as Readonly<Record<string, unknown>>;
  } catch (thrown) {
    throw headed(id, atGivenNumber(thrown, call));
  }
}

function portOf(id: string, name: string, ports: EffectCall['ports']): unknown {
  if (Object.hasOwn(ports, name)) return ports[name];
  throw new DeskError('NotFound', `${id} acts through a port that is not there`, { expected: name });
}
