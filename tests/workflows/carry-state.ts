import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { PluginActivities } from '../../activities/plugins.ts';
import { computation } from '../../workflows/activity-options.ts';

const { runPlugin } = proxyActivities<PluginActivities>(computation(60));

export type Carry = Readonly<{ id: string; params: unknown; pieces: readonly object[]; at: number; state?: unknown }>;

/** Runs a stateful plugin on one piece of its input an execution; the next one goes on with the state. */
export async function carryState({ id, params, pieces, at, state }: Carry): Promise<unknown> {
  const output = await runPlugin(id, { ...pieces[at], ...(state !== undefined && { state }) }, params);
  if (at + 1 === pieces.length) return output;
  return continueAsNew<typeof carryState>({ id, params, pieces, at: at + 1, state: output['state'] });
}
