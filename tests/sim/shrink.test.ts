import { describe, expect, test } from 'vitest';
import { planOf } from './plan.ts';
import { shrinkSeed } from './shrink.ts';
import { simulate } from './simulate.ts';

describe('the smallest plan of a seed that breaks a rule', () => {
  test('breaks the same rule, and without any one of its faults it would not', async () => {
    const [seed, bug] = [1547, 'the settle time leaves out lag and engine'];
    const shrunk = await shrinkSeed(seed, bug);
    if (shrunk === undefined) throw new Error('the seed breaks no rule');
    const { rule, plan } = shrunk;
    const rulesOf = async (of: typeof plan) =>
      (await simulate({ seed, bug, plan: of })).breaches.map((each) => each.rule);
    expect(rule).toBe('3 true state');
    expect(await rulesOf(plan)).toContain(rule);
    expect(plan.legs).toBeLessThan(planOf(seed).legs);
    const rates = (['cutOff', 'late', 'answerLost', 'requestLost', 'crash', 'pause', 'eventLost'] as const).filter(
      (name) => plan.faults[name] > 0,
    );
    expect(rates.length).toBeGreaterThan(0);
    for (const name of rates) {
      expect(await rulesOf({ ...plan, faults: { ...plan.faults, [name]: 0 } }), name).not.toContain(rule);
    }
  });

  test('is none where every rule holds', async () => {
    expect(await shrinkSeed(5)).toBeUndefined();
  });
});
