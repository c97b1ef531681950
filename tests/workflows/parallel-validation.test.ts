import { WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { afterEach, describe, expect, test } from 'vitest';
import {
  answerEscalationUpdate,
  cancelStrategyUpdate,
  planQuery,
  progressQuery,
  setWorkersUpdate,
} from '../../workflows/run-messages.ts';
import { needsServer } from '../temporal-server.ts';
import {
  hangs,
  scriptedCompute,
  scriptedVerdict,
  type Script,
  startTestDesk,
  strategyIds,
  type TestDesk,
} from '../test-desk.ts';

let opened: TestDesk | undefined;

afterEach(async () => {
  await opened?.stop();
  opened = undefined;
});

async function open(count: number, script: Script, options = {}) {
  const compute = scriptedCompute(strategyIds(count), script);
  opened = await startTestDesk(compute, options);
  return { desk: opened, compute };
}

const passes: Script = (job) => scriptedVerdict(job, 'PASS');

/** The failure's own words, and its type, as a person reads them in the Web UI. */
async function failureOf(handle: WorkflowHandle): Promise<{ type: unknown; message: string }> {
  const thrown = await handle.result().catch((error: unknown) => error);
  const cause = thrown instanceof WorkflowFailedError ? thrown.cause : thrown;
  if (!(cause instanceof Error)) throw new Error('the workflow did not fail');
  return { type: 'type' in cause ? cause.type : cause.name, message: cause.message };
}

describe('parallelValidation', () => {
  needsServer();

  test('validates every strategy once and merges the verdicts', async () => {
    const { desk, compute } = await open(7, (job) =>
      scriptedVerdict(job, job.strategyId === 'STR-103' ? 'FAIL' : 'PASS'),
    );
    const result = await desk.run();
    expect(result.summary).toMatchObject({ passed: 6, failed: 1, timedOut: 0, errors: 0, fixable: 1 });
    expect(compute.calls.toSorted()).toEqual(strategyIds(7));
    expect(result.results.map(({ strategyId }) => strategyId).toSorted()).toEqual(strategyIds(7));
    expect(result.escalation).toBeUndefined();
    const queue = await desk.store.queue();
    expect(queue.map(({ status }) => status)).toEqual([
      'L0_PASSED',
      'L0_PASSED',
      'FIXABLE_FAILURE',
      'L0_PASSED',
      'L0_PASSED',
      'L0_PASSED',
      'L0_PASSED',
    ]);
    const run = await desk.store.run(result.runId);
    expect(run).toMatchObject({ state: 'done', strategies: 7, metrics: { workersSpawned: 7, workersCompleted: 7 } });
  });

  test.each([
    ['nothing at all', undefined],
    ['an empty object', {}],
    ['null', null],
  ])('takes %s as input', async (_, input) => {
    const { desk } = await open(2, passes);
    expect((await desk.run(input)).summary.passed).toBe(2);
  });

  test.each([
    ['a text', 'L0', 'input: wrong input, expected a JSON object, found "L0"'],
    ['a list', [1], 'input: wrong input, expected a JSON object, found [1]'],
    ['an unknown key', { teir: 'L0' }, 'teir: unknown key'],
    ['no tier', { tier: 'L9' }, 'tier: wrong input, expected one of L0, L1, L2, L3, found "L9"'],
    ['workers as text', { workers: '4' }, 'workers: wrong input, expected a whole number from 1 to 200, found "4"'],
    ['no workers', { workers: 0 }, 'workers: wrong input'],
    ['a strategy that is no text', { strategies: [7] }, 'strategies[0]: wrong input, expected a text, found 7'],
    ['an unknown key of the data', { data: { barz: 3 } }, 'data.barz: unknown key'],
  ])('ends at once with BadInput for %s', async (_, input, message) => {
    const { desk, compute } = await open(1, passes);
    const failure = await failureOf(await desk.start(input));
    expect(failure.type).toBe('BadInput');
    expect(failure.message).toContain(message);
    expect(compute.calls).toEqual([]);
  });

  test('a dry run makes the plan and leaves nothing behind', async () => {
    const { desk, compute } = await open(3, passes);
    const result = await (await desk.start({ dryRun: true, workers: 2 })).result();
    expect(result).toMatchObject({ dryRun: true, plan: { workers: 2, tier: 'L0', waiting: 3 } });
    expect(compute.calls).toEqual([]);
    expect(await desk.store.queue()).toEqual([]);
    expect(await desk.store.runs(10)).toEqual([]);
  });

  test('keeps no more in flight than it is told, and more when it is told so', async () => {
    const started: string[] = [];
    const gates = new Map<string, () => void>();
    const { desk } = await open(
      6,
      async (job) => {
        started.push(job.strategyId);
        await new Promise<void>((resolve) => gates.set(job.strategyId, resolve));
        return scriptedVerdict(job, 'PASS');
      },
      { threads: 10 },
    );
    const handle = await desk.start({ workers: 2 });
    await expect.poll(() => started.length).toBe(2);
    expect(await handle.executeUpdate(setWorkersUpdate, { args: [{ workers: 5 }] })).toBe(5);
    await expect.poll(() => started.length).toBe(5);
    expect(await handle.query(planQuery)).toMatchObject({ tier: 'L0', workers: 2, strategies: { length: 6 } });
    expect(await handle.query(progressQuery)).toMatchObject({ total: 6, done: 0, workers: 5, phase: 'validating' });
    gates.get('STR-101')?.();
    await expect.poll(() => started.length).toBe(6);
    for (const id of strategyIds(6))
      await expect
        .poll(() => {
          gates.get(id)?.();
          return gates.has(id);
        })
        .toBe(true);
    expect((await handle.result()).dryRun).toBe(false);
  });

  test('a strategy that runs out of time once passes on a fresh try', async () => {
    const { desk } = await open(2, (job, attempt, signal) =>
      job.strategyId === 'STR-101' && attempt === 1 ? hangs(signal) : scriptedVerdict(job, 'PASS'),
    );
    const result = await desk.run({ timeoutSeconds: 1 });
    expect(result.summary).toMatchObject({ passed: 2, timedOut: 0 });
    expect(result.results.find(({ strategyId }) => strategyId === 'STR-101')).toMatchObject({ timeouts: 1 });
  });

  test('a strategy that runs out of time twice is TIMEOUT; the others go on', async () => {
    const { desk, compute } = await open(3, (job, _, signal) =>
      job.strategyId === 'STR-102' ? hangs(signal) : scriptedVerdict(job, 'PASS'),
    );
    const result = await desk.run({ timeoutSeconds: 1 });
    expect(result.summary).toMatchObject({ passed: 2, timedOut: 1, failed: 0 });
    expect(compute.calls.filter((id) => id === 'STR-102')).toHaveLength(2);
    expect(await desk.store.latestVerdict('STR-102')).toMatchObject({ verdict: { status: 'TIMEOUT' }, timeouts: 2 });
    expect((await desk.store.queue())[1]).toMatchObject({ status: 'L0_FAILED', reason: 'timeout' });
    expect(await desk.store.trials('STR-102')).toBe(0);
  });

  test('a thread that dies is replaced three times, then the strategy is ERROR', async () => {
    const { DeskError } = await import('../../core/errors.ts');
    const { desk, compute } = await open(3, (job, attempt) => {
      if (job.strategyId === 'STR-101' && attempt <= 3) throw new DeskError('WorkerCrashed', 'out of memory');
      if (job.strategyId === 'STR-102') throw new DeskError('WorkerCrashed', 'out of memory');
      return scriptedVerdict(job, 'PASS');
    });
    const result = await desk.run();
    expect(result.summary).toMatchObject({ passed: 2, errors: 1 });
    expect(compute.calls.filter((id) => id === 'STR-102')).toHaveLength(4);
    expect(await desk.store.latestVerdict('STR-102')).toMatchObject({
      verdict: { status: 'ERROR', failures: [{ errorType: 'unknown', message: 'out of memory' }] },
    });
  });

  test('a defect in a computation is an ERROR at once, not a retry for ever', async () => {
    const { desk, compute } = await open(2, (job) => {
      if (job.strategyId === 'STR-101') throw new TypeError('x is not a function');
      return scriptedVerdict(job, 'PASS');
    });
    const result = await desk.run();
    expect(result.summary).toMatchObject({ passed: 1, errors: 1 });
    expect(compute.calls.filter((id) => id === 'STR-101')).toHaveLength(1);
  });

  test('asks a person when more than half failed, and keeps the answer', async () => {
    const { desk } = await open(3, (job) => scriptedVerdict(job, job.strategyId === 'STR-101' ? 'PASS' : 'FAIL'));
    const handle = await desk.start({ escalationTimeoutSeconds: 60 });
    await expect.poll(async () => (await handle.query(progressQuery))?.phase).toBe('escalated');
    const answer = (args: unknown) => handle.executeUpdate('answerEscalation', { args: [args] });
    await expect(answer({ choice: 'shrug', by: 'me' })).rejects.toThrow(WorkflowUpdateFailedError);
    await expect(answer({ choice: 'goOn' })).rejects.toThrow(WorkflowUpdateFailedError);
    await handle.executeUpdate(answerEscalationUpdate, { args: [{ choice: 'strategyMeeting', by: 'the desk' }] });
    const result = await handle.result();
    expect(result).toMatchObject({ escalation: { answer: { choice: 'strategyMeeting', by: 'the desk' } } });
    const runId = result.runId;
    expect(await desk.store.run(runId)).toMatchObject({
      state: 'done',
      escalation: { reason: '2 of 3 did not pass L0, more than 50 %', answer: { choice: 'strategyMeeting' } },
    });
  });

  test.each([
    [0, 'nobody (the run does not wait)'],
    [1, 'nobody (time is up)'],
  ])('goes on with what passed when nobody answers within %i s', async (escalationTimeoutSeconds, by) => {
    const { desk } = await open(2, (job) => scriptedVerdict(job, 'FAIL'));
    const result = await desk.run({ escalationTimeoutSeconds });
    expect(result.escalation?.answer).toEqual({ choice: 'goOn', by });
  });

  test('cancels one strategy, running or waiting, and the others go on', async () => {
    const { desk, compute } = await open(3, (job, _, signal) =>
      job.strategyId === 'STR-101' ? hangs(signal) : scriptedVerdict(job, 'PASS'),
    );
    const handle = await desk.start({ workers: 1 });
    await expect.poll(() => compute.calls).toEqual(['STR-101']);
    const cancel = (strategyId: string) => handle.executeUpdate(cancelStrategyUpdate, { args: [{ strategyId }] });
    await expect(cancel('STR-999')).rejects.toThrow(WorkflowUpdateFailedError);
    await cancel('STR-103');
    await expect(cancel('STR-103')).rejects.toThrow(WorkflowUpdateFailedError);
    await cancel('STR-101');
    const result = await handle.result();
    expect(result).toMatchObject({ summary: { passed: 1, cancelled: 2 } });
    expect(compute.calls).toEqual(['STR-101', 'STR-102']);
    expect((await desk.store.queue()).map(({ status }) => status)).toEqual(['QUEUED', 'L0_PASSED', 'QUEUED']);
  });

  test('a cancelled run stops its strategies, puts them back and closes its books', async () => {
    const { desk, compute } = await open(3, (_job, _attempt, signal) => hangs(signal));
    const handle = await desk.start({ workers: 2 });
    await expect.poll(() => compute.calls.length).toBe(2);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    const [run] = await desk.store.runs(1);
    expect(run).toMatchObject({ state: 'cancelled', summary: { cancelled: 3, passed: 0 } });
    expect((await desk.store.queue()).map(({ status }) => status)).toEqual(['QUEUED', 'QUEUED', 'QUEUED']);
  });

  test('a run that is cancelled while it is planned leaves no open books', async () => {
    let planning = false;
    opened = await startTestDesk({
      ...scriptedCompute(strategyIds(2), passes),
      inspect(_, signal) {
        planning = true;
        return hangs(signal);
      },
    });
    const handle = await opened.start();
    await expect.poll(() => planning).toBe(true);
    await expect(handle.executeUpdate(setWorkersUpdate, { args: [{ workers: 2 }] })).rejects.toThrow(
      WorkflowUpdateFailedError,
    );
    expect(await handle.query(progressQuery)).toBeUndefined();
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect((await opened.store.runs(5)).filter(({ state }) => state === 'running')).toEqual([]);
    expect(await opened.store.queue()).toEqual([]);
  });

  test('a child that somebody terminates becomes an ERROR of its strategy', async () => {
    const { desk, compute } = await open(2, (job, _, signal) =>
      job.strategyId === 'STR-101' ? hangs(signal) : scriptedVerdict(job, 'PASS'),
    );
    const handle = await desk.start();
    await expect.poll(() => compute.calls.length).toBe(2);
    const runId = handle.workflowId.replace('parallel-validation:', '');
    await desk.client.workflow.getHandle(`strategy-validation:${runId}:STR-101`).terminate('by hand');
    expect(await handle.result()).toMatchObject({ summary: { passed: 1, errors: 1 } });
  });

  test('a run id is used once', async () => {
    const { desk } = await open(1, passes);
    await (await desk.start({}, 'again-7')).result();
    expect(await failureOf(await desk.start({}, 'again-7'))).toMatchObject({
      type: 'BadInput',
      message: expect.stringContaining('run id'),
    });
  });

  test('strategyValidation by hand is refused, with the way that works', async () => {
    const { desk } = await open(1, passes);
    const handle = await desk.client.workflow.start('strategyValidation', {
      taskQueue: desk.queue,
      workflowId: `by-hand-${desk.queue}`,
      args: [{ strategyId: 'STR-101' }],
    });
    expect(await failureOf(handle)).toMatchObject({
      type: 'BadInput',
      message: expect.stringContaining('parallelValidation'),
    });
  });
});
