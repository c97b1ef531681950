import {
  allHandlersFinished,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  sleep,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { BookActivities } from '../activities/books.ts';
import type { ExecutionOutcome } from '../core/orders/execution-types.ts';
import { parseGuardInput } from '../core/orders/guard-input.ts';
import { planOf } from '../core/orders/netting.ts';
import { orderSeed } from '../core/orders/order-id.ts';
import type { OrderRequest } from '../core/orders/order-request.ts';
import {
  emptyQueue,
  endGroup,
  type FormedGroups,
  takeGroups,
  waitingSymbols,
  type WantQueue,
} from '../core/orders/want-queue.ts';
import type { NettedGroup } from '../core/ports/order-store.ts';
import { ordersQueue, orderStep, workflowTaskTimeout } from './activity-options.ts';
import { type Books, handleBookMessages } from './book-messages.ts';
import { documentOf, fatal, orFatal } from './failures.ts';
import { historyIsSpent } from './history.ts';

/** What an execution hands to the next one: groups under way are in the store. */
export type CarriedWants = Pick<WantQueue, 'waiting' | 'ended'>;

/** How long an execution whose history is spent waits for groups; who is not done by then is gone on with by the next. */
const lastWait = '30 seconds';

/**
 * The virtual books of one account (id `book-trading:<account>`). What books want of a market within a short window is
 * netted: opposite sides cross inside, the rest goes out as one order (`orderExecution`), whose fills are shared. The
 * group is stored before anything of it is sent, and whoever comes upon it later (a reset, another run, a repeated
 * want) goes on with it as it is. A want that comes while a group of its market is under way waits for the next one.
 * `input`: {"account": "binance-main"}.
 */
export async function bookTrading(input?: unknown, carried?: CarriedWants): Promise<never> {
  const { account } = orFatal(() => parseGuardInput(input));
  const books: Books = { account, queue: { ...emptyQueue, ...carried }, closed: '' };
  handleBookMessages(books);
  const settings = await steps('reads the store').loadBooks({ account });
  books.storeId = settings.storeId;
  let cancelled: unknown;
  CancellationScope.current().cancelRequested.catch((thrown: unknown) => {
    cancelled = thrown;
    books.closed = 'the workflow was cancelled';
  });
  await CancellationScope.nonCancellable(() => trade(books, settings));
  if (cancelled !== undefined) {
    const refused = books.queue.waiting.map(({ intentId }) => ({ intentId, reason: books.closed }));
    books.queue = takeGroups(books.queue, { groups: [], refused });
    throw cancelled;
  }
  await condition(allHandlersFinished);
  const { waiting, ended } = books.queue;
  return continueAsNew<typeof bookTrading>(input, { waiting, ended });
}

/** The account, and the store that the books were loaded from: no other desk's worker does these steps. */
const ofBooks = ({ account, storeId }: Books) => ({ account, ...(storeId !== undefined && { storeId }) });

const steps = (summary: string) =>
  proxyActivities<BookActivities>({ ...orderStep, taskQueue: ordersQueue(workflowInfo().taskQueue), summary });

type Settings = Awaited<ReturnType<BookActivities['loadBooks']>>;

/** One decision a market at a time, until the history is spent or nobody wants any more. */
async function trade(books: Books, { unsettled, ...settings }: Settings): Promise<void> {
  const busy = new Set<string>();
  let failed: unknown;
  const begin = (symbol: string, work: () => Promise<unknown>) => {
    busy.add(symbol);
    work()
      .catch((thrown: unknown) => (failed = thrown))
      .finally(() => {
        busy.delete(symbol);
        describe(books);
      });
  };
  books.queue = takeGroups(books.queue, { groups: unsettled, refused: [] });
  for (const [symbol, groups] of Map.groupBy(unsettled, (group) => group.symbol)) {
    begin(symbol, () => driveAll(books, groups, settings.newIntents));
  }
  const free = () => waitingSymbols(books.queue).filter((symbol) => !busy.has(symbol));
  const isOver = () => books.closed !== '' || historyIsSpent();
  for (;;) {
    await condition(() => failed !== undefined || isOver() || free().length > 0);
    if (failed !== undefined) throw fatal(failed);
    if (isOver()) break;
    for (const symbol of free()) begin(symbol, () => decide(books, symbol, settings));
  }
  const isDone = () => failed !== undefined || busy.size === 0;
  // Who cancels waits for what is under way; else the store has it, and the next execution goes on.
  await (books.closed === '' ? condition(isDone, lastWait) : condition(isDone));
  if (failed !== undefined) throw fatal(failed);
}

/** Collects for a moment, stores what came as a group, and brings it to its end. */
async function decide(books: Books, symbol: string, settings: Omit<Settings, 'unsettled'>): Promise<void> {
  if (settings.windowMs > 0) await sleep(settings.windowMs);
  const wants = books.queue.waiting.filter((want) => want.symbol === symbol);
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const seed = orderSeed(workflowId, firstExecutionRunId);
  let formed: FormedGroups;
  try {
    formed = await steps(`nets ${wants.length} wants`).formGroups({ ...ofBooks(books), symbol, wants, seed });
  } catch (thrown) {
    const reason = documentOf(thrown).message;
    formed = { groups: [], refused: wants.map(({ intentId }) => ({ intentId, reason })) };
  }
  books.queue = takeGroups(books.queue, formed);
  describe(books);
  await driveAll(books, formed.groups, settings.newIntents);
}

const driveAll = (books: Books, groups: readonly NettedGroup[], newIntents: number): Promise<unknown> =>
  Promise.all(groups.map((group) => drive(books, group, newIntents)));

/** Sends what goes out of a group, anew under the next number where it provably never arrived, and books the rest. */
async function drive(books: Books, group: NettedGroup, newIntents: number): Promise<void> {
  const note = await send(books, group, newIntents);
  const results = await steps('shares out').settleGroup({ ...ofBooks(books), group, note });
  books.queue = endGroup(books.queue, group.groupId, results);
}

/** Empty, or why nothing could be sent. */
async function send(books: Books, group: NettedGroup, newIntents: number): Promise<string> {
  const { groupId } = group;
  const { account } = books;
  const { outgoing } = planOf(group);
  if (outgoing === undefined) return '';
  let intentNumber = 1;
  for (let replansLeft = newIntents; ; replansLeft--) {
    const request = { ...legOf(account, group, { ...outgoing, intentNumber }), ...ofBooks(books) };
    let outcome: ExecutionOutcome;
    try {
      outcome = await executeChild<(input: unknown) => Promise<ExecutionOutcome>>('orderExecution', {
        // Another one after a reset: then two drive the same intent at once, which does no harm.
        workflowId: `order:${groupId}:${intentNumber}:${uuid4().slice(0, 8)}`,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        args: [request],
        workflowTaskTimeout,
        staticSummary: `${outgoing.side} ${outgoing.amount} ${group.symbol} on ${account} for ${group.members.length} wants`,
      });
    } catch (thrown) {
      if (thrown instanceof ChildWorkflowFailure) return documentOf(thrown).message;
      throw thrown;
    }
    if (outcome.last.state !== 'notSent' || replansLeft === 0) return '';
    intentNumber = outcome.nextIntentNumber;
  }
}

type Leg = Pick<OrderRequest, 'side' | 'amount' | 'intentNumber'>;

/** Made of the stored row alone: the same order whoever sends it. */
function legOf(account: string, group: NettedGroup, leg: Leg): Partial<OrderRequest> {
  const { symbol, members, seed } = group;
  const reason = `netted from ${members.length} wants`;
  return {
    account,
    symbol,
    ...leg,
    type: 'market',
    book: group.groupId,
    reason,
    leg: group.groupId,
    replans: 0,
    ...(seed !== undefined && { seed }),
  };
}

function describe({ account, queue }: Books): void {
  const groups = queue.underWay.map(({ symbol, members }) => `- ${symbol}: ${members.length} wants under way`);
  setCurrentDetails([`**books of ${account}**`, `${queue.waiting.length} wants wait`, ...groups].join('\n\n'));
}
