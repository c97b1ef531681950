import { z } from 'zod';
import { chartParams } from './charts/fields.ts';
import { renderChart } from './charts/render.ts';
import { type PluginId, type PluginInput, type PluginOutput, type PluginParams, runPlugin } from './run-plugin.ts';

type Options<Id extends PluginId> = Readonly<{ params?: PluginParams<Id>; strict?: boolean }>;

/** runPlugin, and where the plugin has a picture and `params.render` is not false, its `svg` in the output. */
export async function runPluginWithSvg<Id extends PluginId>(
  id: Id,
  input: PluginInput<Id>,
  options: Options<Id> = {},
): Promise<PluginOutput<Id>> {
  const output = runPlugin(id, input, options);
  const { theme, render } = picture.parse(options.params ?? {});
  if (!render || !('vegaLite' in output)) return output;
  const svg = await renderChart(output.vegaLite, { idPrefix: id, theme });
  return { ...output, svg };
}

const picture = z.object(chartParams);
