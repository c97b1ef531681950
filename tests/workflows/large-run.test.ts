import { afterEach, describe, expect, test } from 'vitest';
import { needsServer } from '../temporal-server.ts';
import { scriptedCompute, scriptedVerdict, startTestDesk, strategyIds, type TestDesk } from '../test-desk.ts';

let opened: TestDesk | undefined;

afterEach(async () => {
  await opened?.stop();
});

describe('a run that is too long for one history', () => {
  needsServer();

  // A child costs its parent 5 to 9 events and an execution ends at 2,000: 450 children take at least two.
  const count = 450;

  test('continues as new, loses nothing, and takes messages all the time', async () => {
    const compute = scriptedCompute(strategyIds(count), (job) => scriptedVerdict(job, 'PASS'));
    opened = await startTestDesk(compute, { threads: 20 });
    const handle = await opened.start({ workers: 10 });
    // A message every now and then, whichever execution is under way; a refusal while one is planned is fine.
    let answered = 0;
    const stopped = new AbortController();
    const messages = (async () => {
      for (let workers = 8; !stopped.signal.aborted; workers = 8 + ((workers + 1) % 5)) {
        const accepted = await handle.executeUpdate('setWorkers', { args: [{ workers }] }).catch(() => undefined);
        if (accepted === workers) answered++;
      }
    })();
    const result = await handle.result().finally(() => stopped.abort());
    await messages;
    expect(answered).toBeGreaterThan(5);
    expect(result).toMatchObject({ summary: { passed: count, failed: 0, errors: 0 } });
    expect(compute.calls.toSorted()).toEqual(strategyIds(count).toSorted());

    const executions = [];
    const query = `WorkflowId = '${handle.workflowId}'`;
    for await (const execution of opened.client.workflow.list({ query })) executions.push(execution);
    expect(executions.length).toBeGreaterThanOrEqual(2);
    for (const { historyLength } of executions) expect(historyLength).toBeLessThan(4_096);
    const largest = Math.max(...executions.map(({ historySize }) => historySize ?? 0));
    expect(largest).toBeLessThan(4 * 1024 * 1024);
  }, 120_000);
});
