import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { booksWorkflowId, createAccountBooks } from '../../adapters/temporal/client/account-books.ts';
import type { Want } from '../../core/orders/want.ts';
import { type OrderTestDesk, startOrderDesk } from '../order-desk.ts';

type Save = (workflow: string, name: string, handle: WorkflowHandle) => Promise<void>;

type Asked = Readonly<{ book: string; side: 'buy' | 'sell'; amount: string }>;

type BooksScenario = Readonly<{
  name: string;
  /** Wants that are netted, then those that come when these have ended. */
  rounds: readonly (readonly Asked[])[];
  kraken?: true;
  before?: (desk: OrderTestDesk) => Promise<unknown>;
  act?: (handle: WorkflowHandle, desk: OrderTestDesk) => Promise<unknown>;
}>;

const buy: Asked = { book: 'STR-001', side: 'buy', amount: '0.02' };
const sell: Asked = { book: 'STR-002', side: 'sell', amount: '0.005' };

const scenarios: readonly BooksScenario[] = [
  { name: 'crossed', rounds: [[buy, { ...sell, amount: '0.02' }]] },
  { name: 'netted', rounds: [[buy, sell], [sell]] },
  {
    name: 'not-sent',
    rounds: [[buy, sell]],
    kraken: true,
    async before(desk) {
      await desk.accounts.exchange(desk.names.kraken);
      await desk.control('fault', { kind: 'reset-before', match: { method: 'POST', path: 'AddOrder' }, count: 1 });
    },
  },
  {
    name: 'too-small',
    rounds: [[{ ...buy, amount: '0.010001' }, { ...sell, amount: '0.01' }]],
  },
  {
    name: 'halted',
    rounds: [[buy]],
    async before({ store, names }) {
      const why = { reason: 'recorded', by: 'recorder', person: true };
      await store.setMode(names.spot, 'HALTED', why, Date.now(), Date.now());
    },
  },
  {
    name: 'canceled',
    rounds: [[buy]],
    async act(handle) {
      await handle.cancel();
      await handle.result().catch(() => {}); // how it ended is what is recorded
    },
  },
];

async function record({ name, rounds, kraken, before, act }: BooksScenario, address: string, save: Save): Promise<void> {
  const desk = await startOrderDesk({ address, name: `recorded-books-${name}` });
  try {
    await before?.(desk);
    const account = kraken ? desk.names.kraken : desk.names.spot;
    const symbol = kraken ? 'BTC/USD' : 'BTC/USDT';
    for (const [round, asked] of rounds.entries()) {
      const wants = asked.map((each, index) => ({ ...each, symbol, reason: 'recorded', intentId: `${round}-${index}` }));
      await trade(desk, account, wants);
    }
    const handle = desk.client.workflow.getHandle(booksWorkflowId(account));
    await act?.(handle, desk);
    await save('book-trading', name, handle);
    if (name !== 'netted') return;
    const again = desk.client.workflow.getHandle(handle.workflowId, await desk.reset(handle.workflowId));
    await untilEnded(desk, account, '1-0');
    await save('book-trading', 'reset', again);
  } finally {
    await desk.stop();
  }
}

async function trade(desk: OrderTestDesk, account: string, wants: readonly Want[]): Promise<void> {
  const books = createAccountBooks({ client: desk.client, taskQueue: desk.queue });
  await Promise.all(wants.map((want) => books.want(account, want)));
  for (const { intentId } of wants) await untilEnded(desk, account, intentId);
}

async function untilEnded(desk: OrderTestDesk, account: string, intentId: string): Promise<void> {
  const books = createAccountBooks({ client: desk.client, taskQueue: desk.queue });
  for (;;) {
    const status = await books.status(account, intentId).catch(() => undefined);
    if (status?.state === 'ended') return;
    await pause(50);
  }
}

/** Books whose history grew until it continued as new: the first execution, to its end. */
async function recordContinued(address: string, save: Save): Promise<void> {
  const settings = 'netting: { window_ms: 0 }\n';
  const desk = await startOrderDesk({ address, name: 'recorded-books-continued', settings });
  const books = createAccountBooks({ client: desk.client, taskQueue: desk.queue });
  const account = desk.names.spot;
  try {
    let first: string | undefined;
    for (let count = 0; count < 1_000; count++) {
      const want = { ...buy, symbol: 'BTC/USDX', reason: 'recorded', intentId: `continued-${count}` };
      await books.want(account, want).catch(() => {}); // it continues as new just now
      if (count % 50 !== 0) continue;
      const { runId } = await desk.client.workflow.getHandle(booksWorkflowId(account)).describe();
      first ??= runId;
      if (runId !== first) break;
    }
    await save('book-trading', 'continued', desk.client.workflow.getHandle(booksWorkflowId(account), first));
  } finally {
    await desk.stop();
  }
}

/** Books of accounts, one run for every way that their groups can go. */
export async function recordBooks(address: string, save: Save): Promise<void> {
  for (const scenario of scenarios) await record(scenario, address, save);
  await recordContinued(address, save);
}
