import { resumeExecution, startExecution, stepExecution } from '../../core/orders/execution.ts';
import type {
  ExecutionCommand,
  ExecutionEvent,
  ExecutionInput,
  ExecutionOutcome,
  ExecutionState,
  ExecutionStep,
} from '../../core/orders/execution-types.ts';
import { checkPrice } from '../../core/order-desk/check-price.ts';
import { cancelOrder } from '../../core/order-desk/cancel-order.ts';
import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { applyEvent, storedOrder } from '../../core/order-desk/apply-event.ts';
import { followOrder } from '../../core/order-desk/follow-order.ts';
import { createOrderWatch, type OrderWatch } from '../../core/order-desk/order-watch.ts';
import { resolveUnknown } from '../../core/order-desk/resolve-unknown.ts';
import { submitAndSend } from '../../core/order-desk/submit-and-send.ts';
import { findOrder, isFound, sightingEvent } from '../../core/order-desk/look.ts';
import { settleTimeMs } from '../../core/orders/look-up.ts';
import type { OrderRecord } from '../../core/ports/order-store.ts';
import { isTerminal } from '../../core/orders/order-machine.ts';
import type { Activities } from './activities.ts';
import type { GuardEntity } from './guard-entity.ts';
import { usualPrice } from './venue.ts';
import type { World } from './world.ts';

export type RunParts = Readonly<{ world: World; activities: Activities; guard: GuardEntity; watchOf: WatchOf }>;

export type WatchOf = (desk: OrderDesk) => OrderWatch;

/** One watch a process, as a worker has it. */
export function createWatches(): WatchOf {
  const watches = new WeakMap<OrderDesk, OrderWatch>();
  return (desk) => {
    const known = watches.get(desk);
    if (known !== undefined) return known;
    const watch = createOrderWatch({ exchange: desk.exchange, everyMs: () => 5_000, pause: desk.pause });
    watches.set(desk, watch);
    return watch;
  };
}

export type ExecutionRun = Readonly<{
  workflowId: string;
  cancel(reason: string): void;
  /** Goes back to an earlier point of its history; what runs goes on unheard. */
  reset(): void;
  /** Ends without having driven the order to its end: its parent was reset, or somebody terminated it. */
  terminate(): void;
  /** The store may have forgotten its row: it begins with it again. */
  restore(): void;
  readonly running: boolean;
  readonly state: ExecutionState;
}>;

/** Workflow `orderExecution` without Temporal: interprets the same machine's commands with the same steps. */
export function runExecution(
  parts: RunParts,
  {
    workflowId,
    input,
    done,
  }: Readonly<{ workflowId: string; input: ExecutionInput; done: (outcome: ExecutionOutcome) => void }>,
): ExecutionRun {
  const { world, activities, guard, watchOf } = parts;
  const history: ExecutionState[] = [];
  let state: ExecutionState;
  let generation = 0;
  let running = true;

  const begin = (step: ExecutionStep): void => {
    state = JSON.parse(JSON.stringify(step.state)) as ExecutionState;
    history.push(state);
    for (const command of step.commands) {
      world.note('command', workflowId, command.type, state.intent.intentNumber);
      if (command.type === 'finish') {
        running = false;
        done(command.outcome);
      } else start(command);
    }
  };

  const start = (asked: ExecutionCommand): void => {
    const mine = generation;
    const command = buggyCommand(asked);
    const answer = (event: ExecutionEvent | undefined): void => {
      if (event === undefined || mine !== generation || !running) return;
      if (
        world.bug === 'a changed intent is planned anew at once' &&
        event.type === 'intentStored' &&
        event.kind === 'changed'
      ) {
        const last = {
          clientOrderId: state.intent.clientOrderId,
          intentNumber: state.intent.intentNumber,
          state: 'denied',
          executed: '0',
          reason: '',
        } as const;
        running = false;
        done({ kind: 'intentChanged', last, earlier: [], nextIntentNumber: last.intentNumber + 1 });
      } else begin(stepExecution(state, event));
    };
    void perform(command).then(answer);
  };

  /** The interpreter's own rules, each taken out by its name. */
  function buggyCommand(command: ExecutionCommand): ExecutionCommand {
    const { clientOrderId } = state.intent;
    if (world.bug === 'a reservation is released when submitted' && command.type === 'follow') {
      void guard.update('release', { clientOrderId, executed: '0', venueMs: world.scheduler.nowMs() });
    }
    if (world.bug === 'an order ends before its fills are applied' && command.type === 'follow') {
      if (state.record !== undefined && isTerminal(state.record.state)) {
        state = { ...state, phase: 'ending' };
        return { type: 'end', clientOrderId, executed: state.record?.appliedExecuted ?? '0' };
      }
    }
    return command;
  }

  async function resolve(clientOrderId: string, desk: OrderDesk, signal: AbortSignal): Promise<OrderRecord> {
    const absent = { type: 'provenAbsent', reason: 'planted' } as const;
    const lookOnce = async () => {
      const record = await storedOrder(desk.orders, clientOrderId);
      const sighting = await findOrder(desk.exchange, record);
      return applyEvent(desk, clientOrderId, isFound(sighting) ? sightingEvent(sighting) : absent);
    };
    switch (world.bug ?? 'none') {
      case 'an unknown order counts as not sent at once':
        return applyEvent(desk, clientOrderId, absent);
      case 'one not found ends it': {
        for (;;) {
          const { submission } = await storedOrder(desk.orders, clientOrderId);
          if ((await desk.exchange.serverTimeMs()) > (submission?.deadlineMs ?? 0) + settleTimeMs(desk.exchange.traits))
            return lookOnce();
          await desk.pause(1_000, signal);
        }
      }
      case 'looks are not 2 s apart':
        for (;;) {
          const { submission } = await storedOrder(desk.orders, clientOrderId);
          if ((await desk.exchange.serverTimeMs()) > (submission?.deadlineMs ?? 0) + settleTimeMs(desk.exchange.traits))
            break;
          await desk.pause(1_000, signal);
        }
        for (let look = 0; look < 2; look += 1) {
          const sighting = await findOrder(desk.exchange, await storedOrder(desk.orders, clientOrderId));
          if (isFound(sighting)) return applyEvent(desk, clientOrderId, sightingEvent(sighting));
        }
        return lookOnce();
      case 'looks before the deadline prove absence':
        for (let look = 0; look < 2; look += 1) {
          const record = await storedOrder(desk.orders, clientOrderId);
          const sighting = await findOrder(desk.exchange, record);
          if (isFound(sighting)) return applyEvent(desk, clientOrderId, sightingEvent(sighting));
          await desk.pause(2_000, signal);
        }
        return lookOnce();
      default:
        return resolveUnknown(desk, clientOrderId, { signal });
    }
  }

  async function perform(command: ExecutionCommand): Promise<ExecutionEvent | undefined> {
    switch (command.type) {
      case 'storeIntent': {
        const { venue } = input.traits;
        const stored = await activities.run('storeIntent', ({ orders, nowMs }) =>
          orders.putIntent(command.intent, venue, workflowId, nowMs()),
        );
        return { type: 'intentStored', ...stored };
      }
      case 'reserve': {
        const { clientOrderId, symbol, side, amount, reduceOnly } = command.intent;
        const decision = await activities.run('reserve', async ({ exchange }) => {
          const venueMs = await exchange.venueTimeMs();
          const request = { clientOrderId, symbol, side, amount, price: usualPrice, reduceOnly, protective: false };
          return guard.update('reserve', { request, venueMs });
        });
        if (decision.kind === 'refused') return { type: 'refused', reason: decision.reason };
        return { type: 'reserved', grant: decision.grant, reduces: decision.reduces };
      }
      case 'checkPrice': {
        if (world.bug === 'prices are not checked') return { type: 'priceChecked' };
        const settings = { maxDeviation: '0.2', maxAgeMs: 5_000 };
        const refusal = await activities.run('checkPrice', (desk) => checkPrice(desk, command.intent, { settings }));
        return refusal === undefined ? { type: 'priceChecked' } : { type: 'priceChecked', refusal };
      }
      case 'submit': {
        const { intent, grant, reduces } = command;
        const { clientOrderId } = intent;
        const sent = await activities.run('submit', (desk) => submitAndSend(desk, { clientOrderId, grant, reduces }));
        return { type: 'submitted', ...sent };
      }
      case 'resolve': {
        const { clientOrderId } = command;
        const record = await activities.run('resolve', (desk, signal) => resolve(clientOrderId, desk, signal));
        return { type: 'recordRead', record };
      }
      case 'follow': {
        const { type: _, clientOrderId, ...limit } = command;
        const record = await activities.run('follow', (desk, signal) =>
          followOrder(desk, clientOrderId, { watch: watchOf(desk), signal, ...limit }),
        );
        return { type: 'followed', record, ...limit };
      }
      case 'cancel': {
        const { clientOrderId, reason } = command;
        const record = await activities.run('cancel', (desk, signal) =>
          world.bug === 'an unknown order counts as canceled'
            ? cancelTrusting(desk, clientOrderId)
            : cancelOrder(desk, clientOrderId, { reason, signal }),
        );
        return { type: 'cancelAnswered', record };
      }
      case 'deny': {
        const { clientOrderId, reason } = command;
        const { record } = await activities.run('deny', ({ orders, nowMs }) =>
          orders.deny(clientOrderId, reason, nowMs()),
        );
        return { type: 'recordRead', record };
      }
      case 'end': {
        const { clientOrderId, executed } = command;
        await activities.run('end', async ({ exchange }) => {
          const venueMs = await exchange.venueTimeMs();
          await guard.update('release', { clientOrderId, executed, venueMs });
        });
        return { type: 'guardTold' };
      }
      case 'finish':
        return undefined;
    }
  }

  const first = startExecution(input);
  state = first.state;
  begin(first);
  return {
    workflowId,
    cancel: (reason) => {
      if (running) begin(stepExecution(state, { type: 'cancelRequested', reason }));
    },
    reset: () => {
      if (!running) return;
      const back = history[world.chance('reset').nextBelow(history.length)];
      if (back === undefined) return;
      generation += 1;
      world.note('reset', workflowId, back.phase);
      begin(resumeExecution(back));
    },
    terminate: () => {
      running = false;
      generation += 1;
    },
    restore: () => {
      if (!running) return;
      generation += 1;
      begin(resumeExecution(state));
    },
    get running() {
      return running;
    },
    get state() {
      return state;
    },
  };
}

/** With the rule taken out that "unknown order" may mean filled: it ends the order as canceled. */
async function cancelTrusting(desk: OrderDesk, clientOrderId: string): Promise<OrderRecord> {
  const record = await storedOrder(desk.orders, clientOrderId);
  const { intent, venueOrderId, appliedExecuted: executed, venue } = record;
  if (venueOrderId === undefined || isTerminal(record.state)) return record;
  const { symbol, side, type, amount, reduceOnly } = intent;
  const outcome = await desk.exchange.cancelOrder({ symbol, clientOrderId, venueOrderId });
  if (outcome.kind === 'failed' && outcome.failure.kind !== 'unknownOrder') throw new Error('no answer');
  const shown = { venue, symbol, venueOrderId, clientOrderId, side, type, amount, reduceOnly };
  const order = { ...shown, state: 'canceled', executed, venueMs: record.changedMs } as const;
  return applyEvent(desk, clientOrderId, { type: 'sighted', order, fills: [] });
}
