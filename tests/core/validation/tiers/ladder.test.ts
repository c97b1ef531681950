import { describe, expect, test } from 'vitest';
import { createIdea, type Freedom } from '../../../../bench/gate-power/idea.ts';
import { simulateBars, simulateScores, simulateShocks } from '../../../../bench/gate-power/simulate.ts';
import { usualThresholds } from '../../../../config/validation-gates.ts';
import type { Bars } from '../../../../core/market/bars.ts';
import { sliceBars } from '../../../../core/market/bars.ts';
import { hasVote } from '../../../../core/validation/gates.ts';
import type { Loops } from '../../../../core/validation/loops.ts';
import { type TierInput, validateTier } from '../../../../core/validation/validate-tier.ts';
import type { Tier } from '../../../../core/validation/verdict.ts';

const hours = Math.round(3.66 * 365 * 24);
const thresholds = { ...usualThresholds, L2: { ...usualThresholds.L2, monteCarloRuns: 30 } };

const simulated = (edge: number, seed = 5): Bars =>
  simulateBars(simulateShocks(hours, seed), simulateScores(hours, seed), { edge, hold: 12, seed });

function judge(
  tier: Tier,
  bars: Bars,
  { freedom = 'fixed', ...change }: Partial<TierInput> & { freedom?: Freedom } = {},
) {
  const { compiled, options } = createIdea(12, freedom);
  return validateTier({
    strategyId: 'STR-900',
    tier,
    strategyHash: 'c0ffee00'.repeat(8),
    codeVersion: 'test',
    trialsBefore: 3,
    markets: [{ bars }],
    thresholds,
    allowGaps: false,
    strategy: compiled,
    options,
    hashMarkets: () => 'hash',
    ...change,
  });
}

const good = simulated(0.006);
const noise = simulated(0);
const row = ({ verdict }: ReturnType<typeof judge>, name: string) => verdict.gates.find((gate) => gate.name === name);

describe('L1', () => {
  test('passes a strong strategy and says how unlikely random entries are', () => {
    const judged = judge('L1', good);
    expect(judged.verdict.status).toBe('PASS');
    expect(judged.verdict.gates.map(({ name }) => name)).toEqual(['sharpe', 'profitFactor', 'trades', 'randomEntry']);
    expect(row(judged, 'randomEntry')?.value).toBeLessThan(0.02);
    expect(judged.outcome.details?.randomEntry?.draws).toBe(1_000);
    expect(judged.verdict.trials).toEqual({ ownRun: 1, total: 3 });
  });

  test('stops one without an edge, with reasons that can be fixed', () => {
    const { verdict } = judge('L1', noise);
    expect(verdict.status).toBe('FAIL');
    expect(verdict.failures.every(({ fixable }) => fixable)).toBe(true);
    expect(verdict.failures.map(({ errorType }) => errorType)).toContain('sharpe_below_threshold');
  });
});

describe('L2', () => {
  const judged = judge('L2', good, { freedom: 'near' });

  test('passes a strong strategy with its rows in order', () => {
    expect(judged.verdict.gates.map(({ name }) => name)).toEqual([
      'oosSharpe',
      'maxDrawdown',
      'profitFactor',
      'trades',
      'walkForwardEfficiency',
      'plateau',
      'costStress',
      'pbo',
      'deflatedSharpe',
    ]);
    const decisive = judged.verdict.gates.filter(({ name }) => name !== 'pbo');
    expect(decisive.filter(({ passed }) => !passed)).toEqual([]);
    expect(row(judged, 'deflatedSharpe')?.threshold).toBe('nothing (it informs)');
  });

  test('counts every point, neighbour and window run once as a trial', () => {
    // 9 points, 5 window runs; neighbours of 2.25 and 12 in 2..2.5 and 9..15: 4 + 4 alone, 4 pairs.
    const { plateau } = judged.outcome.details ?? {};
    expect(plateau?.neighbours).toHaveLength(12);
    expect(judged.verdict.trials.ownRun).toBe(9 + 5 + 12);
  });

  test('leaves all that a report draws', () => {
    const { details, result, windows } = judged.outcome;
    expect(windows).toMatchObject([{ name: 'L2', note: '1095 d asked, 1068.7 d there' }]);
    expect(details?.walkForward).toHaveLength(5);
    expect(details?.sweep).toMatchObject({ method: 'fullGrid', gridPoints: 9 });
    expect(details?.plateau?.heatMap).toMatchObject({ x: 'level', y: 'hold', xs: [2, 2.25, 2.5], ys: [9, 12, 15] });
    expect(details?.costs?.map(({ multiple }) => multiple)).toEqual([1, 2, 3]);
    expect(details?.costs?.[0]?.totalReturn).toBeCloseTo(result?.metrics.totalReturn ?? NaN, 9);
    expect(details?.monteCarlo).toMatchObject({ trades: { runs: 30 }, bars: { runs: 30 } });
    expect(details?.regimes?.map(({ name }) => name)).toEqual(['bull', 'bear', 'sideways']);
    const windowsOut = details?.walkForward ?? [];
    expect(
      windowsOut.every(({ testFromMs }, index) => index === 0 || testFromMs === windowsOut[index - 1].testToMs),
    ).toBe(true);
  });

  test('gives the same bytes again, and after being stopped in any loop', () => {
    const bytes = JSON.stringify(judged.verdict);
    const kept = new Map<string, { data: Float64Array; done: number }>();
    const stopAt = (name: string, at: number): Loops => ({
      open(loop, count, width) {
        const known = kept.get(loop) ?? { data: new Float64Array(count * width), done: 0 };
        kept.set(loop, known);
        return known;
      },
      reached(loop, done) {
        const known = kept.get(loop);
        if (known !== undefined) kept.set(loop, { ...known, done });
        if (loop === name && done === at) throw new Error('stopped');
      },
    });
    for (const [loop, stop] of [
      ['sweep', 4],
      ['neighbours', 7],
      ['monteCarloBars', 11],
    ] as const) {
      expect(() => judge('L2', good, { freedom: 'near', loops: stopAt(loop, stop) })).toThrow('stopped');
    }
    const resumed = judge('L2', good, { freedom: 'near', loops: stopAt('', 0) });
    expect(JSON.stringify(resumed.verdict)).toBe(bytes);
    expect(JSON.stringify(resumed.outcome.details)).toBe(JSON.stringify(judged.outcome.details));
  });

  test('without parameters there is nothing to choose: one point, no neighbours, PBO 0', () => {
    const fixed = judge('L2', good);
    expect(fixed.verdict.status).toBe('PASS');
    expect(row(fixed, 'pbo')).toMatchObject({ value: 0, note: 'one point, nothing was chosen' });
    expect(row(fixed, 'plateau')).toMatchObject({ value: 1, note: 'no parameters to move' });
    expect(fixed.verdict.trials.ownRun).toBe(6);
  });

  test('without costs there is nothing to stress, and that is no pass', () => {
    const { options } = createIdea(12, 'fixed');
    const free = judge('L2', good, { options: { ...options, costs: { feeBps: 0, slippageBps: 0 } } });
    expect(row(free, 'costStress')).toMatchObject({ passed: false, note: expect.stringMatching(/^no costs/) });
    expect(row(free, 'costStress')).not.toHaveProperty('value');
  });

  test('shows PBO as the share that it is, not as a p-value', () => {
    expect(row(judged, 'pbo')).toHaveProperty('value');
    expect(row(judged, 'pbo')).not.toHaveProperty('test');
  });

  test('noise fails out of sample', () => {
    const { verdict } = judge('L2', noise, { freedom: 'near' });
    expect(verdict.status).toBe('FAIL');
    expect(verdict.failures.flatMap(({ errorType }) => errorType)).toContain('sharpe_below_threshold');
  });

  test('more than three marginal rows fail without a failed one', () => {
    const strict = {
      ...thresholds,
      L2: {
        ...thresholds.L2,
        oosSharpe: { pass: 50, marginal: 0.5 },
        maxDrawdown: { pass: 0, marginal: 0.5 },
        profitFactor: { pass: 50, marginal: 1 },
        trades: { pass: 100_000, marginal: 50 },
      },
    };
    const { verdict } = judge('L2', good, { thresholds: strict });
    expect(verdict.gates.every(({ passed }) => passed)).toBe(true);
    expect(verdict.status).toBe('FAIL');
    expect(verdict.failures.map(({ errorType }) => errorType)).toEqual([
      'sharpe_below_threshold',
      'max_drawdown_extreme',
      'signal_frequency_low',
    ]);
  });
});

describe('L3', () => {
  const judged = judge('L3', good);

  test('passes a strong strategy, its holdout opened', () => {
    expect(judged.verdict.status).toBe('PASS');
    expect(judged.verdict.windows.map(({ name }) => name)).toEqual(['L3', 'holdout', 'L2']);
    expect(row(judged, 'deflatedSharpe')?.value).toBeLessThan(0.01);
    expect(judged.outcome.details?.holdout).toMatchObject({ sharpe: row(judged, 'holdoutSharpe')?.value });
  });

  test('says why it does not know what is deployed', () => {
    const unread = judge('L3', good, { deployedUnread: 'the order store is locked' });
    expect(row(unread, 'deployedCorrelation')).toMatchObject({
      note: 'not checked: the order store is locked',
      informs: true,
    });
    expect(unread.outcome.details).not.toHaveProperty('deployed');
    expect(row(judged, 'deployedCorrelation')?.note).toMatch(/^not checked: /);
  });

  test('does not call it a pass that nothing is deployed', () => {
    const free = judge('L3', good, { deployed: [] });
    const deployed = row(free, 'deployedCorrelation');
    expect(deployed).toMatchObject({ note: 'nothing is deployed', informs: true });
    expect(free.outcome.details?.deployed).toEqual([]);
    expect(deployed).not.toHaveProperty('value');
    expect(judged.verdict.gates.filter((gate) => !hasVote('L3', gate)).map(({ name }) => name)).toEqual([
      'deployedCorrelation',
    ]);
  });

  test('regimes with too few trades to tell want more trades, and are no flaw for ever', () => {
    const strict = { ...thresholds, L3: { ...thresholds.L3, regimeTrades: 1_000_000 } };
    const seldom = judge('L3', good, { thresholds: strict });
    expect(row(seldom, 'regimes')).toMatchObject({
      passed: false,
      value: 0,
      errorType: 'signal_frequency_low',
      fixable: true,
    });
  });

  test('shows what the spread of the family’s own trials would say, and decides without it', () => {
    const wide = judge('L3', good, { otherTrials: 20, sharpeVariance: 0.2 });
    const plain = judge('L3', good, { otherTrials: 20 });
    expect(row(wide, 'deflatedSharpe')?.value).toBe(row(plain, 'deflatedSharpe')?.value);
    expect(row(wide, 'deflatedSharpe')?.note).toMatch(/with the spread that the family's trials have, by luck .*, p 1/);
    expect(wide.outcome.details?.deflated?.measured?.pValue).toBeGreaterThan(0.99);
  });

  test('leaves the holdout sealed when anything else has failed', () => {
    const { verdict, outcome } = judge('L3', noise);
    expect(verdict.status).toBe('FAIL');
    expect(verdict.windows.map(({ name }) => name)).toEqual(['L3']);
    expect(outcome.details?.holdout?.sealed).toMatch(/^not opened, since .* failed$/);
    expect(verdict.failures).toMatchObject([{ errorType: 'fundamental_strategy_flaw', fixable: false }]);
  });

  test('other trials of the family raise the bar until it fails', () => {
    const pOf = (otherTrials: number) => row(judge('L3', good, { otherTrials }), 'deflatedSharpe')?.value ?? NaN;
    expect(pOf(0)).toBeLessThan(pOf(100));
    expect(pOf(100)).toBeLessThan(pOf(1e15));
  });

  test('a twin of what is deployed fails on its correlation, and a stranger does not', () => {
    const daily = Array.from({ length: 2_000 }, (_, day) => good.timeMs[0] + (day - 100) * 86_400_000);
    const midnight = daily.map((timeMs) => Math.floor(timeMs / 86_400_000) * 86_400_000);
    const equity = judged.outcome.result?.equity;
    const returnsOn = (timeMs: number) => {
      const index = equity?.timeMs.findIndex((time) => time >= timeMs + 86_400_000) ?? -1;
      const before = equity?.timeMs.findIndex((time) => time >= timeMs) ?? -1;
      return index < 1 || before < 1
        ? undefined
        : (equity?.equity[index - 1] ?? 0) / (equity?.equity[before - 1] ?? 1) - 1;
    };
    const days = midnight.filter((timeMs) => returnsOn(timeMs) !== undefined);
    const twin = { strategyId: 'STR-001', dayMs: days, returns: days.map((timeMs) => returnsOn(timeMs) ?? 0) };
    const stranger = { strategyId: 'STR-002', dayMs: days, returns: days.map((_, day) => Math.sin(day * day) / 100) };
    const withTwin = judge('L3', good, { deployed: [stranger, twin] });
    expect(row(withTwin, 'deployedCorrelation')).toMatchObject({ passed: false, note: 'nearest STR-001' });
    expect(row(withTwin, 'deployedCorrelation')?.value).toBeGreaterThan(0.95);
    expect(row(judge('L3', good, { deployed: [stranger] }), 'deployedCorrelation')).toMatchObject({ passed: true });
  });

  test('refuses regimes with fewer than thirty trades', () => {
    const picky = { ...thresholds, L3: { ...thresholds.L3, regimeTrades: 10_000 } };
    const { verdict } = judge('L3', good, { thresholds: picky });
    const regimes = verdict.gates.find(({ name }) => name === 'regimes');
    expect(regimes).toMatchObject({ value: 0, passed: false });
    expect(regimes?.note).toMatch(/bull \d+ trades, too few, bear/);
  });
});

describe('too little history', () => {
  // The holdout takes a fifth: of 100, 200 and 600 days before it 182.5, 365 and 1,095 are asked.
  test.each([
    ['L0', 100],
    ['L1', 200],
    ['L2', 600],
    ['L3', 600],
  ] as const)('%s refuses %i days: data, not fixable, no trial', (tier, days) => {
    const { verdict, outcome } = judge(tier, sliceBars(good, 0, days * 24));
    expect(verdict).toMatchObject({
      status: 'FAIL',
      gates: [{ name: 'data', passed: false, errorType: 'data_unavailable', fixable: false }],
      failures: [{ errorType: 'data_unavailable', fixable: false }],
      trials: { ownRun: 0 },
    });
    expect(outcome.used).toEqual([]);
  });

  test('less than asked but over half is used and said', () => {
    const { verdict } = judge('L2', sliceBars(good, 0, 800 * 24));
    expect(verdict.windows[0].note).toBe('1095 d asked, 640 d there');
    expect(verdict.warnings).toContain('L2: 1095 d asked, 640 d there');
  });
});

test('an override is judged by its own number and said in the verdict', () => {
  const overrides = { 'STR-900': { reason: 'Only a test of overrides.', L1: { trades: 100_000 } } };
  const { verdict } = judge('L1', good, { thresholds: { ...thresholds, overrides } });
  expect(verdict.status).toBe('FAIL');
  expect(verdict.overrides).toEqual({
    reason: 'Only a test of overrides.',
    thresholds: [{ key: 'L1.trades', value: 100_000, instead: 30 }],
  });
  expect(verdict.warnings[0]).toBe('thresholds of its own: Only a test of overrides.');
});
