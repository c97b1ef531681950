import { executeChild, uuid4, workflowInfo } from '@temporalio/workflow';
import { orderSeed } from '../../../core/orders/order-id.ts';
import type { OrderRequest } from '../../../core/orders/order-request.ts';
import type { OrderExecutionResult } from '../../../workflows/order-execution.ts';

/** All that the desk runs, and the parent that an episode gives its orders. */
export * from '../../../workflows/index.ts';

/**
 * Orders one after the other, each a child with the seed of this workflow's first execution. `idsInChildren` is a
 * planted bug: then each child makes its own.
 */
export async function orderPlan(
  legs: readonly Partial<OrderRequest>[],
  idsInChildren = false,
): Promise<OrderExecutionResult[]> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const seed = idsInChildren ? {} : { seed: orderSeed(workflowId, firstExecutionRunId) };
  const results: OrderExecutionResult[] = [];
  for (const [index, order] of legs.entries()) {
    const leg = String(index + 1);
    results.push(
      await executeChild<(input: unknown) => Promise<OrderExecutionResult>>('orderExecution', {
        // Another one after a reset: then two of them drive the same intent at once, which has to do no harm.
        workflowId: `${workflowId}:${leg}:${uuid4()}`,
        parentClosePolicy: 'ABANDON',
        args: [{ ...order, ...seed, leg, reason: `${workflowId}:${leg}` }],
        workflowTaskTimeout: '3 seconds',
      }),
    );
  }
  return results;
}
