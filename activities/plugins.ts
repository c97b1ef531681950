import { DeskError } from '../core/errors.ts';
import { nearestName } from '../core/nearest.ts';
import type { Blobs } from '../core/ports/blobs.ts';
import type { PluginCompute } from '../core/ports/plugin-compute.ts';
import { effectOf, runEffect } from '../plugins/run-effect.ts';
import { findPlugin } from '../plugins/run-plugin.ts';
import { refuseUnlessCarriable, withLoadedState, withStoredState } from './plugin-state.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/** Gets a source plugin's normalised payload from outside. */
export type FetchHalf = (query: unknown, signal: AbortSignal) => Promise<unknown>;

export type PluginPorts = Readonly<{
  pluginCompute: PluginCompute;
  blobs: Blobs;
  /** What effect plugins act through, by the names that they state. */
  effectPorts: Readonly<Record<string, unknown>>;
  /** Fetch halves of source plugins, by plugin id. */
  fetchHalves: Readonly<Record<string, FetchHalf>>;
}>;

type Output = Readonly<Record<string, unknown>>;

/** Plugins for workflows. Inputs and results are plain JSON; what they refuse fails with their code and is not retried. */
export const createPluginActivities = (ports: PluginPorts) => ({
  /**
   * Runs a plugin: pure, stateful and source ones in a thread within limits, effects here through their ports. The
   * workflow carries `output.state` into the next call's `input.state` as it is: up to 64 KiB it is the state itself,
   * beyond that a reference by content hash. An effect may run twice when its worker dies: what it does has to bear it.
   */
  runPlugin: (id: string, input: unknown, params: unknown = {}): Promise<Output> =>
    withHeartbeat(async (signal) => {
      const effect = effectOf(findPlugin(id).plugin);
      const loaded = await withLoadedState(input, ports.blobs);
      const computed =
        effect !== undefined
          ? await runEffect(effect, { input: loaded, params, ports: ports.effectPorts })
          : await ports.pluginCompute.run({ id, input: loaded, params }, signal);
      const output = await withStoredState(computed, ports.blobs);
      refuseUnlessCarriable(id, output);
      return output;
    }),

  /** The fetch half of a source plugin: asks its provider and returns the payload that `runPlugin` takes as input. */
  fetchPlugin: (id: string, query: unknown): Promise<unknown> =>
    withHeartbeat(async (signal) => {
      const payload = await fetchHalfOf(id, ports.fetchHalves)(query, signal);
      refuseUnlessCarriable(id, payload);
      return payload;
    }),
});

export type PluginActivities = ReturnType<typeof createPluginActivities>;

function fetchHalfOf(id: string, halves: PluginPorts['fetchHalves']): FetchHalf {
  const half = halves[id];
  if (half !== undefined && Object.hasOwn(halves, id)) return half;
  const nearest = nearestName(id, Object.keys(halves));
  throw new DeskError('NotFound', `${id} fetches nothing`, {
    expected: 'a source plugin',
    ...(nearest !== undefined && { nearest }),
  });
}
