import {
  compiledOracle,
  createDraws,
  type Draws,
  garchReturns,
  listOf,
  type PluginCase,
  pricesOf,
  returnsOf,
  startMs,
} from './plugin-case.ts';

const hourMs = 3_600_000;
const given = { mu: 0.0003, omega: 8e-6, alpha: 0.08, beta: 0.9 };
const trend = { mode: 'fixed', epsilonVar: 1, levelVar: 0.1, slopeVar: 0.01 };
const seen = (series: number[]) => ({ series });

/** The feature plugins on the sizes of their entries; fe_duckdb_store, which acts, is measured apart. */
export const feCases = (): PluginCase[] => [...filterCases(), ...eventCases(), ...spectrumCases()];

function filterCases(): PluginCase[] {
  const draws = createDraws(3);
  const walk = pricesOf(draws, 1_000_000);
  const returns = garchReturns(draws, 100_000);
  const fitted = returns.slice(0, 2000);
  return [
    { id: 'fe_kalman', size: 'n=1e6, trend', input: seen(walk), params: fixedTrend, goalMs: 300 },
    { id: 'fe_kalman', size: 'n=1e5, trend', input: seen(walk.slice(0, 100_000)), params: fixedTrend, ratio: 10 },
    { id: 'fe_kalman', size: 'one bar, trend', input: { series: [101], state: trendState }, params: {}, goalMs: 0.002 },
    {
      id: 'fe_kalman',
      size: 'n=1000, trend, mle',
      input: seen(walk.slice(0, 1000)),
      params: { model: 'localLinearTrend', noise: { mode: 'mle' } },
      ratio: 1,
    },
    { id: 'fe_garch', size: 'n=1e5, filter', input: { returns }, params: garchFilter, ratio: 3 },
    { id: 'fe_garch', size: 'n=1e5, ewma', input: { returns }, params: { variant: 'ewma' }, ratio: 3 },
    { id: 'fe_garch', size: 'n=2000, fit normal', input: { returns: fitted }, params: {}, goalMs: 300, ratio: 1 },
    {
      id: 'fe_garch',
      size: 'n=2000, fit Student t',
      input: { returns: fitted },
      params: { dist: 'studentT' },
      goalMs: 600,
      ratio: 1,
    },
    {
      id: 'fe_fracdiff',
      size: 'n=5000, search',
      input: seen(walk.slice(0, 5000)),
      params: { search: {}, threshold: 1e-3 },
      goalMs: 500,
      ratio: 1,
    },
    {
      id: 'fe_fracdiff',
      size: 'n=1e5, d=0.4',
      input: seen(walk.slice(0, 100_000)),
      params: { d: 0.4, threshold: 1e-3 },
      ratio: compiledOracle,
    },
  ];
}

const fixedTrend = { model: 'localLinearTrend', noise: trend };

const trendState = {
  v: 1,
  model: 'localLinearTrend',
  mean: [100, 0.1],
  cov: [
    [0.6, 0.1],
    [0.1, 0.05],
  ],
  diffuseCov: [
    [0, 0],
    [0, 0],
  ],
  noise: { epsilonVar: 1, levelVar: 0.1, slopeVar: 0.01 },
  nObserved: 100,
  logLik: -200,
};

const garchFilter = { fit: 'none', coefficients: given };

function eventCases(): PluginCase[] {
  const draws = createDraws(4);
  return [
    {
      id: 'fe_price_news_div',
      size: 'n=1e5, W=500',
      input: newsAndPrices(draws, 100_000),
      params: { window: 500 },
    },
    {
      id: 'fe_price_news_div',
      size: 'n=2000, W=500',
      input: newsAndPrices(draws, 2000),
      params: { window: 500 },
      ratio: 1,
    },
    {
      id: 'fe_price_news_div',
      size: 'one value, W=500',
      input: newsAndPrices(draws, 502),
      params: { window: 500 },
      goalMs: 0.05,
    },
    {
      id: 'fe_dollar_bars',
      size: '200000 trades',
      input: { trades: trades(draws, 200_000) },
      params: { kind: 'dollar', threshold: 5000 },
      goalMs: 100,
      ratio: 1,
    },
    {
      id: 'fe_vol_weighted_sent',
      size: '10000 bars, V=48',
      input: sentiment(draws, 10_000),
      params: {},
      goalMs: 200,
      ratio: 1,
    },
  ];
}

function newsAndPrices(draws: Draws, length: number) {
  const times = listOf(length, (i) => startMs + i * hourMs);
  const news = times.filter((_, i) => i % 3 === 1).map((time) => ({ time: time - 1, score: 2 * draws.uniform() - 1 }));
  return { times, closes: pricesOf(draws, length), news };
}

function trades(draws: Draws, count: number) {
  return pricesOf(draws, count, { scale: 1e-4 }).map((price, i) => ({
    time: startMs + 20 * i,
    price,
    amount: 0.01 + 2 * draws.uniform(),
    side: draws.uniform() < 0.5 ? 'buy' : 'sell',
  }));
}

function sentiment(draws: Draws, count: number) {
  const bars = listOf(count, (i) => ({ time: startMs + i * hourMs, volume: 50 + 100 * draws.uniform() }));
  const items = listOf(count, (i) => ({
    time: startMs + i * hourMs - 1000,
    score: 2 * draws.uniform() - 1,
    confidence: 0.2 + 0.8 * draws.uniform(),
  }));
  return { bars, items };
}

function spectrumCases(): PluginCase[] {
  const draws = createDraws(5);
  const walk = pricesOf(draws, 100_000);
  const noise = returnsOf(draws, 2000);
  return [
    {
      id: 'fe_mini_pca',
      size: 'p=50, k=5, m=32',
      input: { rows: listOf(32, () => returnsOf(draws, 50, 1)) },
      params: { nComponents: 5, signs: 'maxAbs' },
      goalMs: 2,
      ratio: compiledOracle,
    },
    {
      id: 'fe_wavelet',
      size: 'n=1e5, smooth',
      input: seen(walk),
      params: { mode: 'smooth' },
      ratio: compiledOracle,
    },
    { id: 'fe_wavelet', size: 'n=1e5, causal 256', input: seen(walk), params: {}, goalMs: 500 },
    {
      id: 'fe_wavelet',
      size: 'n=1255, causal 256',
      input: seen(walk.slice(0, 1255)),
      params: {},
      ratio: compiledOracle,
    },
    { id: 'fe_wavelet', size: 'one value, causal 256', input: seen(walk.slice(0, 256)), params: {}, goalMs: 0.02 },
    {
      id: 'fe_entropy',
      size: 'n=2000, approximate and sample',
      input: seen(noise),
      params: { measures: ['approximate', 'sample'] },
      goalMs: 40,
      ratio: compiledOracle,
    },
    { id: 'fe_entropy', size: 'n=2000, the other three', input: seen(noise), params: { measures: cheap }, ratio: 1 },
  ];
}

const cheap = ['shannon', 'permutation', 'lempelZiv'];
