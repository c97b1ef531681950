import {
  compiledOracle,
  createDraws,
  type Draws,
  listOf,
  type PluginCase,
  pricesOf,
  returnsOf,
} from './plugin-case.ts';

/** The diagnostics on the sizes of their entries, without the picture. */
export function diagCases(): PluginCase[] {
  const draws = createDraws(6);
  return [
    {
      id: 'diag_oos_decay_plot',
      size: '12 folds of 250 and 60',
      input: {
        folds: listOf(12, (k) => ({
          label: `f${k}`,
          isReturns: returnsOf(draws, 250, 0.01),
          oosReturns: returnsOf(draws, 60, 0.01),
        })),
      },
      params: { render: false },
      ratio: 1,
    },
    {
      id: 'diag_data_drift',
      size: '2000 against 500, exact',
      input: drift(draws, 1, 2000),
      params: { pValue: 'exact', render: false },
      goalMs: 10,
      ratio: compiledOracle,
    },
    {
      id: 'diag_data_drift',
      size: '100 features, 5000 against 500',
      input: drift(draws, 100, 5000),
      params: { render: false },
      goalMs: 1000,
      ratio: compiledOracle,
    },
    {
      id: 'diag_slippage_report',
      size: '100000 orders',
      input: { orders: orders(draws, 100_000) },
      params: { render: false },
      goalMs: 300,
    },
    {
      id: 'diag_slippage_report',
      size: '10000 orders',
      input: { orders: orders(draws, 10_000) },
      params: { render: false },
      ratio: 1,
    },
    {
      id: 'diag_cpcv_overfit',
      size: 'S=16, M=100, T=1600',
      input: { returns: listOf(1600, () => returnsOf(draws, 100, 0.01)) },
      params: { render: false },
      ratio: 1,
    },
    {
      id: 'diag_param_sensitivity',
      size: '104976 cells, p=4',
      input: grid(draws, 18),
      params: { render: false },
      goalMs: 300,
    },
    {
      id: 'diag_param_sensitivity',
      size: '625 cells, p=4',
      input: grid(draws, 5),
      params: { render: false },
      ratio: 1,
    },
    {
      id: 'diag_sharpe_ci',
      size: 'n=1000, 2000 resamples',
      input: { returns: returnsOf(draws, 1000, 0.01) },
      params: { bootstrap: { replications: 2000, seed: 7 }, render: false },
      goalMs: 150,
      ratio: 1,
    },
  ];
}

const drift = (draws: Draws, features: number, reference: number) => ({
  features: listOf(features, (k) => ({
    name: `f${k}`,
    reference: returnsOf(draws, reference, 1),
    current: returnsOf(draws, 500, 1.2),
  })),
});

function orders(draws: Draws, count: number) {
  return pricesOf(draws, count, { scale: 1e-3 }).map((decisionPrice, k) => {
    const [side, sign] = draws.uniform() < 0.5 ? ['buy', 1] : ['sell', -1];
    const near = (scale: number) => decisionPrice * (1 + sign * scale * draws.uniform());
    return {
      id: `o${k}`,
      symbol: k % 2 === 0 ? 'BTC/USDT' : 'ETH/USDT',
      side,
      qty: 10,
      decisionPrice,
      arrivalPrice: near(1e-3),
      marketVwap: near(2e-3),
      volatility: 0.03,
      marketVolume: 2000 + 8000 * draws.uniform(),
      fills: listOf(2, () => ({ price: near(3e-3), qty: 5, fee: 0.2, mid: near(1e-3), midAfter: near(1e-3) })),
    };
  });
}

function grid(draws: Draws, levels: number) {
  const names = ['a', 'b', 'c', 'd'];
  const trials = listOf(levels ** 4, (cell) => {
    const values = names.map((_, p) => Math.floor(cell / levels ** p) % levels);
    return { values, metric: -values.reduce((sum, v) => sum + (v - levels / 2) ** 2, 0) + draws.normal() };
  });
  return { parameters: names, trials };
}
