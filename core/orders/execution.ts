import type { OrderRecord } from '../ports/order-store.ts';
import type {
  ExecutionCommand,
  ExecutionEvent,
  ExecutionInput,
  ExecutionOutcome,
  ExecutionPhase,
  ExecutionResult,
  ExecutionState,
  ExecutionStep,
  FollowLimit,
} from './execution-types.ts';
import { isSettled, isTerminal } from './order-machine.ts';
import { clientOrderId } from './order-id.ts';
import type { OrderIntent } from './types.ts';

/** How long a cancel is given to show before it is sent again. */
const betweenCancelsMs = 5_000;

/** Grants that may grow too old (a slow or stopped process) before the intent is denied. */
const staleGrantsAllowed = 5;

/**
 * One intent to its end (orders.md 3 and 4): stored, reserved, checked, submitted once, then only looked at. The
 * interpreter does the commands and hands in what comes of each; a `cancelRequested` may come between.
 * After a continue-as-new it goes on with `resumeExecution`.
 */
export function startExecution(input: ExecutionInput): ExecutionStep {
  const intent = intentOf(input, input.intentNumber);
  return storing({
    input,
    intent,
    phase: 'storing',
    replansLeft: input.replans,
    cancelReason: '',
    cancelUnderWay: false,
    followLimit: {},
    intentChanged: false,
    reduces: false,
    staleGrants: 0,
    earlier: [],
  });
}

/** The commands that are due in a state that was carried over: each may be done again without harm. */
export function resumeExecution(state: ExecutionState): ExecutionStep {
  if (state.phase === 'finished') return finish(state);
  return storing({ ...state, cancelUnderWay: false });
}

function intentOf(input: ExecutionInput, intentNumber: number): OrderIntent {
  const { namespace, seed, leg, order } = input;
  return { ...order, clientOrderId: clientOrderId({ namespace, seed, leg, intentNumber }), seed, leg, intentNumber };
}

type Step = (state: ExecutionState, event: ExecutionEvent) => ExecutionStep;

const readRecord: Step = (state, event) => (event.type === 'recordRead' ? byRecord(state, event.record) : still(state));

/** What each phase waits for; anything else is an answer to something older and changes nothing. */
const phases: Readonly<Record<ExecutionPhase, Step>> = {
  storing: (state, event) => {
    if (event.type !== 'intentStored') return still(state);
    return byRecord({ ...state, intentChanged: state.intentChanged || event.kind === 'changed' }, event.record);
  },
  reserving: (state, event) => {
    if (event.type === 'refused') return denying(state, event.reason);
    if (event.type !== 'reserved') return still(state);
    if (state.cancelReason !== '') return denying(state, state.cancelReason);
    const { grant, reduces } = event;
    return command({ ...state, phase: 'checkingPrice', grant, reduces }, { type: 'checkPrice', intent: state.intent });
  },
  checkingPrice: (state, event) => {
    if (event.type !== 'priceChecked' || state.grant === undefined) return still(state);
    const refusal = event.refusal ?? state.cancelReason;
    if (refusal !== '') return denying(state, refusal);
    const { intent, grant, reduces } = state;
    return command({ ...state, phase: 'submitting' }, { type: 'submit', intent, grant, reduces });
  },
  submitting: (state, event) => {
    if (event.type !== 'submitted') return still(state);
    if (event.kind !== 'refused') return byRecord(state, event.record);
    if (event.why === 'mode') return denying(state, 'the account’s mode forbids it');
    if (event.why === 'symbolHalted') return denying(state, 'the symbol is halted');
    const staleGrants = state.staleGrants + 1;
    if (staleGrants > staleGrantsAllowed) return denying(state, 'the guard’s grant was too old each time');
    return reserving({ ...state, staleGrants });
  },
  resolving: readRecord,
  following: (state, event) => {
    if (event.type !== 'followed') return still(state);
    const { record, atMostMs, untilVenueMs } = event;
    const { followLimit } = state;
    const replaced = atMostMs !== followLimit.atMostMs || untilVenueMs !== followLimit.untilVenueMs;
    if (replaced && !isSettled(record)) return still(state);
    const rested = untilVenueMs !== undefined && !isTerminal(record.state);
    return byRecord(rested ? asked(state, 'rested as long as it may') : state, record);
  },
  denying: readRecord,
  ending: (state, event) => (event.type === 'guardTold' ? afterEnd(state) : still(state)),
  finished: (state) => still(state),
};

/** Total: an event that the phase does not wait for leaves the state as it is and gives no command. */
export function stepExecution(state: ExecutionState, event: ExecutionEvent): ExecutionStep {
  if (event.type === 'cancelAnswered') return afterCancel({ ...state, cancelUnderWay: false }, event.record);
  if (event.type !== 'cancelRequested') return phases[state.phase](state, event);
  if (state.cancelReason !== '') return still(state);
  // Before the submission the next answer leads to `denied`; after it the cancel goes out beside what is under way.
  return isOut(state) ? canceling(asked(state, event.reason)) : still(asked(state, event.reason));
}

const isOut = ({ phase }: ExecutionState): boolean => phase === 'resolving' || phase === 'following';

/** The first reason stays. */
const asked = (state: ExecutionState, reason: string): ExecutionState =>
  state.cancelReason === '' ? { ...state, cancelReason: reason } : state;

/**
 * "Unknown order" is an answer too while the order rests, and so is a refusal: what follows it for days may not keep
 * the next cancel waiting.
 */
function afterCancel(state: ExecutionState, record: OrderRecord | undefined): ExecutionStep {
  if (!isOut(state)) return still(state);
  if (record !== undefined && isSettled(record)) return byRecord(state, record);
  const isSeen = state.phase === 'resolving' || state.followLimit.atMostMs === betweenCancelsMs;
  const hasEnded = record !== undefined && isTerminal(record.state);
  return isSeen || hasEnded ? still(state) : following(state, { atMostMs: betweenCancelsMs });
}

const still = (state: ExecutionState): ExecutionStep => ({ state, commands: [] });

const command = (state: ExecutionState, next: ExecutionCommand): ExecutionStep => ({ state, commands: [next] });

const storing = (state: ExecutionState): ExecutionStep =>
  command({ ...state, phase: 'storing' }, { type: 'storeIntent', intent: state.intent });

const reserving = (state: ExecutionState): ExecutionStep =>
  command({ ...state, phase: 'reserving' }, { type: 'reserve', intent: state.intent });

const denying = (state: ExecutionState, reason: string): ExecutionStep =>
  command({ ...state, phase: 'denying' }, { type: 'deny', clientOrderId: state.intent.clientOrderId, reason });

/** One at a time: while the venue does not answer, more of them would only spend the key's budget. */
function canceling(state: ExecutionState): ExecutionStep {
  if (state.cancelUnderWay) return still(state);
  const { intent, cancelReason } = state;
  const reason = cancelReason === '' ? 'decided again with other content' : cancelReason;
  return command({ ...state, cancelUnderWay: true }, { type: 'cancel', clientOrderId: intent.clientOrderId, reason });
}

/** Where the row stands decides what is next, whoever brought it there. */
function byRecord(state: ExecutionState, record: OrderRecord): ExecutionStep {
  const known = { ...state, record };
  const { clientOrderId: id } = known.intent;
  if (isSettled(record)) return ending(known, record);
  if (record.state === 'initialized') {
    if (known.intentChanged) return denying(known, 'intentChanged: decided again with other content');
    return known.cancelReason === '' ? reserving(known) : denying(known, known.cancelReason);
  }
  if (record.state === 'submitted' || record.state === 'unknown') {
    return command({ ...known, phase: 'resolving' }, { type: 'resolve', clientOrderId: id });
  }
  // Ended: fills that the venue executed are still missing, and following brings them.
  return isTerminal(record.state) ? following(known) : resting(known, record);
}

/** Goes on until it ends; a cancel is sent, and sent again while the venue still shows the order. */
function resting(state: ExecutionState, record: OrderRecord): ExecutionStep {
  if (state.cancelReason === '' && !state.intentChanged) return following(state, restLimit(state.input, record));
  const { state: canceled, commands } = canceling(state);
  const { state: next, commands: follow } = following(canceled, { atMostMs: betweenCancelsMs });
  return { state: next, commands: [...commands, ...follow] };
}

/** Counted from the signed timestamp, so that it passes once, whoever follows and however often it is begun anew. */
function restLimit({ restMs }: ExecutionInput, { submission, createdMs }: OrderRecord): FollowLimit {
  return restMs === undefined ? {} : { untilVenueMs: (submission?.timestampMs ?? createdMs) + restMs };
}

function following(state: ExecutionState, limit: FollowLimit = {}): ExecutionStep {
  const { clientOrderId: id } = state.intent;
  return command({ ...state, phase: 'following', followLimit: limit }, { type: 'follow', clientOrderId: id, ...limit });
}

const ending = (state: ExecutionState, record: OrderRecord): ExecutionStep =>
  command(
    { ...state, phase: 'ending' },
    { type: 'end', clientOrderId: state.intent.clientOrderId, executed: record.appliedExecuted },
  );

/** Only what is proven never accepted may be followed by another intent: new number, new id. */
function afterEnd(state: ExecutionState): ExecutionStep {
  const may = state.record?.state === 'notSent' && state.replansLeft > 0;
  if (!may || state.cancelReason !== '' || state.intentChanged) return finish(state);
  const { input, record: _record, grant: _grant, ...kept } = state;
  return storing({
    ...kept,
    input,
    intent: intentOf(input, state.intent.intentNumber + 1),
    replansLeft: state.replansLeft - 1,
    staleGrants: 0,
    earlier: [...state.earlier, resultOf(state)],
  });
}

function resultOf({ intent, record }: ExecutionState): ExecutionResult {
  return {
    clientOrderId: intent.clientOrderId,
    intentNumber: intent.intentNumber,
    state: record?.state ?? 'initialized',
    executed: record?.appliedExecuted ?? '0',
    reason: record?.reason ?? '',
  };
}

function finish(state: ExecutionState): ExecutionStep {
  const outcome: ExecutionOutcome = {
    kind: state.intentChanged ? 'intentChanged' : 'ended',
    last: resultOf(state),
    earlier: state.earlier,
    nextIntentNumber: state.intent.intentNumber + 1,
  };
  return command({ ...state, phase: 'finished' }, { type: 'finish', outcome });
}
