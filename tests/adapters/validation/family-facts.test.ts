import { expect, test } from 'vitest';
import { familyFacts } from '../../../adapters/validation/family-facts.ts';
import type { FamilyHistory } from '../../../core/validation/family-history.ts';
import { trendingBarMs, trendingBars, trendingStartMs } from '../../trending-bars.ts';

const days = 1_000;
const bars = trendingBars('BTC/USDT', 1, days * 4);
const endMs = trendingStartMs + days * 4 * trendingBarMs;

const history = (market: string, toMs: number): FamilyHistory => ({
  trials: 1,
  effectiveTrials: 1,
  otherTrials: 0,
  otherEffectiveTrials: 0,
  meanCorrelation: 0,
  sampledTrials: 1,
  seen: [{ market, toMs, by: 'ada', face: 'backtest', atMs: endMs }],
});

const factsOf = (seen: FamilyHistory) => familyFacts(seen, ['BTC/USDT:USDT'], [{ bars }]);

test('the same days seen in another market are a warning, and no refusal', () => {
  const { tier, warnings } = factsOf(history('ETH/USDT', endMs));
  expect(warnings).toEqual([expect.stringMatching(/seen in ETH\/USDT up to .*: other markets, the same days/)]);
  expect(tier).not.toHaveProperty('holdoutSeen');
});

test('of its own market they are a refusal, and days before the holdout are nothing', () => {
  expect(factsOf(history('BTC/USDT', endMs)).tier.holdoutSeen).toMatch(/unseen days are needed/);
  expect(factsOf(history('ETH/USDT', trendingStartMs + trendingBarMs)).warnings).toEqual([]);
});
