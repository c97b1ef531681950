import { describe, expect, test } from 'vitest';
import { DeskError } from '../../core/errors.ts';
import type { RunStart, Store, ValidationKey, VerdictRecord } from '../../core/ports/store.ts';
import { runsWithMetrics } from '../../core/ports/store.ts';
import { runMetrics, summarise } from '../../core/validation/run.ts';
import type { QueueStatus } from '../../core/validation/queue.ts';
import type { Verdict } from '../../core/validation/verdict.ts';

const hash = 'cd'.repeat(32);

export const strategyRecord = (strategyId: string) => ({
  strategyId,
  name: `Strategy ${strategyId}`,
  file: `/strategies/${strategyId}.yaml`,
  strategyHash: hash,
  shape: `shape of ${strategyId}`,
});

export const runStart = (runId: string, ids: readonly string[], startedMs = 1_000): RunStart => ({
  runId,
  tier: 'L0',
  workflowId: `parallel-validation:${runId}`,
  executionId: `execution-of-${runId}`,
  codeVersion: '0.1.0+test',
  startedMs,
  askedBy: 'ada',
  strategies: ids.map(strategyRecord),
});

const keyOf = (runId: string, strategyId: string): ValidationKey => ({ runId, strategyId, tier: 'L0' });

export function passVerdict(strategyId: string, total = 0): Verdict {
  return {
    strategyId,
    tier: 'L0',
    status: 'PASS',
    gates: [],
    metrics: { sharpe: 0.1 + 0.2, trades: 40 }, // 0.30000000000000004 must come back as it is
    trials: { ownRun: 1, total },
    windows: [],
    dataHash: hash,
    strategyHash: hash,
    codeVersion: '0.1.0+test',
    seed: 7,
    failures: [],
    warnings: ['a “quoted” wörd'],
  };
}

export const verdictRecord = (key: ValidationKey, change: Partial<VerdictRecord> = {}): VerdictRecord => ({
  key,
  verdict: passVerdict(key.strategyId),
  seconds: 0.5,
  timeouts: 0,
  queueStatus: 'L0_PASSED',
  reason: '',
  atMs: 5_000,
  ...change,
});

/** What every store does. `open` gives an empty one; the suite closes it. */
export function storeContract(name: string, open: () => Store | Promise<Store>): void {
  const withStore = (work: (store: Store) => Promise<void>) => async () => {
    const store = await open();
    try {
      await work(store);
    } finally {
      store.close();
    }
  };
  const begun = async (store: Store, runId: string, ids: readonly string[]) => {
    await store.registerStrategies(ids.map(strategyRecord), 10);
    await store.beginRun(runStart(runId, ids));
  };

  describe(`${name}: queue`, () => {
    test(
      'puts new strategies on it once, whatever happens to them later',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001', 'STR-002']);
        await store.beginValidation(keyOf('r1', 'STR-001'), 20);
        await store.recordVerdict(verdictRecord(keyOf('r1', 'STR-001')));
        await store.registerStrategies([{ ...strategyRecord('STR-001'), name: 'Renamed' }], 99);
        expect(await store.queue()).toEqual([
          { strategyId: 'STR-001', name: 'Renamed', status: 'L0_PASSED', reason: '', runId: 'r1', changedMs: 5_000 },
          { strategyId: 'STR-002', name: 'Strategy STR-002', status: 'QUEUED', reason: '', runId: '', changedMs: 10 },
        ]);
        expect(await store.strategy('STR-001')).toMatchObject({ name: 'Renamed' });
        expect(await store.strategy('STR-009')).toBeUndefined();
      }),
    );

    test(
      'shows what is being validated, and goes back to where it stood when that is given up',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001']);
        await store.recordVerdict(verdictRecord(keyOf('r1', 'STR-001')));
        await store.beginRun(runStart('r2', ['STR-001']));
        await store.beginValidation(keyOf('r2', 'STR-001'), 20);
        expect((await store.queue())[0]).toMatchObject({ status: 'L0_VALIDATING', runId: 'r2' });
        await store.beginValidation(keyOf('r2', 'STR-001'), 30); // a second try must not forget where it stood
        await store.releaseValidation(keyOf('r2', 'STR-001'), 'cancelled', 40);
        expect((await store.queue())[0]).toMatchObject({ status: 'L0_PASSED', reason: 'cancelled', changedMs: 40 });
      }),
    );

    test(
      'leaves a verdict alone when its validation is given up too late',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001']);
        await store.beginValidation(keyOf('r1', 'STR-001'), 20);
        await store.recordVerdict(verdictRecord(keyOf('r1', 'STR-001')));
        await store.releaseValidation(keyOf('r1', 'STR-001'), 'cancelled', 60);
        expect((await store.queue())[0]).toMatchObject({ status: 'L0_PASSED', reason: '' });
      }),
    );
  });

  describe(`${name}: a strategy that is looked at again`, () => {
    const judgedAt = async (store: Store, runId: string, verdict: Verdict, queueStatus?: QueueStatus) => {
      const key = { runId, strategyId: 'STR-001', tier: verdict.tier };
      await store.beginRun(runStart(runId, ['STR-001']));
      const start = await store.beginValidation(key, 20);
      await store.recordVerdict({
        key,
        verdict,
        seconds: 1,
        timeouts: 0,
        reason: '',
        atMs: 5_000,
        ...(queueStatus && { queueStatus }),
      });
      return start;
    };
    const pass = passVerdict('STR-001');
    const statusNow = async (store: Store) => (await store.queue())[0]?.status;

    test(
      'stays where it stood when the tier is one that it has left behind, unless its meaning has changed',
      withStore(async (store) => {
        await store.registerStrategies([strategyRecord('STR-001')], 10);
        await judgedAt(store, 'r1', pass, 'L0_PASSED');
        await judgedAt(store, 'r2', { ...pass, tier: 'L1' }, 'L1_PASSED');
        await judgedAt(store, 'r3', { ...pass, status: 'FAIL' }, 'FIXABLE_FAILURE');
        expect(await statusNow(store)).toBe('L1_PASSED');
        await judgedAt(store, 'r4', { ...pass, tier: 'L1', status: 'FAIL' }, 'L1_FAILED');
        await judgedAt(store, 'r5', pass, 'L0_PASSED');
        expect(await statusNow(store)).toBe('L1_FAILED');
        await judgedAt(store, 'r6', { ...pass, strategyHash: 'ef'.repeat(32) }, 'L0_PASSED');
        expect(await statusNow(store)).toBe('L0_PASSED');
      }),
    );

    test(
      'stays where it stood when it was refused, and its validation is told what was decided before',
      withStore(async (store) => {
        await store.registerStrategies([strategyRecord('STR-001')], 10);
        await judgedAt(store, 'r1', { ...pass, tier: 'L2' }, 'L2_PASSED');
        const decided: Verdict = { ...pass, tier: 'L3', inputsHash: 'ab'.repeat(32) };
        await judgedAt(store, 'r2', decided, 'L3_PASSED');
        const failures = [{ errorType: 'holdout_seen', fixable: false, message: 'seen' }];
        const refused: Verdict = { ...pass, tier: 'L3', status: 'FAIL', failures };
        const start = await judgedAt(store, 'r3', refused);
        expect(start.passed).toEqual(['L2', 'L3']);
        expect(start.decided.map(({ runId, verdict }) => [runId, verdict])).toEqual([['r2', decided]]);
        expect(await statusNow(store)).toBe('L3_PASSED');
      }),
    );
  });

  describe(`${name}: verdicts and trials`, () => {
    test(
      'keeps the first verdict, byte for byte, and counts its trials once',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001']);
        const key = keyOf('r1', 'STR-001');
        const first = await store.recordVerdict(verdictRecord(key));
        const other = { ...passVerdict('STR-001'), status: 'FAIL' as const };
        const again = await store.recordVerdict(
          verdictRecord(key, { verdict: other, seconds: 9, queueStatus: 'L0_FAILED', atMs: 9_000 }),
        );
        expect(again).toEqual(first);
        expect(first.text).toBe(JSON.stringify(passVerdict('STR-001')));
        expect(await store.verdicts('r1')).toEqual([first]);
        expect(await store.latestVerdict('STR-001')).toEqual(first);
        expect(await store.trials('STR-001')).toBe(1);
        expect((await store.queue())[0]).toMatchObject({ status: 'L0_PASSED', changedMs: 5_000 });
        expect((await store.beginValidation(key, 50)).verdict).toEqual(first);
      }),
    );

    test(
      'tells each run how many trials its family had spent when it began',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001']);
        await store.beginRun(runStart('r2', ['STR-001']));
        await store.recordVerdict(verdictRecord(keyOf('r1', 'STR-001')));
        await store.beginRun(runStart('r3', ['STR-001']));
        const before = async (runId: string) => (await store.beginValidation(keyOf(runId, 'STR-001'), 20)).trialsBefore;
        expect([await before('r1'), await before('r2'), await before('r3')]).toEqual([0, 0, 1]);
      }),
    );

    test(
      'counts no trial for a verdict without a backtest',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001']);
        const verdict: Verdict = { ...passVerdict('STR-001'), status: 'ERROR', trials: { ownRun: 0, total: 0 } };
        await store.recordVerdict(verdictRecord(keyOf('r1', 'STR-001'), { verdict, queueStatus: 'L0_FAILED' }));
        expect(await store.trials('STR-001')).toBe(0);
      }),
    );

    test(
      'refuses a strategy that the run does not have',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001']);
        await expect(store.beginValidation(keyOf('r1', 'STR-002'), 20)).rejects.toMatchObject({ code: 'NotFound' });
      }),
    );
  });

  describe(`${name}: runs`, () => {
    test(
      'opens a run once for its execution, and for no other',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001']);
        await store.beginRun(runStart('r1', ['STR-001', 'STR-002'], 9_000));
        expect(await store.run('r1')).toMatchObject({
          startedMs: 1_000,
          strategies: 2,
          state: 'running',
          queuedBefore: 1,
        });
        const stranger = { ...runStart('r1', ['STR-001']), executionId: 'another' };
        await expect(store.beginRun(stranger)).rejects.toMatchObject({ code: 'BadInput' });
        expect(await store.run('r9')).toBeUndefined();
      }),
    );

    test(
      'keeps question, answer and end of a run; what comes after the end changes nothing',
      withStore(async (store) => {
        await begun(store, 'r1', ['STR-001']);
        const question = { reason: '1 of 1', choices: ['goOn'] as const };
        await store.recordEscalation('r1', question);
        expect(await store.run('r1')).toMatchObject({ state: 'escalated', escalation: question });
        const escalation = { ...question, answer: { choice: 'goOn' as const, by: 'me' } };
        await store.recordEscalation('r1', escalation);
        const outcomes = [
          { strategyId: 'STR-001', status: 'PASS' as const, seconds: 2, timeouts: 1, fixable: false, reason: '' },
        ];
        const summary = summarise(outcomes, 1.5);
        const end = {
          runId: 'r1',
          state: 'done' as const,
          summary,
          metrics: runMetrics(outcomes, summary, 1_000),
          alerts: [{ name: 'slowWorker' as const, message: 'slow' }],
          outcomes,
          finishedMs: 8_000,
        };
        await store.endRun(end);
        await store.endRun({ ...end, state: 'cancelled', finishedMs: 9_000 });
        await store.recordEscalation('r1', question);
        expect(await store.run('r1')).toEqual({
          runId: 'r1',
          tier: 'L0',
          workflowId: 'parallel-validation:r1',
          executionId: 'execution-of-r1',
          codeVersion: '0.1.0+test',
          state: 'done',
          startedMs: 1_000,
          askedBy: 'ada',
          finishedMs: 8_000,
          strategies: 1,
          queuedBefore: 1,
          summary,
          metrics: end.metrics,
          alerts: end.alerts,
          escalation,
        });
        expect(await store.outcomes('r1')).toEqual(outcomes);
      }),
    );

    test(
      `lists the newest first and keeps the metrics of ${runsWithMetrics}`,
      withStore(async (store) => {
        const summary = summarise([], 1);
        for (let run = 0; run < runsWithMetrics + 2; run++) {
          const runId = `r${String(run).padStart(2, '0')}`;
          await store.beginRun(runStart(runId, [], 1_000 + run));
          const metrics = runMetrics([], summary, 1_000 + run);
          await store.endRun({
            runId,
            state: 'done',
            summary,
            metrics,
            alerts: [],
            outcomes: [],
            finishedMs: 2_000 + run,
          });
        }
        const runs = await store.runs(100);
        expect(runs.map(({ runId }) => runId).slice(0, 2)).toEqual(['r31', 'r30']);
        expect(
          runs
            .filter(({ metrics }) => metrics !== undefined)
            .map(({ runId }) => runId)
            .at(-1),
        ).toBe('r02');
        expect(await store.runs(3)).toHaveLength(3);
      }),
    );
  });

  test(
    `${name}: refusals are DeskErrors`,
    withStore(async (store) => {
      await expect(store.beginValidation(keyOf('r', 'STR-001'), 1)).rejects.toBeInstanceOf(DeskError);
    }),
  );
}
