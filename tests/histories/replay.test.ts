import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { testBundle } from '../give-bundle.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const workflows = ['account-guard', 'book-trading', 'order-execution', 'parallel-validation', 'strategy-validation'];
const files = workflows.flatMap((workflow) =>
  readdirSync(join(folder, workflow)).map((name) => join(workflow, name)),
);

type History = { events: { workflowExecutionStartedEventAttributes?: { workflowId: string } }[] };

const readHistory = (file: string): History => JSON.parse(readFileSync(join(folder, file), 'utf8')) as History;

let bundle: { codePath: string };

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bundle = await testBundle();
});

/** Child ids derive from the workflow's own id, so the real one is needed. */
const replay = (history: History) =>
  Worker.runReplayHistory(
    { workflowBundle: bundle },
    history,
    history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId,
  );

describe('workflows that ran before go on with this code', () => {
  test('every way to end is in the corpus', () => {
    expect(files.toSorted()).toEqual([
      'account-guard/continued.json',
      'account-guard/halted-again.json',
      'account-guard/halted-resumed.json',
      'account-guard/orders.json',
      'account-guard/tripped.json',
      'book-trading/canceled.json',
      'book-trading/continued.json',
      'book-trading/crossed.json',
      'book-trading/halted.json',
      'book-trading/netted.json',
      'book-trading/not-sent.json',
      'book-trading/reset.json',
      'book-trading/too-small.json',
      'order-execution/adopted.json',
      'order-execution/bad-input.json',
      'order-execution/canceled-workflow.json',
      'order-execution/canceled.json',
      'order-execution/denied.json',
      'order-execution/filled.json',
      'order-execution/halted-again.json',
      'order-execution/halted.json',
      'order-execution/limit-filled.json',
      'order-execution/not-sent-new-intent.json',
      'order-execution/rejected.json',
      'order-execution/reset.json',
      'order-execution/runaway.json',
      'order-execution/stored-at-once-canceled.json',
      'order-execution/stored-at-once.json',
      'parallel-validation/bad-input.json',
      'parallel-validation/cancel-one-set-workers.json',
      'parallel-validation/cancel.json',
      'parallel-validation/crash.json',
      'parallel-validation/dry-run.json',
      'parallel-validation/escalated-answered.json',
      'parallel-validation/escalated-gone-on.json',
      'parallel-validation/escalated-not-asked.json',
      'parallel-validation/pass.json',
      'parallel-validation/time-out.json',
      'strategy-validation/cancel.json',
      'strategy-validation/error.json',
      'strategy-validation/fail.json',
      'strategy-validation/pass.json',
      'strategy-validation/time-out.json',
    ]);
  });

  test.each(files)('%s', async (file) => {
    await replay(readHistory(file));
  });

  test('a history that took another course is found', async () => {
    const text = readFileSync(join(folder, 'parallel-validation', 'pass.json'), 'utf8');
    const changed = JSON.parse(text.replaceAll('strategy-validation:recorded-pass:STR-102', 'another-child')) as History;
    await expect(replay(changed)).rejects.toThrow(/[Nn]ondeterminism|DeterminismViolation/);
  });
});
