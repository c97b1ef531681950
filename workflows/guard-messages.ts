import { condition, defineQuery, defineUpdate, patched, setHandler } from '@temporalio/workflow';
import type { GuardUpdates, GuardView } from '../core/orders/guard-messages.ts';
import { stepGuard } from '../core/orders/guard.ts';
import type { GuardEvent, GuardState, GuardStep } from '../core/orders/guard-types.ts';
import type { Trip } from '../core/order-desk/trip-account.ts';
import type { TradingMode } from '../core/orders/types.ts';
import { isOldWord, storeWord } from '../core/orders/store-word.ts';
import { isDecimal } from '../core/orders/decimal.ts';
import { fatal, orFatal } from './failures.ts';

type Messages = { [Name in keyof GuardUpdates]: GuardUpdates[Name]['message'] };
type Answers = { [Name in keyof GuardUpdates]: GuardUpdates[Name]['answer'] };

const update = <Name extends keyof GuardUpdates>(name: Name) => defineUpdate<Answers[Name], [Messages[Name]]>(name);

/** How the guard stands; cheap, and never in history. */
export const viewQuery = defineQuery<GuardView>('view');

/** What a guard keeps between its steps, and what its message handlers work on. */
export type Guard = {
  readonly account: string;
  /** Undefined while it is read from the store. */
  state: GuardState | undefined;
  /** A halt's cancel-all has not succeeded yet. */
  cancelAllDue: boolean;
  /** Counts the halts of this run. */
  halts: number;
};

/** Which of the store's words a mode became; workers of before did not say. */
type Stored = Readonly<{ changedMs?: number }> | undefined | void;

/** The activities that a mode needs, from the workflow: the store's flag first counts everywhere. */
export type ModeWriter = Readonly<{
  halt(message: Messages['halt']): Promise<Stored>;
  resume(message: Messages['resume']): Promise<Stored>;
  setMode(message: Messages['setMode']): Promise<Stored>;
  trip(trip: Trip): Promise<Readonly<{ mode: TradingMode; reason: string; changedMs: number }>>;
}>;

type StepGuard = (event: GuardEvent) => GuardStep;

/** Lets the messages of `accountGuard` in; their effects are on `guard`. */
export function handleGuardMessages(guard: Guard, write: ModeWriter): void {
  const step: StepGuard = (event) => {
    const { state } = guard;
    if (state === undefined) throw fatal(new Error('a handler ran before the guard was loaded'));
    const result = orFatal(() => stepGuard(state, event));
    guard.state = result.state;
    // Who ended the halt wants to trade: nothing is cancelled any more.
    if (guard.state.mode !== 'HALTED') guard.cancelAllDue = false;
    if (result.haltNow === true) {
      guard.cancelAllDue = true;
      guard.halts++;
    }
    return result;
  };
  const loaded = () => condition(() => guard.state !== undefined);
  setHandler(viewQuery, () => viewOf(guard), { description: 'Mode, positions, orders under way' });
  // For the desk's own processes. A worker that takes a guard over and answers a query first has it act on events that
  // no workflow task has seen; an update that comes next is then in another order than when history is replayed, and
  // the guard stands still (SDK 1.24). An update is taken in its turn.
  setHandler(update('look'), () => viewOf(guard), { description: 'Mode, positions, orders under way' });
  handleOrderUpdates(guard, { step, loaded, write });
  handleModeUpdates(guard, { step, loaded, write });
}

const isOfOther = ({ state }: Guard, storeId: string | undefined): boolean =>
  storeId !== undefined && state?.storeId !== undefined && state.storeId !== storeId;

const ofOther =
  'the account’s guard belongs to another desk on the same Temporal server: give each a server or a namespace of its own';

function handleOrderUpdates(guard: Guard, { step, loaded, write }: Parts): void {
  const trippedBy = async ({ symbol, clientOrderId }: Messages['reserve']['request'], reason: string) => {
    step({ type: 'setMode', mode: 'REDUCING', reason, person: false, venueMs: 0 });
    // A store that refuses it changes nothing here: the guard lets nothing increase until a person resumes.
    const stored = await write.trip({ account: guard.account, reason, symbol, clientOrderId }).catch(() => undefined);
    if (stored !== undefined) step({ type: 'modeStored', ...stored });
  };
  setHandler(
    update('reserve'),
    async ({ request, venueMs, storeId }) => {
      await loaded();
      if (isOfOther(guard, storeId)) return { kind: 'refused', reason: ofOther };
      const { decision, trip } = step({ type: 'reserve', request, venueMs });
      // Guards whose history is older only refused.
      if (trip !== undefined && patched('aRunawayTrips')) await trippedBy(request, trip);
      return decision ?? { kind: 'refused', reason: 'the guard made no decision' };
    },
    { validator: validateReserve, description: 'Asks for the permission to submit one intent' },
  );
  setHandler(
    update('release'),
    async ({ clientOrderId, executed, venueMs }) => {
      await loaded();
      step({ type: 'ended', clientOrderId, executed, venueMs });
    },
    { validator: validateRelease, description: 'An order has ended: its reservation becomes position' },
  );
  setHandler(
    update('sync'),
    async (message) => {
      await loaded();
      takeOver(guard, message, step);
    },
    { validator: validateSync, description: 'What the store says, from reconciliation' },
  );
}

type Parts = Readonly<{ step: StepGuard; loaded: () => Promise<void>; write: ModeWriter }>;

function handleModeUpdates(guard: Guard, { step, loaded, write }: Parts): void {
  /** A halt that came while another mode was being written stands: what was written last may not be the halt. */
  const haltedSince = async (halts: number, by: string): Promise<boolean> => {
    if (guard.halts === halts || guard.state?.mode !== 'HALTED') return false;
    if (!patched('aLaterHaltStands')) return false;
    const { reason } = guard.state;
    const stored = await write.halt({ reason, by });
    step({ type: 'modeStored', mode: 'HALTED', reason, ...stored });
    return true;
  };
  setHandler(
    update('halt'),
    async (message) => {
      await loaded();
      const { reason, symbol } = message;
      // First here, so that nothing more is granted; then in the store, where it stops what is granted already.
      if (symbol === undefined) step({ type: 'setMode', mode: 'HALTED', reason, person: false, venueMs: 0 });
      else step({ type: 'haltSymbol', symbol, reason });
      const stored = await write.halt(message);
      if (symbol === undefined) step({ type: 'modeStored', mode: 'HALTED', reason, ...stored });
      return viewOf(guard);
    },
    { validator: validateWhy, description: 'Halts: {"reason": "…", "by": "…"}, one symbol with "symbol"' },
  );
  setHandler(
    update('resume'),
    async (message) => {
      await loaded();
      const { halts } = guard;
      const stored = await write.resume(message);
      const { reason, symbol } = message;
      if (symbol === undefined && (await haltedSince(halts, message.by))) return viewOf(guard);
      if (symbol === undefined) step({ type: 'setMode', mode: 'ACTIVE', reason, person: true, venueMs: 0, ...stored });
      else step({ type: 'resumeSymbol', symbol, person: true });
      return viewOf(guard);
    },
    { validator: validateWhy, description: 'A person ends a halt: {"reason": "…", "by": "…"}' },
  );
  setHandler(
    update('setMode'),
    async (message) => {
      await loaded();
      const { halts } = guard;
      const stored = await write.setMode(message);
      if (await haltedSince(halts, message.by)) return viewOf(guard);
      step({ type: 'setMode', venueMs: 0, ...message, ...stored });
      return viewOf(guard);
    },
    {
      validator: validateMode,
      description: 'Sets ACTIVE, REDUCING or HALTED: {"mode": "REDUCING", "reason": "…", "by": "…", "person": true}',
    },
  );
}

/** The store's word over the guard's: somebody may have halted without Temporal. */
function takeOver(guard: Guard, message: Messages['sync'], step: StepGuard): void {
  const { haltedSymbols, positions, forgotten, priced, limits, timing } = message;
  if (guard.state === undefined) return;
  const isOld = isOldWord(guard.state, message);
  const word = storeWord(guard.state, message);
  if (word !== undefined) step(word);
  if (positions !== undefined) step({ type: 'synced', ...positions });
  if (forgotten !== undefined) step({ type: 'remembered', ...forgotten });
  if (priced !== undefined) step({ type: 'priced', ...priced });
  if (guard.state !== undefined) {
    const halts = isOld ? {} : { haltedSymbols };
    guard.state = { ...guard.state, ...halts, ...(limits && { limits }), ...(timing && { timing }) };
  }
}

export function viewOf({ account, state }: Guard): GuardView {
  const none = { maxOrderNotional: '0', maxPositionNotional: '0', maxExposureNotional: '0', maxNotionalPerDay: '0' };
  if (state === undefined) {
    return {
      account,
      mode: 'HALTED',
      reason: 'the guard reads the store',
      haltedSymbols: [],
      positions: {},
      underWay: [],
      settledCount: 0,
      latestDeadlineMs: 0,
      limits: { ...none, maxOrdersPerMinute: 0 },
      prices: {},
      loading: true,
    };
  }
  const { mode, reason, haltedSymbols, positions, prices, reservations, settledCount, loadedMs, modeChangedMs } = state;
  const underWay = reservations.map(({ clientOrderId }) => clientOrderId);
  return {
    account,
    mode,
    reason,
    ...(modeChangedMs !== undefined && { modeChangedMs }),
    haltedSymbols,
    positions,
    underWay,
    settledCount,
    ...(loadedMs !== undefined && { loadedMs }),
    latestDeadlineMs: state.latestDeadlineMs,
    limits: state.limits,
    prices,
    loading: false,
  };
}

// Validators run without being awaited: they must be synchronous, and a rejected update leaves no trace in history.

function validateReserve(message: Messages['reserve'] | undefined): void {
  const { request, venueMs } = message ?? {};
  if (!isId(request?.clientOrderId)) throw new Error('request.clientOrderId: expected 32 lower-case hex digits');
  if (!isDecimal(request.amount) || !isDecimal(request.price)) throw new Error('request: expected decimal texts');
  if (request.side !== 'buy' && request.side !== 'sell') throw new Error('request.side: expected buy or sell');
  if (typeof request.symbol !== 'string') throw new Error('request.symbol: expected a market');
  if (!isTime(venueMs)) throw new Error('venueMs: expected the venue’s time, in ms');
}

function validateRelease(message: Messages['release'] | undefined): void {
  if (!isId(message?.clientOrderId)) throw new Error('clientOrderId: expected 32 lower-case hex digits');
  if (!isDecimal(message.executed)) throw new Error('executed: expected a decimal text');
  if (!isTime(message.venueMs)) throw new Error('venueMs: expected the venue’s time, in ms');
}

const modes = ['ACTIVE', 'REDUCING', 'HALTED'];

function validateSync(message: Messages['sync'] | undefined): void {
  if (!modes.includes(message?.mode ?? '')) throw new Error(`mode: expected one of ${modes.join(', ')}`);
  if (!Array.isArray(message?.haltedSymbols)) throw new Error('haltedSymbols: expected a list');
}

function validateWhy(message: Messages['halt'] | undefined): void {
  if (!isText(message?.by)) throw new Error('by: expected who asks');
  if (!isText(message.reason)) throw new Error('reason: expected why');
  if (message.symbol !== undefined && !isText(message.symbol)) throw new Error('symbol: expected a market');
}

function validateMode(message: Messages['setMode'] | undefined): void {
  validateWhy(message);
  if (!modes.includes(message?.mode ?? '')) throw new Error(`mode: expected one of ${modes.join(', ')}`);
  if (typeof message?.person !== 'boolean') throw new Error('person: expected true or false');
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
