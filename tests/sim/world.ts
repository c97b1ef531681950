import type { Prng } from '../../core/math/prng.ts';
import { planOf, streamOf, type SimPlan } from './plan.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

/** 2026-01-01 00:00 UTC; the simulated venue's clock is the truth. */
export const startMs = 1_767_225_600_000;

/** A guard that cannot load keeps all orders waiting, and nothing would be tried: its resets try that. */
const startUpMs = 900;

export const account = 'sim-main';

export type World = Readonly<{
  plan: SimPlan;
  scheduler: Scheduler;
  /** A stream of chance by its purpose; the same one each time. */
  chance(name: string): Prng;
  /** Whether a fault of this chance happens now; never while the desk starts, nor after the faults' time. */
  strikes(chance: number, stream: string): boolean;
  note(what: string, ...details: readonly (string | number)[]): void;
  trace: Trace;
  /** Which of our rules was taken out, for the test of the harness. */
  bug: string | undefined;
}>;

export type Trace = Readonly<{ hash(): string; lines: readonly string[] }>;

/** `plan`: another one than the seed's, with the same chances. */
export type WorldOptions = Readonly<{ seed: number; plan?: SimPlan; bug?: string | undefined; keepTrace?: boolean }>;

export function createWorld({ seed, plan = planOf(seed), bug, keepTrace = false }: WorldOptions): World {
  const scheduler = createScheduler(startMs);
  const streams = new Map<string, Prng>();
  const chance = (name: string): Prng => {
    const known = streams.get(name);
    if (known !== undefined) return known;
    const stream = streamOf(seed, name);
    streams.set(name, stream);
    return stream;
  };
  const lines: string[] = [];
  let [low, high] = [0x811c9dc5, 0x01234567];
  return {
    plan,
    scheduler,
    chance,
    bug,
    strikes: (rate, stream) => {
      const sinceStartMs = scheduler.nowMs() - startMs;
      if (rate <= 0 || sinceStartMs < startUpMs || sinceStartMs > plan.faultsUntilMs) return false;
      return chance(stream).nextFloat() < rate;
    },
    note: (what, ...details) => {
      const line = `${scheduler.nowMs() - startMs} ${what} ${details.join(' ')}`;
      for (let index = 0; index < line.length; index += 1) {
        low = Math.imul(low ^ line.charCodeAt(index), 0x01000193);
        high = Math.imul(high ^ low, 0x85ebca6b) + index;
      }
      if (keepTrace) lines.push(line);
    },
    trace: { lines, hash: () => ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(16).padStart(16, '0') },
  };
}
