import { describe, expect, test } from 'vitest';
import { changesOf } from '../../../../apps/report/change/index.ts';
import type { StrategyReport } from '../../../../apps/report/model.ts';
import type { Trade } from '../../../../core/backtest/types.ts';
import { dayMs } from '../../../../core/market/timeframe.ts';
import type { TierDetails } from '../../../../core/validation/details.ts';
import type { Gate, Tier, Verdict } from '../../../../core/validation/verdict.ts';

type Given = Readonly<{
  tier: Tier;
  gates: readonly (Pick<Gate, 'name' | 'threshold'> & Partial<Gate>)[];
  status?: Verdict['status'];
  metrics?: Verdict['metrics'];
  details?: TierDetails;
  trades?: readonly number[];
}>;

/** A verdict over a year of days with the given rows; trades by their profits. */
function report({ tier, gates, status = 'FAIL', metrics = {}, details, trades }: Given): StrategyReport {
  return {
    strategyId: 'STR-001',
    name: '',
    hypothesis: '',
    symbols: [],
    timeframe: '1h',
    parameters: {},
    verdict: {
      strategyId: 'STR-001',
      tier,
      status,
      gates: gates.map((gate) => ({ passed: status === 'PASS', fixable: true, errorType: 'x', ...gate })),
      metrics,
      trials: { ownRun: 1, total: 0 },
      windows: [{ name: tier, fromMs: 0, toMs: 365 * dayMs, bars: 8_760 }],
      dataHash: '',
      strategyHash: '',
      codeVersion: '',
      seed: 1,
      failures: [],
      warnings: [],
    },
    ...(details && { details }),
    ...(trades && {
      result: {
        startEquity: 10_000,
        finalEquity: 10_000,
        counts: { entries: 0, conflicts: 0, entryExitClashes: 0, noSize: 0, bankrupt: 0, openAtEnd: 0 },
        metrics: {},
        unavailable: {},
        trades: trades.map((pnl) => ({ pnl }) as Trade),
        equity: { timeMs: new Float64Array(), equity: new Float64Array() },
        warnings: [],
      },
    }),
  };
}

const only = (given: Given) => {
  const changes = changesOf(report(given));
  expect(changes).toHaveLength(1);
  return `${changes[0].claim} ${changes[0].arithmetic ?? ''}`;
};

describe('each statement follows from its numbers', () => {
  test('Sharpe: the mean at the same volatility, and the years until a test at 5 % would pass', () => {
    const text = only({
      tier: 'L1',
      gates: [{ name: 'sharpe', value: 0.4, threshold: '> 0.5' }],
      metrics: { volatility: 0.3, trades: 60 },
    });
    expect(text).toContain('0.5 instead of 0.40');
    expect(text).toContain('0.5 × 30.0% = +15.0%, not +12.0%');
    // (1.645 / 0.4)^2 = 16.9 years; 60 trades a year make 1,015 of them.
    expect(text).toContain('(1.645 / 0.40)² = 16.9 years, about 1,015 trades at its pace; it had 1.0');
  });

  test('Sharpe below zero: more data is no help', () => {
    const text = only({ tier: 'L1', gates: [{ name: 'sharpe', value: -0.4, threshold: '> 0.5' }] });
    expect(text).toContain('does not become one above it by more data');
  });

  test('counts: the least that passes, and how long it takes at this pace', () => {
    const text = only({ tier: 'L1', gates: [{ name: 'trades', value: 20, threshold: '> 30' }] });
    expect(text).toContain('11 more would have to come: 31 instead of 20.');
    expect(text).toContain('31 × 365 / 20 = 566 days');
  });

  test('profit factor: what had to be won, or not lost', () => {
    const text = only({
      tier: 'L1',
      gates: [{ name: 'profitFactor', value: 0.8, threshold: '> 1' }],
      trades: [300, 500, -600, -400],
    });
    expect(text).toContain('1 × 1,000 = 1,000 would do (+25%)');
    expect(text).toContain('losses of 800 / 1 = 800 (−20%)');
  });

  test('win rate: how many more or fewer winners', () => {
    const text = only({
      tier: 'L0',
      gates: [{ name: 'winRate', value: 0, threshold: 'abs(winRate - 0.5) >= 0.005' }],
      metrics: { winRate: 0.5, trades: 200 },
    });
    expect(text).toContain('100 of 200 trades won; 1 more winners or 1 fewer');
  });

  test('cost stress: where the line of log growth is zero', () => {
    const costs = [1, 2, 3].map((multiple) => ({
      multiple,
      totalReturn: Math.exp(0.3 - 0.2 * multiple) - 1,
      sharpe: 1,
    }));
    const text = only({
      tier: 'L2',
      gates: [{ name: 'costStress', value: -0.1, threshold: '> 0 at 2 x costs' }],
      details: { costs },
    });
    expect(text).toContain('75% of the assumed ones: it breaks even at 1.50 times them');
    const lost = costs.map((each) => ({ ...each, totalReturn: Math.exp(-0.1 - 0.2 * each.multiple) - 1 }));
    expect(
      only({
        tier: 'L2',
        gates: [{ name: 'costStress', value: -0.4, threshold: '> 0 at 2 x costs' }],
        details: { costs: lost },
      }),
    ).toContain('earn before costs');
  });

  test('interval: the days that the same mean would need', () => {
    const text = only({
      tier: 'L3',
      gates: [{ name: 'bootstrapInterval', value: -0.001, threshold: '> 0 (95 %)' }],
      details: { bootstrap: { mean: 0.001, low: -0.001, high: 0.003, pValue: 0.15, blockLength: 3 } },
    });
    expect(text).toContain('+0.100% − (−0.100%) = 0.200%');
    expect(text).toContain('365 × (0.200% / 0.100%)² = 1,460 days');
  });

  test('deflated Sharpe: the bar of luck plus the quantile', () => {
    const deflated = { sharpe: 1.5, luckySharpe: 0.5, trials: 8, statistic: 2, pValue: 0.023 };
    const gate = { name: 'deflatedSharpe', value: 0.023, threshold: '<= 0.01' };
    const text = only({ tier: 'L3', gates: [gate], details: { deflated } });
    // The standard error is (1.5 - 0.5) / 2; z of 0.01 is 2.326.
    expect(text).toContain('0.50 + 2.33 × 0.50 = 1.66');
    expect(only({ tier: 'L3', status: 'PASS', gates: [{ ...gate, value: 0.001 }], details: { deflated } })).toContain(
      'below 1.66 over everything; it is 1.50',
    );
  });

  test('a holdout that stayed shut waits for the gates above', () => {
    const text = only({
      tier: 'L3',
      gates: [{ name: 'holdoutSharpe', threshold: '> 0', note: 'not opened' }],
      details: { holdout: { fromMs: 0, toMs: 1, sealed: 'not opened' } },
    });
    expect(text).toContain('waits for the gates above');
  });
});

describe('which rows are spoken of', () => {
  const rows = [
    { name: 'trades', value: 80, threshold: 'pass >= 100, marginal >= 50', passed: true, marginal: true },
    { name: 'pbo', value: 0.6, threshold: '< 0.5', passed: false },
  ];

  test('the failed ones; without one, the marginal ones up to what is wanted', () => {
    expect(changesOf(report({ tier: 'L2', gates: rows })).map(({ gate }) => gate)).toEqual(['Overfitting (PBO)']);
    const [marginal, ...others] = changesOf(report({ tier: 'L2', gates: rows.slice(0, 1) }));
    expect(others).toEqual([]);
    expect(marginal.claim).toContain('20 more would have to come: 100 instead of 80');
  });

  test('of a pass, where each gate would have failed; none of an error', () => {
    const passed = changesOf(
      report({ tier: 'L1', status: 'PASS', gates: [{ name: 'trades', value: 34, threshold: '> 30' }] }),
    );
    expect(passed).toEqual([{ gate: 'Trades', claim: 'Would have failed at or below 30; it is 34.' }]);
    const row = { name: 'futility', value: 0.01, threshold: 'p < 0.5' };
    const bootstrap = { name: 'bootstrap', pValue: 0.445, alpha: 0.5 };
    expect(only({ tier: 'L0', status: 'PASS', gates: [{ ...row, test: bootstrap }] })).toContain(
      'Would have failed with p at or above 0.5; it is 0.4450.',
    );
    expect(changesOf(report({ tier: 'L1', status: 'ERROR', gates: [] }))).toEqual([]);
  });

  test('a gate that nobody has words for still says what is asked', () => {
    const text = only({ tier: 'L2', gates: [{ name: 'constructor', value: 1, threshold: '> 2' }] });
    expect(text).toContain('> 2 is asked; it is 1.');
  });
});
