import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';

const position = { entryTime: 0, now: 100, initialSize: 0.2, currentSize: 0.2 };
const run = (input = {}, params = {}) =>
  runPlugin('risk_time_decay_size', deepFreeze({ ...position, ...input }), {
    params: { halfLifeMs: 100, ...params },
    strict: true,
  });

describe('risk_time_decay_size', () => {
  // numpy 2.4.6: polyfit(lag, ln ic, 1)[0] and 2 ** (-eff / halfLife)
  test.each(catalogueCases('risk_time_decay_size'))('$name', ({ input, params, output }) => {
    expectSubset(run(input, params), output, 1e-12);
  });

  test.each([
    [100, 0.5],
    [200, 0.75],
    [300, 0.875],
  ])('after %d ms of half-life 100 the reduction is %d', (now, reduction) => {
    expect(run({ now }).reduction).toBe(reduction);
  });

  test('what is left never grows with age, never changes sign, and a floor does not stop the exit', () => {
    const ages = fc.tuple(fc.nat(2_000), fc.nat(2_000));
    fc.assert(
      fc.property(ages, fc.constantFrom(0.2, -0.2), ([a, b], size) => {
        const at = (now: number) => run({ now, initialSize: size, currentSize: size });
        const [young, old] = [at(Math.min(a, b)), at(Math.max(a, b))];
        expect(old.remaining).toBeLessThanOrEqual(young.remaining);
        expect(young.targetSize * size).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(run({ now: 1_000 }, { floor: 0.3 })).toMatchObject({ exit: true, remaining: 0, bound: 'exitBelow' });
    expect(run({ now: 200 }, { floor: 0.3 })).toMatchObject({ exit: false, remaining: 0.3, bound: 'floor' });
  });

  test('a refresh restarts the decay but not the longest life', () => {
    expect(run({ now: 300, refreshTime: 300 }, { minStep: 0 })).toMatchObject({
      ageMs: 0,
      remaining: 1,
      bound: 'none',
    });
    expect(run({ now: 300, refreshTime: 300 }, { maxHoldMs: 300 })).toMatchObject({ exit: true, bound: 'maxHold' });
  });

  test('what was cut before is not bought back, small steps are not made', () => {
    expect(run({ currentSize: 0.05 })).toMatchObject({ targetSize: 0.05, delta: 0 });
    expect(run({ now: 5 })).toMatchObject({ targetSize: 0.2, delta: 0, bound: 'minStep' });
  });

  test.each([
    ['before the entry', { now: -1 }, {}, 'input.now'],
    ['now before the entry', { entryTime: 200 }, {}, 'input.now'],
    ['a refresh before the entry', { entryTime: 50, refreshTime: 49 }, {}, 'input.refreshTime'],
    ['a refresh in the future', { refreshTime: 101 }, {}, 'input.refreshTime'],
    ['no size', { initialSize: 0, currentSize: 0 }, {}, 'input.initialSize'],
    ['the other side', { currentSize: -0.1 }, {}, 'input.currentSize'],
    ['no half-life', {}, { halfLifeMs: undefined }, 'params.halfLifeMs'],
    [
      'a rising curve and no half-life',
      {
        icCurve: [
          { lagMs: 1, ic: 0.1 },
          { lagMs: 2, ic: 0.2 },
        ],
      },
      { halfLifeMs: undefined },
      'params.halfLifeMs',
    ],
    [
      'one usable lag',
      {
        icCurve: [
          { lagMs: 1, ic: 0.1 },
          { lagMs: 2, ic: -0.2 },
        ],
      },
      {},
      'input.icCurve',
    ],
    ['an unknown field', { age: 3 }, {}, 'input.age'],
    ['not finite', { currentSize: Number.NaN }, {}, 'input.currentSize'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    const refused = {
      code: 'BadInput',
      message: expect.stringMatching(/^risk_time_decay_size: /),
      place: expect.objectContaining({ path }),
    };
    expect(() => run(input, params)).toThrow(expect.objectContaining(refused));
  });
});
