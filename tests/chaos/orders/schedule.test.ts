import { describe, expect, test } from 'vitest';
import { faultNames, groupOf, planFaults } from './schedule.ts';

const plan = (seed: number) => planFaults({ seed, forMs: 360_000, burstMs: 60_000 });

describe('the fault schedule', () => {
  test('is the seed: the same again, another with another', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  test('is in the order of its times, within them, with targets and spans that fit', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const faults = plan(seed);
      expect(faults.map(({ at }) => at)).toEqual(faults.map(({ at }) => at).toSorted((a, b) => a - b));
      expect(faults.filter(({ kind, at, ms }) => at < 0 || at >= 360_000 || (ms < 0 && kind !== 'clock-skew'))).toEqual(
        [],
      );
      const links = faults.filter(({ kind }) => groupOf(kind) === 'link').map(({ target }) => target);
      expect(links.filter((target) => !['exchange', 'server-0', 'server-1'].includes(target))).toEqual([]);
      expect(faults.filter(({ kind, ms }) => kind === 'hold' && ms !== 10_000)).toEqual([]);
    }
  });

  test('ends with a minute of one kind alone', () => {
    const late = plan(3).filter(({ at }) => at >= 300_000);
    expect(late).toHaveLength(30);
    expect(new Set(late.map(({ kind }) => kind)).size).toBe(1);
  });

  test('every kind comes up in some seed, none in all of them', () => {
    const seeds = Array.from({ length: 60 }, (_, seed) => new Set(plan(seed).map(({ kind }) => kind)));
    for (const kind of Object.values(faultNames).flat()) {
      const count = seeds.filter((kinds) => kinds.has(kind)).length;
      expect(count, kind).toBeGreaterThan(0);
      expect(count, kind).toBeLessThan(60);
    }
  });
});
