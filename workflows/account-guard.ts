import {
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
import { parseGuardInput } from '../core/orders/guard-input.ts';
import type { GuardState } from '../core/orders/guard-types.ts';
import { marketQueue, ordersQueue, orderStep, orderWatch } from './activity-options.ts';
import { fatal, orFatal } from './failures.ts';
import { type Guard, handleGuardMessages, type ModeWriter } from './guard-messages.ts';
import { historyIsSpent } from './history.ts';

/** What an execution hands to the next one. */
export type CarriedGuard = Readonly<{ state: GuardState; cancelAllDue: boolean }>;

/** Ended ids that are carried: about 300 kB of a payload's 2 MB. Older ones are refused by the store's rows. */
const carriedIds = 4_000;

/**
 * The guard of one account (id `account-guard:<account>`): the serial place where every intent asks before it may be
 * submitted (core/orders/guard.ts). It runs for ever; its state comes from the store when it is started or reset, and
 * travels with it when it continues as new. Beside it runs the account's keeper, an activity that reconciles and renews
 * the dead man's switch. `input`: {"account": "binance-main"}.
 */
export async function accountGuard(input?: unknown, carried?: CarriedGuard): Promise<never> {
  const { account } = orFatal(() => parseGuardInput(input));
  const guard: Guard = { account, state: carried?.state, cancelAllDue: carried?.cancelAllDue ?? false, halts: 0 };
  handleGuardMessages(guard, modeWriter(guard));
  const { loadGuard } = proxyActivities<OrderActivities>(stepsOf('reads the store'));
  if (guard.state === undefined) {
    const state = await loadGuard({ account });
    guard.state = state;
    guard.cancelAllDue = state.mode === 'HALTED';
  }
  describe(guard);
  const work = new CancellationScope();
  const working = work.run(() => Promise.all([keep(guard), cancelWhenHalted(guard)]));
  working.catch(() => {}); // awaited below; an end of its own is a failure there
  await Promise.race([working, condition(historyIsSpent)]);
  work.cancel();
  try {
    await working;
  } catch (thrown) {
    if (!isCancellation(thrown)) throw fatal(thrown);
  }
  await condition(allHandlersFinished);
  return continueAsNew<typeof accountGuard>(input, carry(guard));
}

function carry({ state, cancelAllDue }: Guard): CarriedGuard {
  if (state === undefined) throw fatal(new Error('a guard that was never loaded continues as new'));
  return { state: { ...state, decided: state.decided.slice(-carriedIds) }, cancelAllDue };
}

const stepsOf = (summary: string) => ({ ...orderStep, taskQueue: ordersQueue(workflowInfo().taskQueue), summary });

const watchOf = (summary: string) => ({ ...orderWatch, taskQueue: marketQueue(workflowInfo().taskQueue), summary });

/** Reconciles and renews as long as the guard runs; it returns only when something has to be begun anew. */
async function keep(guard: Guard): Promise<void> {
  const { keepAccount } = proxyActivities<OrderWatchActivities>(watchOf(`keeper of ${guard.account}`));
  for (;;) await keepAccount(ofGuard(guard));
}

/** A halt cancels everything, and goes on until nothing can come any more or a person has ended it. */
async function cancelWhenHalted(guard: Guard): Promise<void> {
  for (;;) {
    await condition(() => guard.cancelAllDue);
    describe(guard);
    if (patched('aHaltEndsWithItsResume')) await cancelOneHalt(guard);
    else await cancelAsBefore(guard);
    describe(guard);
  }
}

const canceler = () => proxyActivities<OrderWatchActivities>(watchOf('cancel all'));

/** Another halt, or the end of this one, ends its cancelling: the loop begins with the newest deadlines, or not at all. */
async function cancelOneHalt(guard: Guard): Promise<void> {
  const { halts, state } = guard;
  const latestDeadlineMs = state?.latestDeadlineMs ?? 0;
  const scope = new CancellationScope();
  const order = { ...ofGuard(guard), latestDeadlineMs, sinceMs: state?.modeChangedMs };
  const canceling = scope.run(() => canceler().haltCancelAll(order));
  const overtaken = () => condition(() => !guard.cancelAllDue || guard.halts !== halts);
  const end = await Promise.race([canceling, overtaken().then(() => undefined)]);
  if (end === undefined) {
    scope.cancel();
    canceling.catch(() => {}); // it ends by itself too: it reads the mode before each cancel-all
  } else if (end === 'resumed') {
    await overtaken(); // somebody told the store; the guard hears of it from them or from the keeper
  } else if (guard.state?.latestDeadlineMs === latestDeadlineMs) {
    guard.cancelAllDue = false;
  }
}

/** As guards did whose history is older. */
async function cancelAsBefore(guard: Guard): Promise<void> {
  const { account, state } = guard;
  await canceler().haltCancelAll({ account, latestDeadlineMs: state?.latestDeadlineMs ?? 0 });
  guard.cancelAllDue = false;
}

const modeSteps = () => proxyActivities<OrderActivities>(stepsOf('writes the mode'));

/** The account, and the store that the guard was loaded from: no other desk's worker does these steps. */
const ofGuard = ({ account, state }: Guard) => ({
  account,
  ...(state?.storeId !== undefined && { storeId: state.storeId }),
});

function modeWriter(guard: Guard): ModeWriter {
  return {
    async halt({ reason, by, symbol }) {
      if (symbol === undefined)
        return modeSteps().storeMode({ ...ofGuard(guard), mode: 'HALTED', reason, by, person: false });
      return modeSteps().storeSymbolHalt({ ...ofGuard(guard), symbol, reason, by, halted: true });
    },
    async resume({ reason, by, symbol }) {
      if (symbol === undefined)
        return modeSteps().storeMode({ ...ofGuard(guard), mode: 'ACTIVE', reason, by, person: true });
      return modeSteps().storeSymbolHalt({ ...ofGuard(guard), symbol, reason, by, halted: false });
    },
    setMode: async (message) => modeSteps().storeMode({ ...ofGuard(guard), ...message }),
    trip: (trip) => modeSteps().tripToReducing(trip),
  };
}

function describe({ account, state, cancelAllDue }: Guard): void {
  if (state === undefined) return;
  const { mode, reason, reservations, positions } = state;
  const held = Object.entries(positions).map(([symbol, amount]) => `- ${symbol}: ${amount}`);
  const lines = [
    `**${account}: ${mode}**${reason === '' ? '' : ` (${reason})`}${cancelAllDue ? ', cancelling everything' : ''}`,
    `${reservations.length} orders under way`,
    ...held,
  ];
  setCurrentDetails(lines.join('\n\n'));
}
