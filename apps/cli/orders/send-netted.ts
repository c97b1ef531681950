import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type AccountBooks, createAccountBooks } from '../../../adapters/temporal/client/account-books.ts';
import { DeskError } from '../../../core/errors.ts';
import type { OrderRequest } from '../../../core/orders/order-request.ts';
import { parseWant, type WantResult } from '../../../core/orders/want.ts';
import { print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { showLeft } from './leave-accounts.ts';
import type { SendOptions } from './send.ts';
import type { TradingDesk } from './trading-desk.ts';
import { withDesk } from './with-desk.ts';

const pollMs = 100;

/** What is netted goes out at the market: nothing else can be asked for, and a book has to be named. */
export function checkNetted({ type, reduceOnly }: OrderRequest, { book, tif }: SendOptions): void {
  if (book === undefined)
    throw new DeskError('Usage', 'no book', { path: '--book', expected: 'the book that it is for' });
  if (type === 'market' && !reduceOnly && tif === undefined) return;
  throw new DeskError('Usage', 'wants are netted into market orders', {
    path: '--net',
    expected: 'no --limit, --stop, --tif or --reduce-only',
  });
}

/** Hands the want to the books of its account and waits for what comes of it. */
export async function sendNetted(trading: TradingDesk, request: OrderRequest, { json }: SendOptions): Promise<void> {
  const { account, book, symbol, side, amount, reason, storeId } = request;
  const want = parseWant({ intentId: `want-${randomUUID()}`, book, symbol, side, amount, reason, storeId });
  const { intentId } = want;
  const { signal, release } = stopSignal();
  try {
    const { outcome, left } = await withDesk(
      { trading, account: request.account },
      signal,
      async ({ client, workersEnd }) => {
        const books = createAccountBooks({ client, taskQueue: 'orders' });
        await handedOver(() => books.want(account, want), signal);
        const result = await untilEnded(books, { account, intentId, signal });
        if (json !== true) showOutcome(result, intentId, workersEnd);
        return result;
      },
    );
    if (json === true) printJson({ ...(outcome ?? { intentId, state: 'waiting' }), ...(left.length > 0 && { left }) });
    else showLeft(left);
    if (outcome?.kind === 'refused' || (outcome !== undefined && outcome.reason !== '')) process.exitCode = 1;
  } finally {
    release();
  }
}

/** The books may continue as new just now; the same want again is the same want. */
async function handedOver(call: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await call();
      return;
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof DeskError) || thrown.code !== 'NotReachable') throw thrown;
      await pause(pollMs, undefined, { signal });
    }
  }
}

type Asked = Readonly<{ account: string; intentId: string; signal: AbortSignal }>;

/** Undefined when whoever waits goes first: the want stays. */
async function untilEnded(books: AccountBooks, { account, intentId, signal }: Asked): Promise<WantResult | undefined> {
  while (!signal.aborted) {
    const status = await books.status(account, intentId).catch(() => undefined);
    if (status?.state === 'ended') return status.result;
    await pause(pollMs, undefined, { signal }).catch(() => {}); // looked at above
  }
  return undefined;
}

function showOutcome(result: WantResult | undefined, intentId: string, workersEnd: boolean): void {
  if (result === undefined) {
    print(`It goes on${workersEnd ? ' when a worker runs (nightdesk up)' : ''}: nightdesk why ${intentId}.`);
    return;
  }
  const { kind, groupId, crossed, shared, fees, legs, reason, book } = result;
  if (kind === 'refused') return print(`${intentId} refused: ${reason}`);
  const paid = Object.entries(fees).map(([asset, fee]) => `, fee ${fee} ${asset}`);
  print(`${book}: ${crossed} crossed inside, ${shared} of what went out${paid.join('')}`);
  if (reason !== '') print(`  ${reason}`);
  for (const leg of legs) print(`  ${leg.clientOrderId} ${leg.state}, executed ${leg.executed}`);
  print(`  group ${groupId}: nightdesk why ${intentId}`);
}
