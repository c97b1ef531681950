import { join } from 'node:path';
import type { PluginPorts } from '../activities/plugins.ts';
import { createPluginCompute, type PluginLimits, pluginLimits } from '../adapters/plugins/compute.ts';
import { openBlobs } from '../adapters/store/blobs.ts';
import { createThreadPool } from '../adapters/threads/pool.ts';

/** Real threads and real blobs for the plugin activities, as the worker process has them. */
export const testPluginPorts = (folder: string, limits: PluginLimits = pluginLimits): PluginPorts => ({
  pluginCompute: createPluginCompute(
    (heapMb) => createThreadPool(new URL('../workers/threads/plugin.ts', import.meta.url), 1, heapMb),
    limits,
  ),
  blobs: openBlobs(join(folder, 'blobs')),
  effectPorts: {},
  fetchHalves: {},
});
