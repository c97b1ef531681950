import { beforeAll, describe, expect, test } from 'vitest';
import { hashColumns } from '../../../../adapters/hashing.ts';
import { loadMarkets } from '../../../../adapters/market-data/load-markets.ts';
import { strategyHash } from '../../../../adapters/strategy-files/strategy-hash.ts';
import { loadValidationGates } from '../../../../config/validation-gates.ts';
import { compileStrategy } from '../../../../core/strategy/compile.ts';
import type { Strategy } from '../../../../core/strategy/strategy.ts';
import { validateTier } from '../../../../core/validation/validate-tier.ts';
import { tiers, type Tier, type Verdict } from '../../../../core/validation/verdict.ts';
import { shippedStrategies } from '../../../shipped-strategies.ts';

const gates = loadValidationGates();
/** The desk's numbers; a few Monte-Carlo runs, which decide nothing, and a coarse sweep keep the test short. */
const thresholds = { ...gates, L2: { ...gates.L2, maxPoints: 40, monteCarloRuns: 3 } };

async function judge(strategy: Strategy, tier: Tier): Promise<Verdict> {
  const { universe, timeframe, costs } = strategy;
  const { markets } = await loadMarkets({ universe, timeframe });
  return validateTier({
    strategyId: strategy.id,
    tier,
    strategyHash: strategyHash(strategy),
    codeVersion: 'test',
    trialsBefore: 0,
    markets,
    thresholds,
    allowGaps: false,
    strategy: compileStrategy(strategy),
    options: { fill: 'nextOpen', startEquity: 10_000, closeAtEnd: true, returns: 'daily', costs },
    hashMarkets: hashColumns,
  }).verdict;
}

describe.each(shippedStrategies())('$id on the sample that ships', ({ strategy }) => {
  const verdicts = new Map<Tier, Verdict>();
  beforeAll(async () => {
    for (const tier of tiers) verdicts.set(tier, await judge(strategy, tier));
  }, 300_000);

  test('is judged at every tier, by every row, with a number or the reason why there is none', () => {
    for (const verdict of verdicts.values()) {
      expect(['PASS', 'FAIL']).toContain(verdict.status);
      const silent = verdict.gates.filter(({ value, note }) => value === undefined && note === undefined);
      expect(silent).toEqual([]);
      expect(verdict.dataHash).toMatch(/^[0-9a-f]{64}$/);
      expect(verdict.status === 'PASS').toBe(verdict.failures.length === 0);
    }
  });

  test('says that less history is there than L2 and L3 ask for', () => {
    expect(verdicts.get('L2')?.windows[0].note).toMatch(/^1095 d asked, 106\d\.?\d? d there$/);
    expect(verdicts.get('L3')?.windows[0].note).toMatch(/^1825 d asked/);
  });
});
