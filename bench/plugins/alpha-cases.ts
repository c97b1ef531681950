import {
  compiledOracle,
  createDraws,
  dayMs,
  type Draws,
  listOf,
  type PluginCase,
  pricesOf,
  returnsOf,
  startMs,
} from './plugin-case.ts';

/** The alpha plugins on the sizes of their entries, with inputs that each of them finds something in. */
export function alphaCases(): PluginCase[] {
  const draws = createDraws(1);
  return [
    {
      id: 'alpha_vix_regime',
      size: 'n=365, K=3, 100 EM steps',
      input: { level: volatilityIndex(draws, 365) },
      params: { regimes: 3, maxIter: 100, tol: 1e-300 },
      goalMs: 20,
    },
    {
      id: 'alpha_vix_regime',
      size: 'n=365, K=3, to convergence',
      input: { level: volatilityIndex(draws, 365) },
      params: { regimes: 3 },
      ratio: 1,
    },
    {
      id: 'alpha_cross_asset_corr',
      size: 'n=500, N=20',
      input: correlated(draws, 500, 20),
      params: {},
      goalMs: 5,
      ratio: compiledOracle,
    },
    { id: 'alpha_google_trends', size: 'n=260', input: attention(draws, 260), params: {}, ratio: 1 },
    { id: 'alpha_vrp', size: 'n=730, har', input: variances(draws, 730), params: { method: 'har' }, ratio: 1 },
    { id: 'alpha_analyst_revisions', size: '20 issuers, 100 events', input: analysts(draws), params: {}, ratio: 1 },
    { id: 'alpha_whisper_spread', size: 'n=100', input: surprises(draws, 100), params: {}, ratio: 1 },
    { id: 'alpha_coint_pairs', size: '2 series, n=1000', input: pair(draws, 1000), params: {}, goalMs: 5, ratio: 1 },
    { id: 'alpha_risk_reversal', size: '900 quotes', input: optionChain(draws), params: {}, goalMs: 5, ratio: 1 },
    { id: 'alpha_etf_flow_div', size: 'n=1000', input: etfFlows(draws, 1000), params: {}, ratio: 1 },
    {
      id: 'alpha_micro_imbalance',
      size: '10000 books, 5 levels',
      input: { books: orderBooks(draws, 10_000, 5) },
      params: { maxEvents: 10_000, windowMs: 1e9, tickSize: 0.5 },
      goalMs: 1000,
      ratio: 10,
    },
    {
      id: 'alpha_t_stat_threshold',
      size: '1000 tests, n=1000',
      input: { tests: listOf(1000, (k) => ({ id: `t${k}`, y: returnsOf(draws, 1000), x: returnsOf(draws, 1000, 1) })) },
      params: {},
      goalMs: 1000,
      ratio: 1,
    },
    {
      id: 'alpha_position_agnostic',
      size: 'n=1000, J=10',
      input: forecasts(draws, 1000, 10),
      params: {},
      ratio: compiledOracle,
    },
    {
      id: 'alpha_vpin',
      size: 'n=20000',
      input: { bars: tradeBars(draws, 20_000) },
      params: { bucketVolume: 250 },
      ratio: 10,
    },
  ];
}

function volatilityIndex({ normal, uniform }: Draws, length: number): number[] {
  let [regime, level] = [0, 0.5];
  return listOf(length, () => {
    if (uniform() < 0.03) regime = Math.floor(3 * uniform());
    level += 0.3 * ([0.4, 0.6, 0.9][regime] - level) + 0.02 * normal();
    return Math.max(0.1, level);
  });
}

function correlated(draws: Draws, length: number, count: number) {
  const market = returnsOf(draws, length);
  const driver = () => market.map((value) => 0.6 * value + 0.01 * draws.normal());
  return { target: driver(), drivers: listOf(count - 1, (j) => ({ name: `d${j}`, returns: driver() })) };
}

const attention = ({ uniform }: Draws, weeks: number) => ({
  segments: [
    { points: listOf(weeks, (i) => ({ t: startMs + 7 * dayMs * i, value: 20 + Math.floor(30 * uniform()) })) },
  ],
});

function variances({ normal }: Draws, days: number) {
  let log = Math.log(5e-4);
  const rv = listOf(days, () => {
    log += 0.1 * (Math.log(5e-4) - log) + 0.3 * normal();
    return Math.exp(log);
  });
  return { rv, iv: rv.map((value) => 0.05 + Math.sqrt(365 * value) * Math.exp(0.05 * normal())) };
}

function analysts({ below, uniform }: Draws) {
  const grades = ['Buy', 'Hold', 'Sell', 'Outperform'];
  const issuer = (i: number) => ({
    symbol: `S${i}`,
    weight: 1,
    events: listOf(100, (k) => ({
      t: startMs + Math.floor(uniform() * 80 * dayMs),
      firm: `F${k}`,
      fromGrade: grades[below(4)],
      toGrade: grades[below(4)],
      action: (['up', 'down', 'main'] as const)[below(3)],
    })),
    estimates: { epsNow: 1.6, epsThen: 1.5, up: 9, down: 3, analysts: 24, price: 262 },
  });
  return { asOf: startMs + 81 * dayMs, issuers: listOf(20, issuer) };
}

function surprises({ normal }: Draws, count: number) {
  const record = () => {
    const consensus = 1 + 0.2 * normal();
    const whisper = consensus + 0.05 * normal();
    return { consensus, whisper, actual: whisper + 0.05 * normal(), price: 100 };
  };
  return {
    mode: 'earnings',
    history: listOf(count, record),
    current: { consensus: 1.7, whisper: 1.78, price: 155 },
  };
}

function pair(draws: Draws, length: number) {
  const first = pricesOf(draws, length);
  const second = first.map((price) => price ** 0.8 * Math.exp(0.02 * draws.normal()));
  return {
    series: [
      { symbol: 'A', prices: first },
      { symbol: 'B', prices: second },
    ],
  };
}

function optionChain({ normal }: Draws) {
  const days = [7, 14, 21, 28, 35, 63, 91, 182, 273];
  const quotes = listOf(100, (k) => {
    const strike = 60_000 + 800 * k;
    const moneyness = Math.log(strike / 92_000);
    const iv = 0.45 + 0.4 * moneyness ** 2 - 0.1 * moneyness + 0.002 * normal();
    return { strike, type: strike < 92_000 ? 'put' : 'call', iv };
  });
  const expiries = days.map((d) => ({ expiry: startMs + d * dayMs, forward: 92_000 + 5 * d, quotes }));
  return { asOf: startMs, expiries, history: listOf(180, () => -0.03 + 0.02 * normal()) };
}

function etfFlows(draws: Draws, days: number) {
  const prices = pricesOf(draws, days, { start: 90_000, scale: 0.02 });
  return {
    rows: prices.map((price, i) => ({
      t: startMs + i * dayMs,
      netFlow: 2e8 * draws.normal(),
      aum: 1.2e6 * price,
      price,
    })),
  };
}

function orderBooks({ below, uniform }: Draws, count: number, levels: number) {
  let bid = 180_000;
  return listOf(count, (i) => {
    bid += below(3) - 1;
    const side = (step: number, from: number) =>
      listOf(levels, (m) => [0.5 * (from + step * m), 0.5 + 3 * uniform()] as const);
    return { t: startMs + 100 * i, bids: side(-1, bid), asks: side(1, bid + 1) };
  });
}

function forecasts(draws: Draws, length: number, count: number) {
  return {
    components: listOf(count, (j) => ({ id: `c${j}`, history: returnsOf(draws, length, 1), weight: 1 + j / count })),
    position: listOf(length, () => (draws.uniform() < 0.5 ? -1 : 1)),
    returns: returnsOf(draws, length, 0.01),
  };
}

function tradeBars(draws: Draws, count: number) {
  const closes = pricesOf(draws, count, { start: 90_000, scale: 0.0005 });
  return closes.map((close, i) => ({ t: startMs + 60_000 * i, close, volume: 5 + 60 * draws.uniform() }));
}
