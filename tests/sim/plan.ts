import { createPrng, type Prng } from '../../core/math/prng.ts';
import { mixSeed } from '../../core/venue/substreams.ts';

/** Chance of a fault at each place where it can happen; 0 where the seed left it out. */
export type FaultPlan = Readonly<{
  /** A process dies before or after a call of a port. */
  crash: number;
  /** A process stands still at a call, for up to `longestPauseMs`, and goes on as if nothing had been. */
  pause: number;
  longestPauseMs: number;
  /** A second attempt of an activity begins while the first one lives. */
  secondAttempt: number;
  /** A request never arrives; its answer never comes; both arrive late. */
  requestLost: number;
  answerLost: number;
  late: number;
  /** How much of that befalls queries. */
  queriesLost: number;
  /** A read query fails. */
  queryFails: number;
  /** An index of the venue misses orders for up to 3 s. */
  queryMisses: number;
  /** An event of the user stream is lost; comes again, up to four times. */
  eventLost: number;
  eventAgain: number;
  /** A repeated fill has other numbers. */
  otherNumbers: number;
  /** How far a process's idea of the venue's clock is off, and by how much it drifts. */
  skewMs: number;
  driftPpm: number;
  /** How far a host's own clock is off: it may date records, and decide nothing. */
  hostSkewMs: number;
  /** Workflow resets of the execution, of its parent, and of the guard. */
  resets: number;
  parentResets: number;
  guardResets: number;
  /** The parent decides something else after its reset. */
  decidesAnew: boolean;
  halts: number;
  reducings: number;
  manualTrades: number;
  overfills: number;
  restores: number;
  cancels: number;
  /** A workflow ends without having driven its order to the end. */
  abandons: number;
  /** Times in which the venue says a price of zero, or an old one. */
  badPrices: number;
  /** The connection breaks while a request travels: the sender hears it at once, the request goes on. */
  cutOff: number;
  /** Something between repeats a request, and the answer to the late copy is the one that comes. */
  copied: number;
  /** Times in which the venue answers no private question; its clock and its prices go on. */
  outages: number;
  /** One call of a port at which processes die or stand still much more often than elsewhere. */
  weakCall: WeakCall | undefined;
  /** A halt or reduction is written into the store by hand; the guard hears of it by reconciliation. */
  modesByHand: boolean;
  deposits: number;
  /** The venue holds an order longer than it says that it can. */
  heldTooLong: number;
}>;

/** `pauseAll`: the whole box stands still, as a virtual machine that is moved. */
export type WeakCall = Readonly<{ name: string; kind: 'crash' | 'pause' | 'pauseAll'; chance: number }>;

export type VenuePlan = Readonly<{
  name: 'binance' | 'kraken' | 'okx';
  readLagMs: number;
  engineTimeMs: number;
  forgetsFilledIds: boolean;
  feeIn: 'received' | 'quote';
}>;

export type LimitPlan = Readonly<{
  /** Multiples of one order's usual notional. */
  maxOrderNotional: string;
  maxPositionNotional: string;
  maxExposureNotional: string;
  maxOrdersPerMinute: number;
  maxNotionalPerDay: string;
}>;

/** What a seed is about, beside the usual mixture. */
export type Focus =
  | 'nothing'
  | 'lookUps'
  | 'outage'
  | 'halt'
  | 'reduce'
  | 'rates'
  | 'standstill'
  | 'deposits'
  | 'restore'
  | 'resets';

export type SimPlan = Readonly<{
  seed: number;
  focus: Focus;
  /** Updates of the guard between two continue-as-new. */
  updatesPerRun: number;
  legs: number;
  /** Groups of netted intents of several books. */
  groups: number;
  /** A finished parent's workflow id is used again. */
  reusesIds: boolean;
  /** Within which time the legs begin. */
  legsWithinMs: number;
  /** No new faults after it: then everything has to come to rest. */
  faultsUntilMs: number;
  venue: VenuePlan;
  limits: LimitPlan;
  faults: FaultPlan;
}>;

/** One stream of chance a purpose, so that one fault more does not move the others. */
export const streamOf = (seed: number, name: string): Prng => createPrng(mixSeed(seed, name));

/** What a seed stands for. Swarm: each seed draws which kinds of fault exist in it at all, and how often. */
export function planOf(seed: number): SimPlan {
  const prng = streamOf(seed, 'plan');
  const exists = (chance = 0.4) => prng.nextFloat() < chance;
  const rate = (most: number) => (exists() ? prng.nextFloat() * most : 0);
  const count = (chance: number, most: number) => (exists(chance) ? 1 + prng.nextBelow(most) : 0);
  const pick = <T>(values: readonly T[]): T => values[prng.nextBelow(values.length)];
  const name = pick(['binance', 'kraken', 'okx'] as const);
  const venue: VenuePlan = {
    name,
    readLagMs: pick([0, 1_000, 3_000, 12_000]),
    engineTimeMs: name === 'binance' ? 10_000 : 0,
    forgetsFilledIds: name === 'okx',
    feeIn: name === 'kraken' ? 'quote' : 'received',
  };
  const tight = exists(0.3);
  const limits: LimitPlan = {
    maxOrderNotional: '400',
    maxPositionNotional: tight ? pick(['300', '500', '800']) : '100000',
    maxExposureNotional: tight ? pick(['400', '900']) : '100000',
    maxOrdersPerMinute: exists(0.2) ? 2 + prng.nextBelow(3) : 1_000,
    maxNotionalPerDay: exists(0.2) ? pick(['600', '1200']) : '1000000',
  };
  const faults: FaultPlan = {
    crash: rate(0.03),
    pause: rate(0.02),
    longestPauseMs: pick([5_000, 20_000, 60_000]),
    secondAttempt: rate(0.3),
    requestLost: rate(0.7),
    answerLost: rate(0.5),
    late: rate(0.3),
    queriesLost: 0.3,
    queryFails: rate(0.5),
    queryMisses: rate(0.6),
    eventLost: rate(1),
    eventAgain: rate(1),
    otherNumbers: exists(0.15) ? 0.5 : 0,
    skewMs: exists() ? 3_000 : exists() ? 400 : 0,
    driftPpm: exists(0.3) ? 20_000 : 0,
    hostSkewMs: exists(0.3) ? 40_000 : 0,
    resets: count(0.3, 3),
    parentResets: count(0.3, 2),
    guardResets: count(0.2, 2),
    decidesAnew: exists(0.5),
    halts: count(0.15, 1),
    reducings: count(0.15, 1),
    manualTrades: count(0.15, 3),
    overfills: count(0.1, 1),
    restores: count(0.08, 1),
    cancels: count(0.3, 3),
    abandons: count(0.1, 1),
    badPrices: count(0.15, 2),
    ...laterFaults(seed),
  };
  const long = exists(0.1);
  const usual: SimPlan = {
    seed,
    focus: 'nothing',
    updatesPerRun: streamOf(seed, 'updates').nextFloat() < 0.3 ? 5 : 20,
    legs: 1 + prng.nextBelow(5),
    groups: count(0.25, 2),
    reusesIds: exists(0.2),
    legsWithinMs: long ? 110_000 : pick([100, 5_000, 20_000]),
    faultsUntilMs: long ? 120_000 : pick([30_000, 60_000]),
    venue,
    limits,
    faults,
  };
  return focused(usual);
}

const weakCalls = ['venueTime', 'submitOnce', 'createOrder', 'findOrder', 'apply', 'postEntries', 'entries'];

/** Faults that came later, from a stream of their own: so the older ones of a seed stay what they were. */
function laterFaults(seed: number) {
  const prng = streamOf(seed, 'later faults');
  const exists = (chance: number) => prng.nextFloat() < chance;
  const weakCall: WeakCall | undefined = exists(0.15)
    ? {
        name: weakCalls[prng.nextBelow(weakCalls.length)] ?? 'venueTime',
        kind: (['crash', 'pause', 'pauseAll'] as const)[prng.nextBelow(3)] ?? 'crash',
        chance: 0.05 + prng.nextFloat() * 0.4,
      }
    : undefined;
  return {
    cutOff: exists(0.25) ? prng.nextFloat() * 0.7 : 0,
    outages: exists(0.1) ? 1 + prng.nextBelow(2) : 0,
    weakCall,
    copied: exists(0.1) ? 0.3 : 0,
    modesByHand: exists(0.4),
    deposits: exists(0.1) ? 1 + prng.nextBelow(2) : 0,
    heldTooLong: exists(0.03) ? 0.3 : 0,
  };
}

/** The desk gets along, so that there is something for the rest to strike. */
const runs = { queryFails: 0, queriesLost: 0 } as const;

const clockOff = { skewMs: 400, hostSkewMs: 40_000 } as const;

/** Mixtures in which one rule has to hold under fire: alone, the faults that it takes seldom meet. */
const focuses: Readonly<Record<Exclude<Focus, 'nothing'>, (plan: SimPlan) => SimPlan>> = {
  /** Answers are lost at once, requests are late, and only looks can say what became of them. */
  lookUps: (plan) => ({
    ...plan,
    faults: {
      ...plan.faults,
      ...runs,
      ...clockOff,
      answerLost: 0.5,
      cutOff: 0.8,
      late: 0.5,
      eventLost: 1,
      queryMisses: 0.6,
    },
  }),
  /** The same, and the venue answers no question for a while. */
  outage: (plan) => ({
    ...plan,
    legsWithinMs: 20_000,
    faults: {
      ...plan.faults,
      ...runs,
      answerLost: 0.8,
      cutOff: 0.6,
      late: 0.4,
      eventLost: 1,
      outages: 3,
      queryMisses: 0,
    },
  }),
  /** Halted while orders come and are under way. */
  halt: (plan) => ({
    ...plan,
    legs: 6,
    legsWithinMs: 20_000,
    faults: { ...plan.faults, ...runs, halts: 2, cutOff: 0.4, late: 0.6, manualTrades: 0, overfills: 0, restores: 0 },
  }),
  /** A position is built, then several orders at once would close it. */
  reduce: (plan) => ({
    ...plan,
    legs: 8,
    legsWithinMs: 24_000,
    limits: { ...plan.limits, maxOrdersPerMinute: 1_000, maxPositionNotional: '100000', maxExposureNotional: '100000' },
    faults: {
      ...plan.faults,
      ...runs,
      reducings: 1,
      crash: 0,
      requestLost: 0,
      manualTrades: 0,
      overfills: 0,
      restores: 0,
    },
  }),
  /** Always as many orders as a minute allows, and the venue takes them late. */
  rates: (plan) => ({
    ...plan,
    legs: 20,
    groups: 0,
    legsWithinMs: 115_000,
    faultsUntilMs: 120_000,
    limits: { ...plan.limits, maxOrdersPerMinute: 2, maxNotionalPerDay: '1000000' },
    faults: { ...plan.faults, ...runs, late: 0.5, halts: 0, reducings: 0, restores: 0, overfills: 0 },
  }),
  /** Processes stand still where they must not go on as if nothing had been. */
  standstill: (plan) => ({
    ...plan,
    legs: 6,
    legsWithinMs: 20_000,
    updatesPerRun: 5,
    faults: {
      ...plan.faults,
      ...runs,
      badPrices: 3,
      longestPauseMs: 60_000,
      weakCall: {
        name: (['venueTime', 'createOrder'] as const)[plan.seed % 2] ?? 'venueTime',
        kind: plan.seed % 4 < 2 ? 'pauseAll' : 'pause',
        chance: 0.2,
      },
    },
  }),
  /** Workflows and their parents begin anew, with other decisions, while older attempts are still under way. */
  resets: (plan) => ({
    ...plan,
    legs: 4,
    legsWithinMs: 10_000,
    faultsUntilMs: 30_000,
    faults: {
      ...plan.faults,
      ...runs,
      parentResets: 8,
      decidesAnew: true,
      longestPauseMs: 5_000,
      weakCall: { name: 'submitOnce', kind: 'pause', chance: 0.5 },
    },
  }),
  /** Money comes and goes while two keepers look at it. */
  deposits: (plan) => ({
    ...plan,
    legs: 1,
    groups: 0,
    legsWithinMs: 5_000,
    faultsUntilMs: 120_000,
    faults: {
      ...plan.faults,
      ...runs,
      deposits: 3,
      manualTrades: 0,
      overfills: 0,
      restores: 0,
      longestPauseMs: 60_000,
      secondAttempt: 0.3,
      weakCall: { name: plan.seed % 2 === 0 ? 'postEntries' : 'entries', kind: 'pause', chance: 0.4 },
    },
  }),
  /** A backup comes back while orders are under way, and others follow when trading goes on. */
  restore: (plan) => ({
    ...plan,
    legs: 12,
    legsWithinMs: 150_000,
    faultsUntilMs: 60_000,
    faults: { ...plan.faults, ...runs, restores: 1, requestLost: 0 },
  }),
};

/** One seed in five is about something. */
function focused(usual: SimPlan): SimPlan {
  const prng = streamOf(usual.seed, 'focus');
  const names = Object.keys(focuses) as (keyof typeof focuses)[];
  const focus = names[prng.nextBelow(names.length * 5)];
  return focus === undefined ? usual : { ...focuses[focus](usual), focus };
}
