import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { JobProgress } from '../../../core/ports/validation-compute.ts';
import type { RunProgress } from '../../../core/validation/run-board.ts';

/** How far the strategies that run are, by strategy id: `monteCarloBars 312/1000`. */
export type LoopTexts = ReadonlyMap<string, string>;

/** Strategies that are asked about, and how long one must have run to be worth it. */
const asked = 4;
const afterMs = 2_000;

/** Reads the heartbeats of what has run for a while; what cannot be read is left out. */
export async function loopsUnderWay(client: Client, { runId, running }: RunProgress): Promise<LoopTexts> {
  const now = Date.now();
  const long = running.filter(({ startedMs }) => now - startedMs > afterMs).slice(0, asked);
  const texts = await Promise.all(
    long.map(async ({ strategyId }) => [strategyId, await loopOf(client, runId, strategyId)] as const),
  );
  return new Map(texts.flatMap(([id, text]) => (text === undefined ? [] : [[id, text]])));
}

async function loopOf(client: Client, runId: string, strategyId: string): Promise<string | undefined> {
  try {
    const { raw } = await client.workflow.getHandle(`strategy-validation:${runId}:${strategyId}`).describe();
    const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
    if (payload == null) return undefined;
    const { loop } = defaultPayloadConverter.fromPayload<JobProgress>(payload);
    return loop && `${loop.name} ${loop.done}/${loop.count}`;
  } catch {
    return undefined; // it has just ended, or the server is away
  }
}
