/** Entry of the threads that run plugins: one task at a time, pictures included. */
import { answering } from '../../adapters/threads/answer.ts';
import type { PluginTask } from '../../core/ports/plugin-compute.ts';
import { findPlugin } from '../../plugins/run-plugin.ts';
import { runPluginWithSvg } from '../../plugins/run-with-svg.ts';

export default answering(({ id, input, params }: PluginTask) =>
  // What comes from outside is checked by the plugin's own schemas.
  runPluginWithSvg(findPlugin(id).id, input as never, { params: params as never }),
);
