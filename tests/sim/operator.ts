import { applyEvent } from '../../core/order-desk/apply-event.ts';
import { noMemory, reconcileAccount } from '../../core/order-desk/reconcile-account.ts';
import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { restoreSafeMs, settleTimeMs } from '../../core/orders/look-up.ts';
import type { TradingMode } from '../../core/orders/types.ts';
import type { Activities } from './activities.ts';
import { haltAtVenue, type GuardEntity } from './guard-entity.ts';
import { backupOf, type MemoryState } from './memory-state.ts';
import type { MemoryStore } from './memory-store.ts';
import type { Parents } from './parents.ts';
import { hostMs, type Processes } from './processes.ts';
import type { Groups } from './groups.ts';
import type { Truth } from './truth.ts';
import { symbols, type SimVenue } from './venue.ts';
import { account, startMs, type World } from './world.ts';

export type OperatorParts = Readonly<{
  world: World;
  processes: Processes;
  activities: Activities;
  guard: GuardEntity;
  parents: Parents;
  store: MemoryStore;
  venue: SimVenue;
  groups: Groups;
  truth: Truth;
  onHaltDone: () => void;
}>;

/** What people and the world do to the desk in this seed: each thing at its drawn time. */
export function planDisturbances(parts: OperatorParts): void {
  const { world, venue, parents, groups, guard, truth } = parts;
  const { faults, faultsUntilMs } = world.plan;
  const prng = world.chance('disturbances');
  const often = (count: number, work: () => void) => {
    for (let index = 0; index < count; index += 1) world.scheduler.after(prng.nextBelow(faultsUntilMs), work);
  };
  const someParent = () => parents.all[world.chance('which').nextBelow(Math.max(1, parents.all.length))];
  often(faults.resets, () => someParent()?.child?.reset());
  often(faults.parentResets, () => {
    const parent = someParent();
    if (parent !== undefined) parents.reset(parent);
  });
  often(Math.min(1, faults.parentResets), () => {
    const group = groups.all[0];
    if (group !== undefined) groups.reset(group);
  });
  often(faults.badPrices, () => {
    const fromMs = world.scheduler.nowMs();
    const symbol = symbols[world.chance('badPrice').nextBelow(2)] ?? symbols[0];
    truth.badPrices.push({ symbol, fromMs, untilMs: fromMs + 20_000 });
  });
  often(faults.guardResets, () => guard.reset());
  often(faults.cancels, () => someParent()?.child?.cancel('somebody changed their mind'));
  often(faults.halts, () => void halt(parts, 'HALTED'));
  if (world.plan.focus !== 'reduce') often(faults.reducings, () => void halt(parts, 'REDUCING'));
  else world.scheduler.after(15_000, () => void halt(parts, 'REDUCING'));
  often(faults.manualTrades, () => {
    const symbol = symbols[world.chance('byHand').nextBelow(2)] ?? symbols[0];
    world.note('by hand', symbol);
    venue.tradeByHand(symbol, world.chance('byHand').nextFloat() < 0.5 ? 'buy' : 'sell', '0.5');
  });
  planLaterDisturbances(parts);
  if (faults.abandons > 0) {
    often(1, () => someParent()?.child?.terminate());
    // What rests without a workflow is ended by a person, at the venue.
    world.scheduler.after(faultsUntilMs + 20_000, () => venue.cancelAll());
  }
  if (faults.restores > 0) restore(parts, prng.nextBelow(faultsUntilMs / 2), prng.nextBelow(faultsUntilMs / 2));
}

function planLaterDisturbances({ world, venue, truth }: OperatorParts): void {
  const { faults, faultsUntilMs } = world.plan;
  const prng = world.chance('later disturbances');
  for (let index = 0; index < faults.outages; index += 1) {
    const fromMs = startMs + prng.nextBelow(faultsUntilMs);
    truth.outages.push({ fromMs, untilMs: Math.min(fromMs + 40_000, startMs + faultsUntilMs) });
  }
  for (let index = 0; index < faults.deposits; index += 1) {
    // Each of another size, so that one which is booked twice is seen.
    const amount = `${1 + index}.${1000 + prng.nextBelow(9000)}`;
    world.scheduler.after(prng.nextBelow(faultsUntilMs), () => {
      const asset = ['USDT', 'BTC', 'ETH'][world.chance('deposit').nextBelow(3)] ?? 'USDT';
      world.note('deposit', asset, amount);
      venue.deposit(asset, amount);
    });
  }
}

async function setMode({ activities, truth, world }: OperatorParts, mode: TradingMode, person: boolean): Promise<void> {
  await activities.run('storeMode', async ({ orders, exchange, nowMs }) => {
    const venueMs = await exchange.venueTimeMs();
    await orders.setMode(account, mode, { reason: 'drill', by: 'operator', person }, venueMs, nowMs());
  });
  world.note('mode', mode, truth.modes.length);
}

async function halt(parts: OperatorParts, mode: 'HALTED' | 'REDUCING'): Promise<void> {
  const { guard, world } = parts;
  if (world.plan.faults.modesByHand) return haltByHand(parts, mode);
  if (mode === 'HALTED') await guard.update('halt', { reason: 'drill', by: 'operator' });
  else await guard.update('setMode', { mode, reason: 'drill', by: 'operator', person: true });
  if (world.bug !== 'a halt is told to the guard alone') await setMode(parts, mode, true);
  else parts.truth.modes.push({ mode, fromMs: world.scheduler.nowMs(), untilMs: 0 });
  resumeLater(parts);
}

/** `nightdesk halt` without a server: the flag in the store, and cancels at the venue; the guard hears of it later. */
async function haltByHand(parts: OperatorParts, mode: 'HALTED' | 'REDUCING'): Promise<void> {
  const { activities, world } = parts;
  await setMode(parts, mode, true);
  if (mode === 'HALTED') {
    const cancel = (desk: OrderDesk, signal: AbortSignal) => haltAtVenue(world, desk, { latestDeadlineMs: 0, signal });
    if (await activities.run('haltCancelAll', cancel)) parts.onHaltDone();
  }
  resumeLater(parts);
}

/** A person looks at what has stopped, some time later. */
export const resumeLater = (parts: OperatorParts): void =>
  parts.world.scheduler.after(10_000 + parts.world.chance('which').nextBelow(20_000), () => void resume(parts));

async function resume(parts: OperatorParts): Promise<void> {
  const { guard, world } = parts;
  // A person looks first: not before everything is canceled.
  if (guard.canceling || parts.truth.modes.some(({ untilMs }) => untilMs > world.scheduler.nowMs())) {
    return world.scheduler.after(5_000, () => void resume(parts));
  }
  if (parts.truth.modes.length > 0 && world.plan.faults.restores > 0) await reconciled(parts);
  await setMode(parts, 'ACTIVE', true);
  await guard.update('resume', { reason: 'looked at it', by: 'operator' });
}

/** `nightdesk reconcile`, until one has seen everything. */
async function reconciled({ activities, guard }: OperatorParts): Promise<void> {
  await activities.run('reconcile', async (desk, signal) => {
    const isAlive = (workflowId: string) => guard.guards.isRunning(workflowId);
    const { failures } = await reconcileAccount(desk, { memory: noMemory, whole: true, isAlive, signal });
    if (failures.length > 0) throw new Error(failures.join('; '));
  });
}

/** The store is set back to a backup: everything stops, then the procedure for it runs. */
function restore(parts: OperatorParts, backupAfterMs: number, lostMs: number): void {
  const { world, store, processes, venue, guard, parents, groups, truth } = parts;
  const { scheduler } = world;
  const { modes } = truth;
  let backup: MemoryState | undefined;
  scheduler.after(backupAfterMs, () => {
    backup = backupOf(store.held.state);
  });
  scheduler.after(backupAfterMs + lostMs + 1, () => {
    if (backup === undefined) return;
    processes.killAll();
    store.held.state = backup;
    const venueMs = scheduler.nowMs();
    const { receiveWindowMs } = venue.traits;
    const settleMs = settleTimeMs(venue.traits);
    if (world.bug !== 'a restored store is trusted')
      void store.afterRestore(account, 'operator', { venueMs, receiveWindowMs, settleMs }, hostMs(world));
    if (world.bug !== 'a restored store is trusted') modes.push({ mode: 'HALTED', fromMs: venueMs, untilMs: 0 });
    world.note('restored', venueMs - startMs, lostMs);
    guard.reset();
    for (const { child } of parents.all) child?.restore();
    groups.restore();
    const safeMs = restoreSafeMs(venueMs, venue.traits);
    const last = modes.at(-1);
    if (last !== undefined) modes[modes.length - 1] = { ...last, untilMs: safeMs + 20_000 };
    scheduler.after(safeMs + 20_000 - venueMs, () => void resume(parts));
  });
}

/** The user stream: events come late, again, out of order, or not at all. */
export function followStream({ world, venue, processes, activities }: OperatorParts): void {
  const { scheduler, plan, strikes } = world;
  venue.listen(({ order, fill }) => {
    const { clientOrderId } = order;
    if (clientOrderId === undefined || strikes(plan.faults.eventLost, 'eventLost')) return;
    const tell = (delayMs: number, altered: boolean) =>
      scheduler.after(delayMs, () => {
        const process = processes.pick();
        if (process === undefined) return;
        const desk = activities.deskOf(process);
        const shown = fill === undefined || !altered ? fill : { ...fill, price: '1', quoteAmount: '1' };
        const event =
          shown === undefined
            ? ({ type: 'sighted', order, fills: [] } as const)
            : ({ type: 'filled', fills: [shown] } as const);
        applyEvent(desk, clientOrderId, event).catch((thrown: unknown) =>
          world.note('stream', thrown instanceof Error ? thrown.message : String(thrown)),
        );
      });
    tell(world.chance('stream').nextBelow(300), false);
    while (strikes(plan.faults.eventAgain * 0.6, 'eventAgain')) tell(world.chance('stream').nextBelow(20_000), false);
    // With other numbers only when the first must long be in the ledger: what is wrong from the start nobody can tell.
    if (fill !== undefined && strikes(plan.faults.otherNumbers, 'otherNumbers')) tell(120_000, true);
  });
}
