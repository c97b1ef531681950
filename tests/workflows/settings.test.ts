import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import { type ClosedRun, createRecordActivities } from '../../activities/run-records.ts';
import { loadParallelValidation } from '../../config/parallel-validation.ts';
import { needsServer } from '../temporal-server.ts';
import {
  type Script,
  scriptedCompute,
  scriptedVerdict,
  startTestDesk,
  strategyIds,
  type TestDesk,
} from '../test-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-settings-'));
let opened: TestDesk | undefined;

const settings = (text: string) => writeFileSync(join(folder, 'parallel-validation.yaml'), text);

beforeAll(() => void vi.stubEnv('NIGHTDESK_CONFIG', folder));

afterEach(async () => {
  await opened?.stop();
  opened = undefined;
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function open(count: number, script: Script) {
  const compute = scriptedCompute(strategyIds(count), script);
  opened = await startTestDesk(compute);
  return { desk: opened, compute };
}

const fails: Script = (job) => scriptedVerdict(job, 'FAIL');
const passes: Script = (job) => scriptedVerdict(job, 'PASS');

/** Each key of config/parallel-validation.yaml does what it says; read again for every run. */
describe('a setting', () => {
  needsServer();

  test('max_workers, worker_timeout_seconds and its multiplier, escalation: they are in the plan', async () => {
    settings(
      'max_workers: 3\nworker_timeout_seconds: 100\nl0_timeout_multiplier: 0.5\nauto_escalate_threshold: 0.9\nescalation_timeout_seconds: 7',
    );
    const { desk } = await open(5, passes);
    const planOf = async (input: object) => {
      const result = await (await desk.start({ dryRun: true, ...input })).result();
      if (!result.dryRun) throw new Error('that was no dry run');
      return result.plan;
    };
    expect(await planOf({})).toMatchObject({
      workers: 3,
      timeoutSeconds: 50,
      escalateThreshold: 0.9,
      escalationTimeoutSeconds: 7,
    });
    expect(await planOf({ workers: 9, timeoutSeconds: 4, escalationTimeoutSeconds: 0, queueSize: 2 })).toMatchObject({
      workers: 2, // no more than there are strategies
      timeoutSeconds: 4,
      escalationTimeoutSeconds: 0,
      strategies: [{ strategyId: 'STR-101' }, { strategyId: 'STR-102' }],
    });
  });

  test('a multiplier for each tier, polling_interval_seconds: they are in the plan of that tier', async () => {
    settings(
      [
        'worker_timeout_seconds: 100\npolling_interval_seconds: 9',
        ...[2, 3, 4, 5].map((by, place) => `l${place}_timeout_multiplier: ${by}`),
      ].join('\n'),
    );
    const { desk } = await open(1, passes);
    const plans = ['L0', 'L1', 'L2', 'L3'].map(async (tier) => {
      const result = await (await desk.start({ tier, dryRun: true })).result();
      return result.dryRun ? [result.plan.timeoutSeconds, result.plan.refreshSeconds] : [];
    });
    expect(await Promise.all(plans)).toEqual([2, 3, 4, 5].map((by) => [by * 100, 9]));
  });

  test('max_workers: never more in flight at once', async () => {
    settings('max_workers: 3');
    let flying = 0;
    const seen: number[] = [];
    const { desk } = await open(9, async (job) => {
      flying++;
      seen.push(flying);
      await new Promise(setImmediate);
      flying--;
      return scriptedVerdict(job, 'PASS');
    });
    expect((await desk.run()).summary.passed).toBe(9);
    expect(Math.max(...seen)).toBeLessThanOrEqual(3);
  });

  test('min_queue_depth_for_parallel, max_polling_attempts: a run that is asked for takes what there is', async () => {
    settings('min_queue_depth_for_parallel: 5\nmax_polling_attempts: 1');
    const { desk } = await open(1, passes);
    expect((await desk.run()).summary.passed).toBe(1);
  });

  test.each([
    [true, ['slowWorker']],
    [false, []],
  ])('alert_on_outliers: %s', async (alert, names) => {
    settings(`alert_on_outliers: ${alert}\nescalation_timeout_seconds: 0`);
    const { desk } = await open(4, passes);
    const { runId } = await desk.run();
    const store = {
      ...desk.store,
      verdicts: async () =>
        (await desk.store.verdicts(runId)).map((stored, place) => ({ ...stored, seconds: place === 0 ? 30 : 1 })),
    };
    const { closeRun } = createRecordActivities({ store, compute: { forget() {} }, codeVersion: '', nowMs: () => 1 });
    const closing = { runId, tier: 'L0', state: 'done', startedMs: 0, wallSeconds: 1, cancelled: [] } as const;
    const closed: ClosedRun[] = [];
    await new MockActivityEnvironment().run(async () => {
      closed.push(await closeRun({ ...closing, strategyIds: strategyIds(4) }));
    });
    expect(closed[0].alerts.map(({ name }) => name)).toEqual(names);
  });

  test('fail_fast: nothing further starts after the first failure', async () => {
    settings('fail_fast: true\nmax_workers: 1\nescalation_timeout_seconds: 0');
    const { desk, compute } = await open(4, (job) =>
      scriptedVerdict(job, job.strategyId === 'STR-102' ? 'FAIL' : 'PASS'),
    );
    const { summary } = await desk.run();
    expect(summary).toMatchObject({ passed: 1, failed: 1, skipped: 2 });
    expect(compute.calls).toEqual(['STR-101', 'STR-102']);
    expect((await desk.store.queue()).map(({ status }) => status)).toEqual([
      'L0_PASSED',
      'FIXABLE_FAILURE',
      'QUEUED',
      'QUEUED',
    ]);
  });

  test('auto_retry_fixable: false sends fixable failures out', async () => {
    settings('auto_retry_fixable: false\nescalation_timeout_seconds: 0');
    const { desk } = await open(1, fails);
    await desk.run();
    expect(await desk.store.queue()).toMatchObject([{ status: 'L0_FAILED' }]);
  });

  test('auto_escalate_threshold: 1 never asks', async () => {
    settings('auto_escalate_threshold: 1');
    const { desk } = await open(2, fails);
    expect((await desk.run()).escalation).toBeUndefined();
  });

  test('track_worker_performance: false keeps no metrics', async () => {
    settings('escalation_timeout_seconds: 0');
    const kept = await open(1, passes);
    expect(await kept.desk.store.run((await kept.desk.run()).runId)).toHaveProperty('metrics');
    await kept.desk.stop();
    settings('track_worker_performance: false\nescalation_timeout_seconds: 0');
    const { desk } = await open(1, passes);
    const { runId } = await desk.run();
    expect(await desk.store.run(runId)).not.toHaveProperty('metrics');
  });

  test('a broken file fails the run with its place, before anything is started', async () => {
    settings('max_workers: 4\nfail_fsat: true');
    const { desk, compute } = await open(1, passes);
    await expect(desk.run()).rejects.toMatchObject({
      cause: {
        type: 'BadInput',
        message: expect.stringContaining('parallel-validation.yaml:2 fail_fsat: unknown key'),
      },
    });
    expect(compute.calls).toEqual([]);
  });

  test('--queued takes what waits, and nothing twice', async () => {
    settings('');
    const { desk, compute } = await open(3, passes);
    await desk.run({ strategies: ['STR-102'] });
    const { summary } = await desk.run({ queued: true });
    expect(summary.passed).toBe(2);
    expect(compute.calls[0]).toBe('STR-102');
    expect(compute.calls.toSorted()).toEqual(strategyIds(3));
    expect((await desk.run({ queued: true })).summary.passed).toBe(0);
  });
});

/** Every key is named by a test that shows what it does: here, of the worker process (tests/workers), or of L3 (tests/adapters). */
test('every key has its test', () => {
  const tests = ['settings.test.ts', '../workers/worker-settings.test.ts', '../adapters/validation/deployed.test.ts']
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('\n');
  const { resource_limits: limits, ...rest } = loadParallelValidation();
  const keys = [...Object.keys(rest), ...Object.keys(limits), 'cpu_percent_per_worker'];
  const named = keys.filter((key) => tests.includes(key) || /^l\d_timeout_multiplier$/.test(key));
  expect(named).toEqual(keys);
});
