import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { OrderRequest } from '../../core/orders/order-request.ts';
import type { OrderStatus } from '../../workflows/order-messages.ts';
import { type OrderTestDesk, startOrderDesk } from '../order-desk.ts';

type Save = (workflow: string, name: string, handle: WorkflowHandle) => Promise<void>;

type OrderScenario = Readonly<{
  name: string;
  input(desk: OrderTestDesk): Promise<Partial<OrderRequest>>;
  settings?: string;
  timeoutMs?: number;
  before?: (desk: OrderTestDesk) => Promise<unknown>;
  act?: (handle: WorkflowHandle, desk: OrderTestDesk) => Promise<unknown>;
  /** The guard's history is kept too, under this name. */
  guard?: string;
}>;

const market = async (): Promise<Partial<OrderRequest>> => ({ symbol: 'BTC/USDT', side: 'buy', amount: '0.01' });

/** A buy at so many times the middle of the book. */
const limit = (times: number, more: Partial<OrderRequest> = {}) => async (desk: OrderTestDesk) => {
  const price = await desk.price(desk.names.spot, 'BTC/USDT');
  return { ...(await market()), price: (price * times).toFixed(2), ...more };
};

async function untilRests(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const status = await handle.query<OrderStatus>('status').catch(() => undefined);
    if (status?.phase === 'following' && status.state === 'accepted') return;
    await pause(50);
  }
}

const halt = (desk: OrderTestDesk) => desk.guard().executeUpdate('halt', { args: [{ reason: 'recorded', by: 'recorder' }] });

const resume = (desk: OrderTestDesk) => desk.guard().executeUpdate('resume', { args: [{ reason: 'recorded', by: 'recorder' }] });

const scenarios: readonly OrderScenario[] = [
  // `stored-at-once` are of after the step that rounds an order stored it too; what is older has two steps.
  { name: 'stored-at-once', input: market },
  {
    name: 'stored-at-once-canceled',
    input: limit(0.9),
    async act(handle) {
      await untilRests(handle);
      await handle.executeUpdate('cancel', { args: [{ reason: 'recorded' }] });
    },
  },
  { name: 'filled', input: market, guard: 'orders' },
  {
    name: 'limit-filled',
    input: limit(0.995),
    async act(handle, desk) {
      await untilRests(handle);
      const price = await desk.price(desk.names.spot, 'BTC/USDT');
      await desk.control('price', { symbol: 'BTC', price: price * 0.99 });
    },
  },
  { name: 'rejected', input: limit(1.01, { timeInForce: 'PO' }) },
  { name: 'denied', input: market, settings: 'limits: { max_order_notional: 100 }\n' },
  { name: 'bad-input', input: async () => ({ symbol: 'BTC/USDT', amount: '0.01' }) },
  {
    name: 'adopted',
    input: market,
    timeoutMs: 1_500,
    async before(desk) {
      const match = { method: 'POST', path: '/api/v3/order' };
      await desk.control('fault', { kind: 'accept-then-hang', match, count: 1 });
    },
  },
  {
    name: 'not-sent-new-intent',
    input: async ({ names }) => ({ account: names.kraken, symbol: 'BTC/USD', side: 'buy', amount: '0.002' }),
    async before(desk) {
      await desk.accounts.exchange(desk.names.kraken);
      await desk.control('fault', { kind: 'reset-before', match: { method: 'POST', path: 'AddOrder' }, count: 1 });
    },
  },
  {
    name: 'canceled',
    input: limit(0.9),
    async act(handle) {
      await untilRests(handle);
      await handle.executeUpdate('cancel', { args: [{ reason: 'recorded' }] });
    },
  },
  {
    name: 'canceled-workflow',
    input: limit(0.9),
    async act(handle) {
      await untilRests(handle);
      await handle.cancel();
    },
  },
  {
    name: 'halted',
    input: limit(0.9),
    guard: 'halted-resumed',
    async act(handle, desk) {
      await untilRests(handle);
      await halt(desk);
      await handle.result();
      await resume(desk);
    },
  },
  // Of after a halt ended with its resume, and a runaway tripped: what is older goes on as it did.
  {
    name: 'halted-again',
    input: limit(0.9),
    guard: 'halted-again',
    async act(handle, desk) {
      await untilRests(handle);
      await halt(desk);
      await resume(desk);
      await halt(desk);
      await resume(desk);
    },
  },
  {
    name: 'runaway',
    input: market,
    settings: 'limits: { max_notional_per_day: 100 }\n',
    guard: 'tripped',
  },
];

async function record({ name, input, settings, timeoutMs, before, act, guard }: OrderScenario, address: string, save: Save) {
  const desk = await startOrderDesk({
    address,
    name: `recorded-${name}`,
    ...(settings !== undefined && { settings }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  try {
    await before?.(desk);
    const handle = await desk.start(await input(desk), `recorded-${name}`);
    await act?.(handle, desk);
    await handle.result().catch(() => {}); // how it ended is what is recorded
    await save('order-execution', name, handle);
    if (guard !== undefined) await save('account-guard', guard, desk.guard());
    if (name !== 'filled') return;
    const again = desk.client.workflow.getHandle(handle.workflowId, await desk.reset(handle.workflowId));
    await again.result();
    await save('order-execution', 'reset', again);
  } finally {
    await desk.stop();
  }
}

/** A guard whose history grew until it continued as new: the first execution, to its end. */
async function recordContinued(address: string, save: Save): Promise<void> {
  const desk = await startOrderDesk({ address, name: 'recorded-continued' });
  try {
    let first: string | undefined;
    for (let count = 0; count < 2_000; count++) {
      const clientOrderId = randomBytes(16).toString('hex');
      const argument = { clientOrderId, executed: '0', venueMs: Date.now() };
      const message = { name: 'release', argument, updateId: clientOrderId };
      await desk.guards.update(desk.names.spot, message).catch(() => {}); // it continues as new just now
      if (count % 50 !== 0) continue;
      const { runId } = await desk.guard().describe();
      first ??= runId;
      if (runId !== first) break;
    }
    await save('account-guard', 'continued', desk.client.workflow.getHandle(desk.guard().workflowId, first));
  } finally {
    await desk.stop();
  }
}

/** Orders and guards, one run for every way in which they can end. */
export async function recordOrders(address: string, save: Save): Promise<void> {
  for (const scenario of scenarios) await record(scenario, address, save);
  await recordContinued(address, save);
}
