import { describe, expect, test } from 'vitest';
import { connectTemporal } from '../../../../adapters/temporal/client/connect.ts';
import { measureTimer } from '../../../../adapters/temporal/client/timer-latency.ts';
import { needsServer, temporalServer } from '../../../temporal-server.ts';

describe('measureTimer', () => {
  needsServer();

  test('runs a workflow to its end and says how long its timer took', async () => {
    const { address } = await temporalServer();
    const settings = { address, namespace: 'default', givenBy: undefined, access: {} };
    const { connection, namespace } = await connectTemporal({ settings });
    const tookMs = await measureTimer(connection, namespace);
    // No upper bound: a machine may be busy. A stock server takes 950 ms and more, ours 44 to 98 (tried 2026-11-26).
    expect(tookMs).toBeGreaterThan(20);
    const { executions } = await connection.workflowService.listWorkflowExecutions({
      namespace,
      query: 'WorkflowType = "nightdeskDoctor" AND ExecutionStatus = "Running"',
    });
    expect(executions).toEqual([]);
    await connection.close();
  });
});
