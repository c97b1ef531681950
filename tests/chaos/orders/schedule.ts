import { createPrng, type Prng } from '../../../core/math/prng.ts';

/** One fault of an episode, decided before it runs: the schedule is what a seed replays. */
export type ScheduledFault = Readonly<{
  seed: number;
  /** Milliseconds from the start of the faults. */
  at: number;
  kind: FaultName;
  target: string;
  /** How long it lasts, or what the kind makes of it. */
  ms: number;
}>;

/** `process`: signals. `link`: toxics of the proxies. `venue`: faults of the exchange. `temporal`: workflows reset. */
export const faultNames = {
  process: ['killWorker', 'stopWorker', 'killServer'],
  link: ['latency', 'resetPeer', 'halfOpen', 'dropRequest', 'dropResponse', 'hold', 'slicer', 'timeout'],
  venue: [
    'accept-then-hang',
    'accept-then-reset',
    'accept-then-5xx',
    'accept-then-1007',
    'bad-json',
    'http',
    'reset-before',
    'hang-before',
    'slow',
    'dup-fill',
    'lost-fill',
    'late-fill',
    'ws-close',
    'ws-half-open',
    'dup-rows',
    'short-rows',
    'ban',
    'maintenance',
    'clock-skew',
  ],
  temporal: ['resetChild', 'resetParent'],
} as const;

type Group = keyof typeof faultNames;

export type FaultName = (typeof faultNames)[Group][number];

/** Faults a minute, before the swarm thins them out. */
const perMinute: Readonly<Record<FaultName, number>> = {
  killWorker: 2,
  stopWorker: 1,
  killServer: 0.5,
  latency: 4,
  resetPeer: 4,
  halfOpen: 2,
  dropRequest: 3,
  dropResponse: 6,
  hold: 2,
  slicer: 1,
  timeout: 1,
  'accept-then-hang': 3,
  'accept-then-reset': 3,
  'accept-then-5xx': 3,
  'accept-then-1007': 3,
  'bad-json': 2,
  http: 3,
  'reset-before': 2,
  'hang-before': 2,
  slow: 2,
  'dup-fill': 3,
  'lost-fill': 3,
  'late-fill': 3,
  'ws-close': 1,
  'ws-half-open': 1,
  'dup-rows': 3,
  'short-rows': 3,
  ban: 0.5,
  maintenance: 0.5,
  'clock-skew': 0.5,
  resetChild: 1,
  resetParent: 1,
};

export const groupOf = (kind: FaultName): Group =>
  (Object.keys(faultNames) as Group[]).find((group) => (faultNames[group] as readonly string[]).includes(kind)) ??
  'venue';

const targets: Readonly<Record<Group, readonly string[]>> = {
  process: ['worker-0', 'worker-1'],
  link: ['exchange', 'server-0', 'server-1'],
  venue: ['exchange'],
  temporal: ['newest'],
};

/** How long each may last, in ms. */
const spans: Readonly<Partial<Record<FaultName, readonly [least: number, most: number]>>> = {
  stopWorker: [3_000, 12_000],
  killServer: [200, 3_000],
  latency: [50, 5_000],
  hold: [10_000, 10_000],
  halfOpen: [1_000, 4_000],
  slicer: [500, 3_000],
  timeout: [200, 3_000],
  slow: [500, 6_000],
  'hang-before': [10_000, 10_000],
  'accept-then-hang': [10_000, 10_000],
  'late-fill': [500, 8_000],
  ban: [2_000, 6_000],
  maintenance: [1_000, 5_000],
  'clock-skew': [-20_000, 20_000],
};

export type SchedulePlan = Readonly<{ seed: number; forMs: number; burstMs: number }>;

/**
 * Faults in the order of their times. The seed also draws which kinds there are in this episode and how often (swarm);
 * the last `burstMs` are one kind alone, at a high rate.
 */
export function planFaults({ seed, forMs, burstMs }: SchedulePlan): ScheduledFault[] {
  const prng = createPrng(seed);
  const kinds = Object.keys(perMinute) as FaultName[];
  const swarm = kinds.filter(() => prng.nextFloat() < 0.6);
  const mixed = swarm.flatMap((kind) => {
    const times = poisson(prng, (perMinute[kind] * 2 * prng.nextFloat() * (forMs - burstMs)) / 60_000);
    return Array.from({ length: times }, () => fault(prng, kind, { seed, at: prng.nextFloat() * (forMs - burstMs) }));
  });
  const burst = pick(
    prng,
    kinds.filter((kind) => groupOf(kind) === 'venue' || groupOf(kind) === 'link'),
  );
  const bursts = Array.from({ length: Math.ceil(burstMs / 2_000) }, (_, index) =>
    fault(prng, burst, { seed, at: forMs - burstMs + index * 2_000 }),
  );
  return [...mixed, ...bursts].toSorted((left, right) => left.at - right.at);
}

function fault(prng: Prng, kind: FaultName, { seed, at }: Pick<ScheduledFault, 'seed' | 'at'>): ScheduledFault {
  const [least, most] = spans[kind] ?? [0, 0];
  const target = kind === 'killServer' ? 'server' : pick(prng, targets[groupOf(kind)]);
  return { seed, at: Math.round(at), kind, target, ms: Math.round(least + (most - least) * prng.nextFloat()) };
}

function pick<Item>(prng: Prng, items: readonly Item[]): Item {
  const item = items[prng.nextBelow(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** Events of a rate, by Knuth's product of uniforms. */
function poisson(prng: Prng, mean: number): number {
  const end = Math.exp(-mean);
  let count = 0;
  for (let product = prng.nextFloat(); product > end; product *= prng.nextFloat()) count += 1;
  return count;
}
