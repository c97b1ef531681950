import { DeskError } from '../../../core/errors.ts';
import {
  type PluginId,
  type PluginInput,
  type PluginOutput,
  type PluginParams,
  runPlugin,
} from '../../../plugins/run-plugin.ts';

/** What a diag plugin finds; undefined where it refuses what there is: too few days, or returns that stand still. */
export function diagnose<Id extends PluginId & `diag_${string}`>(
  id: Id,
  input: PluginInput<Id>,
  params: PluginParams<Id>,
): PluginOutput<Id> | undefined {
  try {
    return runPlugin(id, input, { params });
  } catch (thrown) {
    if (thrown instanceof DeskError && thrown.code === 'BadInput') return undefined;
    throw thrown;
  }
}

/** From one number to another, as the tables show an interval. */
export const between = ([low, high]: readonly [number, number], show: (value: number) => string): string =>
  `${show(low)} to ${show(high)}`;
