import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import type { PluginParams } from '../../core/strategy/strategy-plugins.ts';
import { checked, headed } from '../check-value.ts';

type Checking<Params extends z.ZodType> = Readonly<{ id: string; params: Params }>;

/**
 * Checks settings against a plugin's own schema and hands them on; what is refused is headed by the plugin's id and
 * names the nearest setting where one is unknown.
 */
export function withParams<Params extends z.ZodType, Result>(
  { id, params: schema }: Checking<Params>,
  given: PluginParams,
  bind: (params: z.output<Params>) => Result,
): Result {
  const params = paramsOf({ id, params: schema }, given);
  try {
    return bind(params);
  } catch (thrown) {
    throw headed(id, thrown);
  }
}

function paramsOf<Params extends z.ZodType>({ id, params: schema }: Checking<Params>, given: PluginParams) {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, known);
    throw new DeskError('BadInput', `${id}: unknown setting ${unknown}`, {
      path: `params.${unknown}`,
      expected: `one of ${known.join(' ')}`,
      ...(nearest !== undefined && { nearest }),
    });
  }
  return checked(id, 'params', schema, given) as z.output<Params>;
}
