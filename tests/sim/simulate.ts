import { keepAccount } from '../../activities/orders/keep-account.ts';
import type { OrderActivityPorts } from '../../activities/orders/ports.ts';
import type { OrderSettings } from '../../config/orders.ts';
import { entriesOf } from '../../core/orders/ledger.ts';
import { isSettled } from '../../core/orders/order-machine.ts';
import { units } from '../../core/orders/amount.ts';
import type { Submission } from '../../core/orders/types.ts';
import { createActivities } from './activities.ts';
import { createGroups, type Groups } from './groups.ts';
import { createGuardEntity } from './guard-entity.ts';
import { breachesOf, type Breach } from './invariants.ts';
import { watchOnline } from './online.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';
import { createWatches } from './execution-run.ts';
import { followStream, planDisturbances, resumeLater } from './operator.ts';
import { createParents, type Parents } from './parents.ts';
import { createProcesses, hostMs } from './processes.ts';
import { createTruth, type Truth } from './truth.ts';
import { createSimVenue, initialBalances } from './venue.ts';
import { account, createWorld, startMs, type World, type WorldOptions } from './world.ts';

/** After the faults' time everything must have come to rest within it. */
const restWithinMs = 240_000;

/** Two whole reconciliations after the last order ended. */
const quietMs = 75_000;

export type SimReport = Readonly<{
  seed: number;
  breaches: readonly Breach[];
  hash: string;
  simulatedMs: number;
  accepted: number;
  fills: number;
  trace: readonly string[];
}>;

/** One seed, start to end: the desk's own code against the venue's, in virtual time. The same seed gives the same hash. */
export async function simulate(options: WorldOptions): Promise<SimReport> {
  const world = createWorld(options);
  const { scheduler, plan } = world;
  const truth = createTruth();
  const store = watchedStore(world, truth);
  const venue = createSimVenue(world);
  const processes = createProcesses(world);
  const onSent = (clientOrderId: string, { deadlineMs }: Submission) => {
    const row = store.held.state.orders.get(clientOrderId);
    const persistedBefore = row?.record.submission !== undefined || truth.persisted.has(clientOrderId);
    truth.sent.push({ clientOrderId, sentMs: scheduler.nowMs(), deadlineMs, persistedBefore });
  };
  const activities = createActivities({ world, processes, venue, truth, onSent }, store);
  let parents: Parents | undefined;
  let groups: Groups | undefined;
  const limits = plan.limits;
  const isRunning = (id: string) => parents?.isRunning(id) === true || groups?.isRunning(id) === true;
  const onHaltDone = () => {
    // One that comes after the person's word has ended it says nothing any more.
    if (store.held.state.accounts.get(account)?.mode !== 'HALTED') return;
    truth.haltsDone.push({ doneMs: scheduler.nowMs(), resumedMs: Infinity });
  };
  const onTripped = () => resumeLater(parts);
  const guard = createGuardEntity({ world, activities, limits, isRunning, onHaltDone, onTripped });
  const runParts = { world, activities, guard, watchOf: createWatches() };
  parents = createParents(runParts, venue);
  groups = createGroups(runParts, venue);
  await store.postEntries(openingEntries());
  const parts = { world, processes, activities, guard, parents, groups, store, venue, truth, onHaltDone };
  followStream(parts);
  const prng = world.chance('starts');
  for (let leg = 0; leg < plan.legs; leg += 1) {
    const drawn = prng.nextBelow(plan.legsWithinMs);
    // What reduces comes after what builds, and together.
    const first = plan.focus !== 'reduce' || leg < plan.legs / 2;
    const afterMs = plan.focus !== 'reduce' ? drawn : first ? drawn / 4 : 20_000 + drawn / 8;
    scheduler.after(1_000 + afterMs, () => parents.start(leg));
  }
  for (let group = 0; group < plan.groups; group += 1) {
    scheduler.after(1_000 + prng.nextBelow(plan.legsWithinMs), () => groups.start(group));
  }
  planDisturbances(parts);
  startKeeper(parts, limits);
  const endMs = startMs + plan.faultsUntilMs + restWithinMs;
  const judged = { world, venue, store, guard, parents, groups, truth };
  let restingSinceMs = Infinity;
  const beat = () => {
    venue.move();
    const open = [...store.held.state.orders.values()].some(({ record }) => !isSettled(record));
    watchOnline(judged);
    const running = [...parents.all, ...groups.all].some(({ child }) => child?.running === true);
    const begun = scheduler.nowMs() >= startMs + Math.max(plan.faultsUntilMs, plan.legsWithinMs + 1_000);
    const busy = open || running || !begun;
    restingSinceMs = busy ? Infinity : Math.min(restingSinceMs, scheduler.nowMs());
    if (scheduler.nowMs() - restingSinceMs < quietMs && scheduler.nowMs() < endMs) scheduler.after(1_000, beat);
    else run.finished = true;
  };
  const run = { finished: false };
  beat();
  while (!run.finished) await scheduler.runUntil(scheduler.nowMs() + 1_000);
  const breaches = breachesOf(judged);
  for (const { rule, text } of breaches) world.note('breach', rule, text);
  return {
    seed: plan.seed,
    breaches,
    hash: world.trace.hash(),
    simulatedMs: scheduler.nowMs() - startMs,
    accepted: venue.accepted.length,
    fills: venue.fills.length,
    trace: world.trace.lines,
  };
}

/** The store, with what the judges need to know of it noted beside. */
function watchedStore(world: World, truth: Truth): MemoryStore {
  const store = createMemoryStore();
  const noteHalt = (symbol: string) => {
    if (truth.symbolHalts.every((halt) => halt.symbol !== symbol)) {
      truth.symbolHalts.push({ symbol, fromMs: world.scheduler.nowMs(), untilMs: Infinity });
    }
  };
  return {
    ...store,
    putIntent: async (...args) => {
      const result = await store.putIntent(...args);
      if (result.kind === 'stored') truth.persisted.set(args[0].clientOrderId, args[0]);
      return result;
    },
    submitOnce: async (...args) => {
      const result = await store.submitOnce(...args);
      const { clientOrderId, submission } = args[0];
      if (result.kind === 'won') truth.submitted.set(clientOrderId, { atMs: world.scheduler.nowMs(), submission });
      return result;
    },
    postEntries: (entries) => {
      world.note('entries', ...entries.map(({ asset, amount, source }) => `${source.slice(0, 10)} ${amount} ${asset}`));
      return store.postEntries(entries);
    },
    setMode: async (...args) => {
      const result = await store.setMode(...args);
      const last = truth.modes.at(-1)?.mode ?? 'ACTIVE';
      // A person's word, whatever it is, ends what a halt before it has promised.
      if (result.mode !== 'HALTED') {
        for (const done of truth.haltsDone) done.resumedMs = Math.min(done.resumedMs, world.scheduler.nowMs());
      }
      if (result.mode !== last) truth.modes.push({ mode: result.mode, fromMs: world.scheduler.nowMs(), untilMs: 0 });
      return result;
    },
    apply: async (change) => {
      const result = await store.apply(change);
      if (change.haltSymbol !== undefined && result.kind === 'applied') noteHalt(result.record.intent.symbol);
      return result;
    },
    haltSymbol: async (...args) => {
      await store.haltSymbol(...args);
      noteHalt(args[1]);
    },
  };
}

const openingEntries = () =>
  Object.entries(initialBalances).flatMap(([asset, amount]) =>
    entriesOf([['assets', 'external', asset, units(amount)]], {
      transactionId: `opening ${asset}`,
      account,
      book: 'unassigned',
      symbol: '',
      source: 'opening',
      venueMs: startMs,
    }),
  );

type KeeperParts = Parameters<typeof followStream>[0];

/** The account's keeper: reconciles for ever, in whichever process lives. */
function startKeeper({ world, activities, guard, store }: KeeperParts, limits: World['plan']['limits']): void {
  const settings = {
    limits: {
      max_order_notional: limits.maxOrderNotional,
      max_position_notional: limits.maxPositionNotional,
      max_exposure: limits.maxExposureNotional,
      max_orders_per_minute: limits.maxOrdersPerMinute,
      max_notional_per_day: limits.maxNotionalPerDay,
    },
    reconcile: { orders_every_seconds: 5, positions_every_seconds: 30 },
    dead_man_switch: { enabled: false },
  } as unknown as OrderSettings;
  const again = (): void => {
    void activities
      .run('keepAccount', (desk, signal) => {
        const ports: OrderActivityPorts = {
          orders: desk.orders,
          accounts: { list: () => [], exchange: () => Promise.resolve(desk.exchange), close: () => Promise.resolve() },
          guards: guard.guards,
          settingsOf: () => settings,
          nowMs: () => hostMs(world),
        };
        return keepAccount(ports, desk, { signal, carry: () => {} });
      })
      .then(again);
  };
  void store;
  again();
}
