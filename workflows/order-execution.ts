import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { OrderActivities } from '../activities/orders.ts';
import type { OrderWatchActivities } from '../activities/order-watching.ts';
import { resumeExecution, startExecution, stepExecution } from '../core/orders/execution.ts';
import type {
  ExecutionCommand,
  ExecutionEvent,
  ExecutionOutcome,
  ExecutionState,
  ExecutionStep,
} from '../core/orders/execution-types.ts';
import { orderSeed } from '../core/orders/order-id.ts';
import { type OrderRequest, parseOrderRequest } from '../core/orders/order-request.ts';
import { marketQueue, ordersQueue, orderStep, orderWatch } from './activity-options.ts';
import { documentOf, fatal, orFatal } from './failures.ts';
import { historyIsSpent } from './history.ts';
import { type Execution, handleOrderMessages, statusOf } from './order-messages.ts';

/** What an order returns, and what `nextIntentNumber` a caller has to go on from. */
export type OrderExecutionResult = ExecutionOutcome;

/**
 * One order from intent to its end: stored, reserved with the account's guard, held against a second price, sent once,
 * and then only looked at until the venue's evidence has ended it. `input` is one JSON object
 * (core/orders/order-request.ts); only account, symbol, side and amount have to be in it.
 *
 * It interprets the commands of core/orders/execution.ts. A cancel of the workflow cancels what is left of the order;
 * it ends as cancelled only when the order has ended too.
 */
export async function orderExecution(input?: unknown, carried?: ExecutionState): Promise<OrderExecutionResult> {
  const execution: Execution = { state: carried, inbox: [] };
  const request = orFatal(() => parseOrderRequest(input));
  handleOrderMessages(execution);
  const first = carried === undefined ? await beginExecution(request) : resumeExecution(carried);
  // What was begun at the venue is ended there, whatever happens to whoever asked for it.
  const run = createRun(execution, request);
  let cancelled: unknown;
  CancellationScope.current().cancelRequested.catch((thrown: unknown) => {
    cancelled = thrown;
    execution.inbox.push({ type: 'cancelRequested', reason: 'the workflow was cancelled' });
  });
  const outcome = await CancellationScope.nonCancellable(() => run(first));
  await condition(allHandlersFinished);
  if (outcome === 'continue') return continueAsNew<typeof orderExecution>(input, execution.state);
  if (cancelled !== undefined) throw cancelled;
  return outcome;
}

/**
 * Seed and namespace make the ids: the top workflow's first execution, so that they stay over resets and new runs. The
 * first intent's row is written by the step that rounds it; orders that began before it was so have two steps.
 */
async function beginExecution(request: OrderRequest): Promise<ExecutionStep> {
  const { workflowId, firstExecutionRunId, namespace } = workflowInfo();
  const { leg, intentNumber, restMs, seed = orderSeed(workflowId, firstExecutionRunId) } = request;
  const ids = { namespace, seed, leg, intentNumber };
  const rests = restMs !== undefined && { restMs };
  try {
    if (!patched('storesWhatItRounds')) {
      const prepared = await stepActivities('rounds to the market').prepareOrder(request);
      return startExecution({ ...ids, ...prepared, ...rests });
    }
    const steps = stepActivities('rounds to the market and stores the intent');
    const { stored, ...prepared } = await steps.prepareAndStore({ request, ids });
    return stepExecution(startExecution({ ...ids, ...prepared, ...rests }).state, { type: 'intentStored', ...stored });
  } catch (thrown) {
    throw isCancellation(thrown) ? thrown : fatal(thrown);
  }
}

/** Drives the machine: does each command and hands in what comes of it, and takes what comes in between at once. */
function createRun(execution: Execution, request: OrderRequest) {
  const answers: ExecutionEvent[] = [];
  let outcome: ExecutionOutcome | undefined;
  let failed: unknown;

  const begin = ({ state, commands }: ExecutionStep) => {
    execution.state = state;
    describe(execution, request);
    for (const command of commands) {
      if (command.type === 'finish') outcome = command.outcome;
      else
        perform(command, state).then(
          (event) => event && answers.push(event),
          (thrown) => (failed = thrown),
        );
    }
  };

  return async (first: ExecutionStep): Promise<ExecutionOutcome | 'continue'> => {
    begin(first);
    for (;;) {
      await condition(
        () => failed !== undefined || outcome !== undefined || answers.length + execution.inbox.length > 0,
      );
      if (failed !== undefined) throw fatal(failed);
      if (outcome !== undefined) return outcome;
      const event = execution.inbox.shift() ?? answers.shift();
      if (event === undefined || execution.state === undefined) continue;
      const step = stepExecution(execution.state, event);
      // An order rests for days without events of its own: this is for one that is canceled again and again. Nothing
      // is under way when an answer has just come: the next execution does its commands.
      if (historyIsSpent() && event.type !== 'cancelRequested' && step.commands[0]?.type !== 'finish') {
        execution.state = step.state;
        return 'continue';
      }
      begin(step);
    }
  };
}

const stepActivities = (summary: string) =>
  proxyActivities<OrderActivities>({ ...orderStep, taskQueue: ordersQueue(workflowInfo().taskQueue), summary });

const watchActivities = (summary: string, options = orderWatch) =>
  proxyActivities<OrderWatchActivities>({ ...options, taskQueue: marketQueue(workflowInfo().taskQueue), summary });

/** One command, and the event that comes of it. */
async function perform(command: ExecutionCommand, state: ExecutionState): Promise<ExecutionEvent | undefined> {
  const { account } = state.intent;
  switch (command.type) {
    case 'storeIntent': {
      const { venue } = state.input.traits;
      const stored = await stepActivities('stores the intent').storeIntent({ intent: command.intent, venue });
      return { type: 'intentStored', ...stored };
    }
    case 'reserve':
      return reserve(command);
    case 'checkPrice':
      return checkPrice(command);
    case 'submit': {
      const { intent, grant, reduces } = command;
      const { clientOrderId } = intent;
      const sent = await stepActivities('submits').submitAndSend({ account, clientOrderId, grant, reduces });
      return { type: 'submitted', ...sent };
    }
    case 'resolve': {
      const { clientOrderId } = command;
      const record = await watchActivities('looks for it').resolveUnknown({ account, clientOrderId });
      return { type: 'recordRead', record };
    }
    case 'follow': {
      const { type: _, ...followed } = command;
      const record = await watchActivities('follows it').followOrder({ account, ...followed });
      return { ...followed, type: 'followed', record };
    }
    case 'cancel': {
      const { clientOrderId, reason } = command;
      return cancel({ account, clientOrderId, reason });
    }
    case 'deny': {
      const { clientOrderId, reason } = command;
      return { type: 'recordRead', record: await stepActivities('denies').deny({ account, clientOrderId, reason }) };
    }
    case 'end': {
      const { clientOrderId, executed } = command;
      await watchActivities('tells the guard').release({ account, clientOrderId, executed });
      return { type: 'guardTold' };
    }
    case 'finish': // which the caller does
    default:
      return undefined;
  }
}

/** What is hopeless before anything was sent ends the intent: it is denied with the reason. */
async function reserve({ intent }: Extract<ExecutionCommand, { type: 'reserve' }>): Promise<ExecutionEvent> {
  try {
    const decision = await watchActivities('asks the guard', orderStep).reserve({ intent });
    if (decision.kind === 'granted') return { type: 'reserved', grant: decision.grant, reduces: decision.reduces };
    return { type: 'refused', reason: decision.reason };
  } catch (thrown) {
    return { type: 'refused', reason: reasonOf(thrown) };
  }
}

/** Refused for good (a bad key, a rule of the venue), the order still rests: it is followed, and canceled again. */
async function cancel(
  order: Readonly<{ account: string; clientOrderId: string; reason: string }>,
): Promise<ExecutionEvent> {
  try {
    return { type: 'cancelAnswered', record: await stepActivities('cancels').cancelOrder(order) };
  } catch (thrown) {
    if (thrown instanceof ActivityFailure) return { type: 'cancelAnswered' };
    throw thrown;
  }
}

async function checkPrice({ intent }: Extract<ExecutionCommand, { type: 'checkPrice' }>): Promise<ExecutionEvent> {
  try {
    return { type: 'priceChecked', ...(await stepActivities('checks the price').checkPrice({ intent })) };
  } catch (thrown) {
    return { type: 'priceChecked', refusal: reasonOf(thrown) };
  }
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof ActivityFailure) return documentOf(thrown).message;
  throw thrown;
}

function describe(execution: Execution, { symbol, side, amount, type, price }: OrderRequest): void {
  const { clientOrderId, phase, state, executed, reason } = statusOf(execution);
  const what = `${side} ${amount} ${symbol} ${type}${price === undefined ? '' : ` at ${price}`}`;
  const lines = [`**${what}**: ${state === '' ? phase : state}`, `filled ${executed}, id ${clientOrderId}`, reason];
  setCurrentDetails(lines.filter(Boolean).join('\n\n'));
}
