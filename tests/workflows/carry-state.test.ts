import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPluginActivities, type PluginPorts } from '../../activities/plugins.ts';
import { pluginIds, plugins, type PluginId, runPlugin } from '../../plugins/run-plugin.ts';
import { carried } from '../plugins/carried.ts';
import { expectSubset } from '../plugins/catalogue-cases.ts';
import { testPluginPorts } from '../plugin-ports.ts';
import { noServerReason, temporalServer } from '../temporal-server.ts';
import type { Carry, carryState } from './carry-state.ts';

type Cut = Readonly<{
  fields: readonly string[];
  /** A list whose entries go with the piece in whose bars their time falls. */
  follows?: string;
  params?: object;
  /** Shares of the input at which it is cut; 0.6 and 0.8 without. */
  at?: readonly number[];
  asBatch?: false;
}>;

/**
 * How each stateful plugin's example is cut into pieces, with the params under which its entry promises that the pieces
 * give the batch's result. `asBatch: false`: it promises no such thing (the reason beside it), so the workflow has to
 * give what the same calls give one after the other.
 */
const cuts: Readonly<Record<string, Cut>> = {
  alpha_coint_pairs: { fields: [], asBatch: false }, // every call fits anew; the state is the position
  alpha_micro_imbalance: { fields: ['books'] },
  alpha_vpin: { fields: ['bars'] },
  risk_drawdown_derisk: { fields: ['equity'] },
  risk_vol_target: { fields: ['returns'] },
  fe_kalman: { fields: ['series'], params: { smooth: false } },
  fe_garch: { fields: ['returns'], asBatch: false }, // the variance starts from the returns of the first call
  fe_fracdiff: { fields: ['series'], params: { threshold: 0.1 } },
  fe_dollar_bars: { fields: ['trades'] },
  fe_vol_weighted_sent: { fields: ['bars'], follows: 'items' },
  fe_mini_pca: { fields: ['rows'], params: { nComponents: 3 }, at: [0.8] },
};

const stateful = pluginIds.filter((id) => plugins[id].kind === 'stateful');

type Json = Record<string, unknown>;

function casesOf(id: PluginId): { input: Json; params: Json; pieces: Json[] } {
  const { fields, follows, params: changed, at = [0.6, 0.8] } = cuts[id] ?? { fields: [] };
  const { input, params } = plugins[id].example as unknown as { input: Json; params: Json };
  const length = fields.length === 0 ? 2 : (input[fields[0] ?? ''] as unknown[]).length;
  const edges = [0, ...at.map((share) => Math.ceil(length * share)), length];
  const part = (field: string, piece: number) => (input[field] as unknown[]).slice(edges[piece], edges[piece + 1]);
  const pieces = edges.slice(1).map((_, piece) => ({
    ...input,
    ...Object.fromEntries(fields.map((field) => [field, part(field, piece)])),
    ...(follows !== undefined && {
      [follows]: timedIn(input[follows], [part('bars', piece - 1), part('bars', piece)]),
    }),
  }));
  return { input, params: { ...params, ...changed }, pieces };
}

type Timed = Readonly<{ time: number }>;

/** Entries after the last bar of the piece before, up to the last of this one. */
function timedIn(entries: unknown, [before, own]: readonly [unknown[], unknown[]]): Timed[] {
  const lastOf = (bars: unknown[]) => (bars.at(-1) as Timed | undefined)?.time ?? 0;
  return (entries as Timed[]).filter(({ time }) => time > lastOf(before) && time <= lastOf(own));
}

let ports: PluginPorts;
let carry: (input: Omit<Carry, 'at'>) => Promise<Json>;
const closing: (() => unknown)[] = [];

describe.skipIf(noServerReason)('a workflow that continues as new with a plugin’s state', () => {
  beforeAll(async () => {
    const { address } = await temporalServer();
    const folder = mkdtempSync(join(tmpdir(), 'nightdesk-carry-'));
    ports = testPluginPorts(folder);
    const [native, connection] = await Promise.all([
      NativeConnection.connect({ address }),
      Connection.connect({ address }),
    ]);
    const taskQueue = `carry-${randomUUID().slice(0, 8)}`;
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('carry-state.ts', import.meta.url)),
      activities: createPluginActivities(ports),
    });
    const running = worker.run();
    const client = new Client({ connection });
    carry = (input) =>
      client.workflow.execute<typeof carryState>('carryState', {
        taskQueue,
        workflowId: `carry-${input.id}-${randomUUID().slice(0, 8)}`,
        args: [{ ...input, at: 0 }],
      }) as Promise<Json>;
    closing.push(async () => {
      worker.shutdown();
      await running;
      await connection.close();
      await native.close();
      await ports.pluginCompute.close();
      rmSync(folder, { recursive: true, force: true });
    });
  });

  afterAll(async () => {
    for (const close of closing) await close();
  });

  test('every stateful plugin is in the table', () => {
    expect(Object.keys(cuts).toSorted()).toEqual(stateful.toSorted());
  });

  // The server lets a workflow continue as new once a second, so they wait side by side.
  test.concurrent.each(stateful)('%s', async (id) => {
    const { input, params, pieces } = casesOf(id);
    const last = await carry({ id, params, pieces });
    const run = (given: object) =>
      runPlugin(id, given as never, { params: params as never }) as unknown as { state: Json };
    const expected = cuts[id]?.asBatch === false ? carried(run, pieces).at(-1) : run(input);
    expectSubset(last['state'], expected?.state, 1e-9);
  });

  test('a state over 64 KiB travels by its hash and gives the same', async () => {
    const prices = Array.from({ length: 12_000 }, (_, t) => 100 + Math.sin(t / 9) + t / 1e4);
    const params = { d: 0.4, threshold: 2e-6, maxWidth: 11_000, transform: 'none' };
    const pieces = [{ series: prices.slice(0, 11_500) }, { series: prices.slice(11_500) }];
    const last = await carry({ id: 'fe_fracdiff', params, pieces });
    const { blobSha256, bytes } = last['state'] as { blobSha256: string; bytes: number };
    expect(bytes).toBeGreaterThan(64 * 1024);
    const batch = runPlugin('fe_fracdiff', { series: prices }, { params: params as never });
    expectSubset(JSON.parse(await ports.blobs.get(blobSha256)), batch.state, 1e-9);
    expectSubset((last['values'] as number[]).at(-1), batch.values?.at(-1), 1e-9);
  });
});
