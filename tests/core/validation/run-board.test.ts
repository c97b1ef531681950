import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunPlan } from '../../../core/validation/plan.ts';
import { boardMarkdown, createRunBoard, freshBoard } from '../../../core/validation/run-board.ts';
import type { StrategyOutcome } from '../../../core/validation/run.ts';
import { loadValidationGates } from '../../../config/validation-gates.ts';

const plan = (count: number, change: Partial<RunPlan> = {}): RunPlan => ({
  runId: 'r1',
  tier: 'L0',
  history: 'half a year',
  waiting: count,
  strategies: Array.from({ length: count }, (_, i) => ({ strategyId: `STR-${101 + i}`, name: `Strategy ${i}` })),
  workers: 2,
  timeoutSeconds: 600,
  failFast: false,
  escalateThreshold: 0.5,
  escalationTimeoutSeconds: 0,
  refreshSeconds: 5,
  autoRetryFixable: true,
  thresholds: loadValidationGates(),
  data: {},
  searchAttributes: [],
  problems: [],
  brokenFiles: 0,
  ...change,
});

const done = (strategyId: string, status: StrategyOutcome['status'] = 'PASS'): StrategyOutcome => ({
  strategyId,
  status,
  seconds: 1,
  timeouts: 0,
  fixable: false,
  reason: status === 'PASS' ? '' : 'a | b',
});

const board = (count: number, change: Partial<RunPlan> = {}) => createRunBoard(freshBoard(plan(count, change), 1_000));

describe('createRunBoard', () => {
  test('hands out each strategy once, in order, and no more than it has room for', () => {
    const run = board(3);
    expect(run.startNext(1)?.strategyId).toBe('STR-101');
    expect(run.startNext(2)?.strategyId).toBe('STR-102');
    expect(run.hasRoom()).toBe(false);
    run.setWorkers(3);
    expect(run.hasRoom()).toBe(true);
    expect(run.startNext(3)?.strategyId).toBe('STR-103');
    expect(run.hasNext()).toBe(false);
    expect(run.startNext(4)).toBeUndefined();
    expect(run.progress().running).toEqual([
      { strategyId: 'STR-101', startedMs: 1 },
      { strategyId: 'STR-102', startedMs: 2 },
      { strategyId: 'STR-103', startedMs: 3 },
    ]);
  });

  test('fail_fast starts no further one after the first that does not pass', () => {
    for (const status of ['FAIL', 'TIMEOUT', 'ERROR'] as const) {
      const run = board(3, { failFast: true });
      run.startNext(1);
      run.finish(done('STR-101', status));
      expect(run.hasNext()).toBe(false);
    }
    const run = board(3, { failFast: true });
    run.startNext(1);
    run.finish(done('STR-101', 'CANCELLED'));
    expect(run.hasNext()).toBe(true);
  });

  test('passes over what was cancelled before it began, and says so', () => {
    const run = board(3);
    run.cancelWaiting('STR-101');
    expect(run.refuseCancel('STR-101')).toBe('STR-101 is cancelled already');
    expect(run.startNext(1)).toBeUndefined();
    expect(run.startNext(1)?.strategyId).toBe('STR-102');
    expect(run.refuseCancel('STR-102')).toBeUndefined();
    run.finish(done('STR-102'));
    expect(run.refuseCancel('STR-102')).toBe('STR-102 is done already');
    expect(run.refuseCancel('STR-999')).toBe('STR-999 is not in this run');
    expect(run.counts()).toMatchObject({ CANCELLED: 1, PASS: 1 });
  });

  test('goes on after being carried over, wherever that was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.infiniteStream(fc.boolean()), (count, coin) => {
        let run = board(count);
        const handed: string[] = [];
        while (run.hasNext()) {
          const strategy = run.startNext(handed.length);
          if (strategy === undefined) continue;
          handed.push(strategy.strategyId);
          run.finish(done(strategy.strategyId, coin.next().value ? 'PASS' : 'FAIL'));
          // Through JSON, as Temporal carries it.
          if (coin.next().value) run = createRunBoard(JSON.parse(JSON.stringify(run.carry())));
        }
        expect(handed).toEqual(plan(count).strategies.map(({ strategyId }) => strategyId));
        expect(run.progress()).toMatchObject({ total: count, done: count });
      }),
    );
  });

  test('stays small however many strategies have ended', () => {
    const run = board(2_000);
    for (let i = 0; i < 2_000; i++) {
      const strategy = run.startNext(i);
      if (strategy !== undefined) run.finish({ ...done(strategy.strategyId, 'FAIL'), reason: 'x'.repeat(160) });
    }
    expect(run.progress().finished).toHaveLength(100);
    // The plan of 2,000 strategies is most of it; payloads warn at 256 KiB.
    expect(JSON.stringify(run.carry()).length).toBeLessThan(200_000);
    // The server refuses details of more than 20,000 bytes.
    expect(Buffer.byteLength(boardMarkdown(run.progress(), 'A question?'))).toBeLessThan(20_000);
  });
});

test('boardMarkdown grows a row a strategy, and a bar in a reason does not break its table', () => {
  const run = board(3);
  expect(boardMarkdown(run.progress())).toBe('**L0** · validating · 0 of 3 done · 0 passed · 0 failed');
  run.startNext(1);
  run.startNext(1);
  run.finish(done('STR-101'));
  run.finish(done('STR-102', 'FAIL'));
  expect(boardMarkdown(run.progress(), 'Really?').split('\n')).toEqual([
    '**L0** · validating · 2 of 3 done · 1 passed · 1 failed',
    '',
    'Really?',
    '',
    '| strategy | verdict | seconds | reason |',
    '|---|---|---:|---|',
    '| STR-101 | PASS | 1.00 |  |',
    '| STR-102 | FAIL | 1.00 | a / b |',
  ]);
});
