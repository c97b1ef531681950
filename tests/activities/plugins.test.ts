import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, describe, expect, test } from 'vitest';
import { createPluginActivities, type PluginPorts } from '../../activities/plugins.ts';
import { pluginLimits } from '../../adapters/plugins/compute.ts';
import { plugins, runPlugin } from '../../plugins/run-plugin.ts';
import { testPluginPorts } from '../plugin-ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-plugin-activity-'));
const opened: PluginPorts[] = [];

function open(limits = {}): PluginPorts {
  const ports = testPluginPorts(folder, { ...pluginLimits, ...limits });
  opened.push(ports);
  return ports;
}

afterAll(async () => {
  for (const { pluginCompute } of opened) await pluginCompute.close();
  rmSync(folder, { recursive: true, force: true });
});

const shared = open();
const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
const run = (ports: PluginPorts, ...args: [id: string, input: unknown, params?: unknown]) =>
  environment().run(createPluginActivities(ports).runPlugin, ...args);

const failure = (type: string, message: RegExp) =>
  expect.objectContaining({ type, message: expect.stringMatching(message) });

const stateAt = (blobSha256: string) => ({ series: [1], state: { blobSha256, bytes: 9 } });

describe('the activity runPlugin', () => {
  test('gives what the plugin gives', async () => {
    const { input, params } = plugins.risk_time_decay_size.example;
    const expected = runPlugin('risk_time_decay_size', input, { params });
    expect(await run(shared, 'risk_time_decay_size', input, params)).toEqual(expected);
  });

  test('draws the picture in the thread, unless render is false', async () => {
    const { input, params } = plugins.diag_sharpe_ci.example;
    expect(await run(shared, 'diag_sharpe_ci', input, params)).toMatchObject({ svg: expect.stringMatching(/^<svg/) });
    expect(await run(shared, 'diag_sharpe_ci', input, { ...params, render: false })).not.toHaveProperty('svg');
  });

  test.each([
    ['an unknown plugin', ['fe_kalmann', {}], failure('NotFound', /did you mean fe_kalman/)],
    ['a bad field', ['fe_kalman', { series: [1, 'x'] }], failure('BadInput', /^input\.series\[1\]: fe_kalman: /)],
    ['no object', ['fe_kalman', null], failure('BadInput', /^input: fe_kalman: /)],
    ['a state that is gone', ['fe_kalman', stateAt('ab'.repeat(32))], failure('NotFound', /kept/)],
    ['a hash that is a path', ['fe_kalman', stateAt('../x')], failure('NotFound', /kept/)],
  ] as const)('refuses %s for good, by the code that retry policies know', async (_, [id, input], refused) => {
    await expect(run(shared, id, input, {})).rejects.toThrow(refused);
  });

  test('a run over its time is stopped and not tried again; the next one finds a thread', async () => {
    const ports = open({ timeLimitMs: 1 });
    const { input, params } = plugins.diag_cpcv_overfit.example;
    await expect(run(ports, 'diag_cpcv_overfit', input, params)).rejects.toThrow(
      failure('ResourceExhausted', /over its limit of time/),
    );
    await expect(run(ports, 'diag_cpcv_overfit', input, params)).rejects.toMatchObject({ nonRetryable: true });
  });

  test('a run over its heap memory is stopped and not tried again', async () => {
    const ports = open({ heapMb: 64 });
    const wide = Array.from({ length: 6_000 }, (_, t) =>
      Array.from({ length: 4 }, (_unused, j) => Math.sin(t * (j + 1))),
    );
    // 3,432 splits that list three thousand rows each: 80 MB.
    const params = { nGroups: 14, nTestGroups: 7, render: false };
    await expect(run(ports, 'diag_cpcv_overfit', { returns: wide }, params)).rejects.toThrow(
      failure('ResourceExhausted', /over its limit of heap memory.*at most 64 MB of heap/),
    );
  });

  test('a result that no history can hold is refused, with its size', async () => {
    const long = Array.from({ length: 100_000 }, (_, t) => 100 + Math.sin(t));
    const params = { model: 'localLevel', noise: { mode: 'fixed', epsilonVar: 1, levelVar: 1 } };
    await expect(run(shared, 'fe_kalman', { series: long }, params)).rejects.toThrow(
      failure('ResourceExhausted', /too large for a workflow.*found \d{7,} bytes/),
    );
  });

  test('ends at once when it is cancelled', async () => {
    const mock = environment();
    const { input, params } = plugins.diag_sharpe_ci.example;
    const running = mock.run(createPluginActivities(shared).runPlugin, 'diag_sharpe_ci', input, {
      ...params,
      bootstrap: { replications: 100_000, seed: 1 },
    });
    mock.cancel('CANCELLED');
    await expect(running).rejects.toThrow('CANCELLED');
  });
});

describe('the activity fetchPlugin', () => {
  const fetching = (half: (query: unknown) => Promise<unknown>) =>
    createPluginActivities({ ...shared, fetchHalves: { alpha_test_source: half } }).fetchPlugin;

  test('hands the query over and the payload back', async () => {
    const payload = await environment().run(
      fetching(async (query) => ({ query })),
      'alpha_test_source',
      { from: 1 },
    );
    expect(payload).toEqual({ query: { from: 1 } });
  });

  test('names the nearest source where there is none', async () => {
    const running = environment().run(
      fetching(async () => ({})),
      'alpha_test_sourc',
      {},
    );
    await expect(running).rejects.toThrow(failure('NotFound', /did you mean alpha_test_source/));
  });
});
