import {
  compiledOracle,
  createDraws,
  type Draws,
  listOf,
  type PluginCase,
  pricesOf,
  returnsOf,
  startMs,
} from './plugin-case.ts';

/** The risk plugins on the sizes of their entries. */
export function riskCases(): PluginCase[] {
  const draws = createDraws(2);
  const assets = portfolioAssets(draws, 50, 1000);
  return [
    ...['gaussian', 'cornishFisher', 'historical'].map((method) => ({
      id: 'risk_var_budget',
      size: `N=50, T=1000, ${method}`,
      input: { assets: assets.map(({ symbol, weight, returns }) => ({ symbol, weight, returns })) },
      params: { varBudget: 0.03, method, confidence: 0.99 },
      goalMs: 10,
      ...(method === 'gaussian' && { ratio: compiledOracle }),
    })),
    {
      id: 'risk_drawdown_derisk',
      size: 'n=100000',
      input: { equity: equityCurve(draws, 100_000) },
      params: { maxDrawdown: 0.5, softStart: 0.05, haltAtLimit: false },
      ratio: 1,
    },
    { id: 'risk_frac_kelly_atten', size: 'binary', input: wager, params: {}, ratio: 1 },
    {
      id: 'risk_vol_target',
      size: 'n=100000',
      input: { returns: returnsOf(draws, 100_000) },
      params: { targetVol: 0.3 },
      ratio: 1,
    },
    { id: 'risk_time_decay_size', size: '8 lags', input: held, params: { graceMs: 3_600_000 }, ratio: 1 },
    {
      id: 'risk_tracking_error',
      size: 'N=50, T=1000',
      input: { assets },
      params: { limit: 0.1 },
      ratio: compiledOracle,
    },
    {
      id: 'risk_liquidity_hotspot',
      size: '50 assets, n=365, 25 levels',
      input: { assets: listOf(50, (k) => thinAsset(draws, k)) },
      params: {},
      ratio: 1,
    },
    ...['historical', 'fhs', 'gaussian', 'evt'].map((method) => ({
      id: 'risk_cvar_size',
      size: `T=1000, ${method}, portfolio`,
      input: { returns: returnsOf(draws, 1000), portfolio: returnsOf(draws, 1000, 0.012) },
      params: { cvarBudget: 0.02, method, portfolioCvarBudget: 0.03 },
      goalMs: 20,
      ...(method === 'historical' && { ratio: 1 }),
    })),
    {
      id: 'risk_entropy_weights',
      size: 'N=50',
      input: { expectedReturns: listOf(50, () => 0.1 + 0.1 * draws.uniform()), covariance: covarianceOf(draws, 50) },
      params: { maxWeight: 0.1, riskAversion: 2, temperature: 0.05 },
      goalMs: 100,
      ratio: 1,
    },
    {
      id: 'risk_auto_hedge_ratio',
      size: '50 positions, n=500, K=2',
      input: hedgedBook(draws, 50, 500),
      params: { halfLife: 120 },
      ratio: 1,
    },
  ];
}

const wager = {
  mode: 'binary',
  winProbability: 0.56,
  payoff: 1.2,
  lossFraction: 1,
  trials: 180,
  confidence: 0.8,
  costFraction: 0.02,
};

const held = {
  entryTime: startMs,
  now: startMs + 30 * 3_600_000,
  initialSize: 0.12,
  currentSize: 0.12,
  icCurve: listOf(8, (k) => ({ lagMs: (k + 1) * 14_400_000, ic: 0.06 * 0.8 ** k })),
};

function portfolioAssets(draws: Draws, count: number, length: number) {
  const market = returnsOf(draws, length, 0.015);
  return listOf(count, (k) => ({
    symbol: `A${k}`,
    weight: 1 / count,
    benchmarkWeight: (2 * (k + 1)) / (count * (count + 1)),
    returns: market.map((value) => value + 0.01 * draws.normal()),
  }));
}

const equityCurve = (draws: Draws, length: number) =>
  pricesOf(draws, length, { start: 1e5, scale: 0.002 }).map((value, i) => ({ t: startMs + i * 3_600_000, value }));

function thinAsset(draws: Draws, index: number) {
  const side = (step: number) => listOf(25, (m) => [100 * (1 + step * (m + 1)), 50 + 100 * draws.uniform()] as const);
  return {
    symbol: `A${index}`,
    notional: 1e5 * (index + 1),
    returns: returnsOf(draws, 365),
    dollarVolumes: listOf(365, () => 1e7 * (0.5 + draws.uniform())),
    book: { bids: side(-0.0005), asks: side(0.0005) },
  };
}

function covarianceOf(draws: Draws, size: number): number[][] {
  const loadings = listOf(size, () => 0.4 + 0.3 * draws.uniform());
  return loadings.map((a, i) => loadings.map((b, j) => a * b * 0.4 + (i === j ? 0.1 : 0)));
}

function hedgedBook(draws: Draws, positions: number, length: number) {
  const [btc, eth] = [returnsOf(draws, length), returnsOf(draws, length)];
  const mixed = () => btc.map((value, t) => 0.8 * value + 0.3 * eth[t] + 0.01 * draws.normal());
  return {
    positions: listOf(positions, (k) => ({ symbol: `P${k}`, notional: 1000 * (k + 1), returns: mixed() })),
    hedges: [
      { symbol: 'BTC', returns: btc, price: 91_500, kind: 'linear' },
      { symbol: 'ETH', returns: eth, price: 3000, kind: 'linear' },
    ],
    equity: 1e6,
  };
}
