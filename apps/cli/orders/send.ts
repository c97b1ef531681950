import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { asker } from '../../../adapters/trial-ledger/asker.ts';
import { deskErrorOf } from '../../../core/failure-options.ts';
import { type OrderRequest, parseOrderRequest } from '../../../core/orders/order-request.ts';
import type { AccountInfo } from '../../../core/ports/accounts.ts';
import type { OrderExecutionResult } from '../../../workflows/order-execution.ts';
import type { OrderStatus } from '../../../workflows/order-messages.ts';
import { print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { showLeft } from './leave-accounts.ts';
import { previewOrder } from './preview.ts';
import { showPreview } from './show-preview.ts';
import { checkNetted, sendNetted } from './send-netted.ts';
import { noSuchAccount } from './known-account.ts';
import { openTradingDesk, type TradingDesk } from './trading-desk.ts';
import { withDesk } from './with-desk.ts';

export type SendOptions = Readonly<{
  limit?: string;
  stop?: string;
  tif?: string;
  reduceOnly?: true;
  book?: string;
  net?: true;
  reason?: string;
  dryRun?: boolean;
  wait?: true;
  json?: true;
}>;

export type SendArguments = Readonly<{ account: string; side: string; amount: string; symbol: string }>;

const pollMs = 100;

/** Shows what would happen to an order, and sends it unless it is a dry run. */
export async function sendOrder(order: SendArguments, options: SendOptions): Promise<void> {
  const request = requestOf(order, options);
  if (options.net === true) checkNetted(request, options);
  const trading = await openTradingDesk();
  try {
    const info = accountInfo(trading, request.account);
    const desk = await trading.of(info.account);
    const preview = await previewOrder({ desk, accounts: trading.accounts }, info, request);
    const dryRun = options.dryRun ?? info.mode === 'live';
    if (dryRun || options.json !== true) showPreview(preview, { dryRun, json: options.json === true });
    if (dryRun) return;
    // A worker of another desk on the same server must not take it.
    const ours = { ...request, storeId: await trading.orders.identity() };
    if (options.net === true) await sendNetted(trading, ours, options);
    else await sendNow(trading, ours, options);
  } finally {
    await trading.close();
  }
}

function requestOf({ account, side, amount, symbol }: SendArguments, options: SendOptions): OrderRequest {
  const { limit, stop, tif, reduceOnly, book, reason } = options;
  return parseOrderRequest({
    account,
    symbol,
    side,
    amount,
    price: limit,
    stopPrice: stop,
    timeInForce: tif,
    reduceOnly,
    book,
    reason: reason ?? `by hand, ${asker()}`,
  });
}

function accountInfo({ accounts }: TradingDesk, name: string): AccountInfo {
  const all = accounts.list();
  const info = all.find(({ account }) => account === name);
  if (info !== undefined) return info;
  throw noSuchAccount(
    name,
    all.map(({ account }) => account),
  );
}

async function sendNow(trading: TradingDesk, request: OrderRequest, { wait, json }: SendOptions): Promise<void> {
  const { signal, release } = stopSignal();
  try {
    const { outcome, left } = await withDesk({ trading, account: request.account }, signal, async (desk) => {
      const workflowId = `order:${request.account}:${randomUUID().slice(0, 13)}`;
      const handle = await desk.client.workflow.start('orderExecution', {
        taskQueue: 'orders',
        workflowId,
        args: [request],
        workflowTaskTimeout: '3 seconds',
        staticSummary: `${request.side} ${request.amount} ${request.symbol} on ${request.account}`,
      });
      const ended = await untilSettled(desk.client, handle, { wait: wait === true, signal });
      if (json !== true) showEnded(workflowId, ended, desk.workersEnd);
      return { workflowId, ...ended };
    });
    if (json === true) printJson({ ...documentOf(outcome), ...(left.length > 0 && { left }) });
    else showLeft(left);
    if ('result' in outcome) exitBy(outcome.result);
  } finally {
    release();
  }
}

const documentOf = ({ workflowId, ...ended }: Ended & Readonly<{ workflowId: string }>) =>
  'result' in ended ? { workflowId, ...ended.result } : { workflowId, status: ended.status };

type Ended = Readonly<{ result: OrderExecutionResult } | { status: OrderStatus }>;

/** Its end; or, unless that is waited for, that it rests at the venue. */
async function untilSettled(
  client: Client,
  handle: WorkflowHandle,
  { wait, signal }: Readonly<{ wait: boolean; signal: AbortSignal }>,
): Promise<Ended> {
  const over = new AbortController();
  // Aborted when we go: a call that outlives its connection would be tried again on nothing, and end the process.
  const asked = client.withAbortSignal(over.signal, () => handle.result());
  const result = asked.then(
    (value) => ({ result: value as OrderExecutionResult }),
    (thrown: unknown) => {
      throw failureOf(thrown);
    },
  );
  const resting = async (): Promise<Ended> => {
    for (;;) {
      await pause(pollMs, undefined, { signal: over.signal });
      const status = await handle.query<OrderStatus>('status').catch(() => undefined);
      const rests =
        status?.phase === 'following' && (status.state === 'accepted' || status.state === 'partiallyFilled');
      if (status !== undefined && ((rests && !wait) || signal.aborted)) return { status };
    }
  };
  try {
    return await Promise.race([result, resting()]);
  } finally {
    over.abort();
    result.catch(() => {}); // whoever waits for it has been told
  }
}

function failureOf(thrown: unknown): unknown {
  const cause = thrown instanceof WorkflowFailedError ? thrown.cause : undefined;
  const details = cause !== undefined && 'details' in cause ? (cause.details as readonly unknown[]) : undefined;
  return deskErrorOf(details) ?? thrown;
}

function showEnded(workflowId: string, ended: Ended, workersEnd: boolean): void {
  if ('result' in ended) {
    const { last, earlier } = ended.result;
    for (const each of earlier) print(`${each.clientOrderId} ${each.state}: sent anew`);
    const { clientOrderId, state, executed, reason } = last;
    print(`${clientOrderId} ${state}, executed ${executed}${reason === '' ? '' : `: ${reason}`}`);
  } else {
    const { clientOrderId, state, executed, phase } = ended.status;
    print(`${clientOrderId} ${state || phase}, executed ${executed}`);
    const goesOn = workersEnd ? 'It goes on when a worker runs, as' : 'It goes on as';
    print(`${goesOn} ${workflowId}: nightdesk orders show ${clientOrderId}, or orders cancel ${clientOrderId}.`);
  }
}

function exitBy({ last }: OrderExecutionResult): void {
  if (!['filled', 'canceled', 'expired'].includes(last.state)) process.exitCode = 1;
}
