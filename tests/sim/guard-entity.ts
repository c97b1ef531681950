import { loadGuard } from '../../core/order-desk/load-guard.ts';
import { buggyCarry, buggyLoad, buggyStep } from './buggy-guard.ts';

import { tripToReducing } from '../../core/order-desk/trip-account.ts';
import type { AccountState } from '../../core/ports/order-store.ts';
import type { GuardUpdates, GuardView, SyncMessage } from '../../core/orders/guard-messages.ts';
import { isOldWord, storeWord } from '../../core/orders/store-word.ts';
import type { GuardEvent, GuardLimits, GuardState, GuardStep } from '../../core/orders/guard-types.ts';
import type { AccountGuards } from '../../core/ports/account-guards.ts';
import type { Activities } from './activities.ts';
import { haltCancelAll } from '../../core/order-desk/halt-account.ts';
import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { account, type World } from './world.ts';

export type GuardEntity = Readonly<{
  guards: AccountGuards;
  update<Name extends keyof GuardUpdates>(
    name: Name,
    argument: GuardUpdates[Name]['message'],
  ): Promise<GuardUpdates[Name]['answer']>;
  /** A workflow reset: its state comes from the store again. */
  reset(): void;
  /** Whether a halt's cancel-all is still at work. */
  readonly canceling: boolean;
  readonly state: GuardState | undefined;
}>;

export type GuardParts = Readonly<{
  world: World;
  activities: Activities;
  limits: GuardLimits;
  isRunning: (workflowId: string) => boolean;
  onHaltDone: () => void;
  /** The rates were spent: nothing increases until a person has looked. */
  onTripped: () => void;
}>;

/** Workflow `accountGuard` without Temporal: the same reducer behind updates that come as messages, one after the other. */
export function createGuardEntity({
  world,
  activities,
  limits,
  isRunning,
  onHaltDone,
  onTripped,
}: GuardParts): GuardEntity {
  const { scheduler } = world;
  let state: GuardState | undefined;
  let generation = 0;
  let updates = 0;
  let canceling = false;
  let halts = 0;
  let waiting: (() => void)[] = [];

  const load = () => {
    generation += 1;
    const mine = generation;
    state = undefined;
    const begin = (loaded: GuardState): void => {
      if (mine !== generation) return;
      state = buggyLoad(world.bug, loaded);
      world.note('guard loaded', loaded.reservations.length, JSON.stringify(loaded.positions));
      if (loaded.mode === 'HALTED') cancelAll();
      const due = waiting;
      waiting = [];
      for (const go of due) go();
    };
    void activities.run('loadGuard', (desk) => loadGuard(desk, limits)).then(begin);
  };

  const ready = (): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (state === undefined) waiting.push(look);
        else resolve();
      };
      scheduler.after(1 + world.chance('guard').nextBelow(40), look);
    });

  const step = (event: GuardEvent): GuardStep => {
    if (state === undefined) throw new Error('not loaded');
    const result = buggyStep(world.bug, state, event);
    state = result.state;
    if (result.haltNow === true) cancelAll();
    return result;
  };

  function cancelAll(): void {
    halts += 1;
    if (canceling) return;
    canceling = true;
    const mine = halts;
    const latestDeadlineMs = state?.latestDeadlineMs ?? 0;
    const sinceMs = state?.modeChangedMs;
    const haltEnded = (done: boolean): void => {
      canceling = false;
      world.note(done ? 'halt done' : 'halt resumed');
      // It was halted anew meanwhile.
      if (halts !== mine && state?.mode === 'HALTED') cancelAll();
      else if (done) onHaltDone();
    };
    void activities
      .run('haltCancelAll', (desk, signal) => haltAtVenue(world, desk, { latestDeadlineMs, sinceMs, signal }))
      .then(haltEnded);
  }

  const view = (): GuardView => {
    if (state === undefined) throw new Error('not loaded');
    const { mode, reason, haltedSymbols, positions, reservations, settledCount, loadedMs, latestDeadlineMs } = state;
    const underWay = reservations.map(({ clientOrderId }) => clientOrderId);
    return {
      account,
      mode,
      reason,
      ...(state.modeChangedMs !== undefined && { modeChangedMs: state.modeChangedMs }),
      haltedSymbols,
      positions,
      underWay,
      settledCount,
      ...(loadedMs !== undefined && { loadedMs }),
      latestDeadlineMs,
      limits: state.limits,
      prices: state.prices,
      loading: false,
    };
  };

  const takeOver = (message: SyncMessage): void => {
    const { haltedSymbols, positions, forgotten, priced } = message;
    if (state === undefined) return;
    const isOld = isOldWord(state, message);
    const word = storeWord(state, message);
    if (word !== undefined) step(word);
    if (positions !== undefined) step({ type: 'synced', ...positions });
    if (forgotten !== undefined) step({ type: 'remembered', ...forgotten });
    if (priced !== undefined) step({ type: 'priced', ...priced });
    world.note('guard synced', JSON.stringify(positions ?? {}));
    if (!isOld) state = { ...state, haltedSymbols };
  };

  const trip = ({ symbol, clientOrderId }: GuardUpdates['reserve']['message']['request'], reason: string): void => {
    step({ type: 'setMode', mode: 'REDUCING', reason, person: false, venueMs: 0 });
    const stored = ({ mode, reason: why, changedMs }: AccountState): void => {
      if (state !== undefined) step({ type: 'modeStored', mode, reason: why, changedMs });
      onTripped();
    };
    void activities
      .run('tripToReducing', async (desk) => {
        const venueMs = await desk.exchange.venueTimeMs();
        return tripToReducing(desk, { account, reason, symbol, clientOrderId }, venueMs);
      })
      .then(stored);
  };

  const handle = (name: keyof GuardUpdates, argument: unknown): unknown => {
    switch (name) {
      case 'reserve': {
        const { request, venueMs } = argument as GuardUpdates['reserve']['message'];
        const { decision, trip: reason } = step({ type: 'reserve', request, venueMs });
        if (reason !== undefined) trip(request, reason);
        world.note('reserve', request.clientOrderId, decision?.kind === 'refused' ? decision.reason : 'granted');
        return decision;
      }
      case 'release': {
        const message = argument as GuardUpdates['release']['message'];
        step({ type: 'ended', ...message });
        return view();
      }
      case 'sync':
        takeOver(argument as SyncMessage);
        return view();
      case 'halt': {
        const { reason, symbol } = argument as GuardUpdates['halt']['message'];
        if (symbol === undefined) step({ type: 'setMode', mode: 'HALTED', reason, person: false, venueMs: 0 });
        else step({ type: 'haltSymbol', symbol, reason });
        return view();
      }
      case 'resume': {
        const { reason, symbol } = argument as GuardUpdates['resume']['message'];
        if (symbol === undefined) step({ type: 'setMode', mode: 'ACTIVE', reason, person: true, venueMs: 0 });
        else step({ type: 'resumeSymbol', symbol, person: true });
        return view();
      }
      case 'setMode':
        step({ type: 'setMode', venueMs: 0, ...(argument as GuardUpdates['setMode']['message']) });
        return view();
      case 'look':
        return view();
      default:
        return undefined;
    }
  };

  const update = async (name: keyof GuardUpdates, argument: unknown): Promise<unknown> => {
    await ready();
    const answer = handle(name, argument);
    updates += 1;
    // Continue-as-new carries plain JSON: whatever does not survive that is lost here too.
    if (updates % world.plan.updatesPerRun === 0) {
      state = buggyCarry(world.bug, JSON.parse(JSON.stringify(state)) as GuardState);
    }
    return answer;
  };

  load();
  return {
    update: update as GuardEntity['update'],
    reset: load,
    get canceling() {
      return canceling;
    },
    get state() {
      return state;
    },
    guards: {
      update: (_account, { name, argument }) => update(name as keyof GuardUpdates, argument),
      view: () => Promise.resolve(state === undefined ? undefined : view()),
      isRunning: (workflowId) => Promise.resolve(isRunning(workflowId)),
    },
  };
}

/** A halt's cancel-all, or with the rule taken out one cancel-all only. False where a person ended the halt before. */
export async function haltAtVenue(
  { bug }: World,
  desk: OrderDesk,
  options: Readonly<{ latestDeadlineMs: number; sinceMs?: number | undefined; signal: AbortSignal }>,
): Promise<boolean> {
  if (bug !== 'a halt cancels once') return (await haltCancelAll(desk, options)).done;
  while ((await desk.exchange.cancelAll(undefined)).kind === 'failed') options.signal.throwIfAborted();
  return true;
}
