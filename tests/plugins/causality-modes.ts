import { pluginIds, type PluginId, plugins } from '../../plugins/run-plugin.ts';

type Json = Record<string, unknown>;

/** A mode of a plugin that gives a series, or carries a state. `true` is what its entry promises; a text is why not. */
export type Mode = Readonly<{
  id: PluginId;
  mode: string;
  /** The example's where they are left out. */
  input?: Json;
  params?: Json;
  /** Params of the calls with a state, where those of the first are refused beside one. */
  later?: Json;
  /** The input's lists that grow with time. */
  grows: readonly string[];
  /** Lists of what has a time, which go with the bars up to it. */
  follows?: Readonly<{ list: string; bars: string }>;
  /** The output's series over time: nothing later changes what they held. None: one answer, about the end. */
  series: readonly string[];
  causal?: true | string;
  /** Calls with the state of the one before give what one call with everything gives; only the stateful have one. */
  incremental?: true | string;
  /** Where it is cut for that, and what of the output is compared (the state, where it is left out). */
  pieces?: readonly number[];
  compare?: string;
}>;

const wave = (n: number, step = 1) =>
  Array.from({ length: n }, (_, i) => Math.sin(i * step) + 0.4 * Math.sin(i * i * 0.7) + i / 50);
/** A walk under noise, so that fits find both. */
let level = 100;
const walk = wave(160, 1.7).map((value, i) => (level += value - i / 50) + 0.8 * Math.sin(i * i * 1.1));
const prices = walk.slice(0, 80);
const longReturns = wave(160, 1.7).map((value, i) => 0.01 * (1 + Math.sin(i / 9)) * (value - i / 50));
const returns = wave(80, 1.7).map((value, i) => 0.01 * (value - i / 50));
const variances = wave(60, 0.9).map((value) => 0.3 + 0.05 * value);
const weekly = wave(40, 0.8).map((value, i) => ({ t: 1_700_000_000_000 + i * 604_800_000, value: 50 + 9 * value }));
const hours = (n: number) => Array.from({ length: n }, (_, i) => 1_700_000_000_000 + i * 3_600_000);
const news = hours(60)
  .filter((_, i) => i % 2 === 1)
  .map((time, i) => ({ time: time - 1, score: Math.sin(i * 3) }));
const pairs = [walk, walk.map((value, i) => value / 2 + 10 + Math.cos(i * 2.3))];
const rows = wave(24).map((value, i) => [value, Math.cos(i * 1.3), 0.5 * value + Math.sin(i * i)]);
const noise = { mode: 'fixed', epsilonVar: 1, levelVar: 0.5 };
const garch = { fit: 'none', coefficients: { mu: 0, omega: 1e-5, alpha: 0.08, beta: 0.9 } };

const kalman = { id: 'fe_kalman', input: { series: prices }, grows: ['series'], series: ['level'] } as const;
const variance = { id: 'fe_garch', input: { returns }, grows: ['returns'], series: ['sigma2'] } as const;
const fractional = { id: 'fe_fracdiff', input: { series: prices }, grows: ['series'], series: ['values'] } as const;
const denoised = { id: 'fe_wavelet', input: { series: prices }, grows: ['series'], series: ['values'] } as const;
const entropy = { id: 'fe_entropy', input: { series: returns }, grows: ['series'] } as const;
const premium = {
  id: 'alpha_vrp',
  input: { iv: variances, rv: variances.map((v) => v * v) },
  grows: ['iv', 'rv'],
} as const;
const factors = { id: 'fe_mini_pca', input: { rows }, grows: ['rows'] } as const;
const leverage = { id: 'risk_vol_target', input: { returns }, grows: ['returns'], series: [] } as const;
const target = { targetVol: 0.3, annualisation: 365, halfLife: 10, minObs: 20 };
const firstReturns = 'the variance starts from the returns of the first call';

export const modes: readonly Mode[] = [
  { ...kalman, mode: 'fixed noise', params: { noise }, causal: true, incremental: true },
  {
    ...kalman,
    mode: 'smoothed',
    params: { noise, smooth: true },
    series: ['smoothed.level'],
    causal: 'a smoothed level is given the whole batch',
  },
  {
    ...kalman,
    mode: 'noise by maximum likelihood',
    params: { noise: { mode: 'mle' } },
    later: {},
    causal: 'the noise is fitted to the whole batch',
    incremental: 'the noise is fitted to the first call',
  },
  { ...variance, mode: 'given coefficients', params: garch, causal: firstReturns, incremental: firstReturns },
  { ...variance, mode: 'ewma', params: { variant: 'ewma' }, causal: firstReturns, incremental: firstReturns },
  {
    ...variance,
    mode: 'maximum likelihood',
    input: { returns: longReturns },
    params: { fit: 'mle', minObs: 50 },
    later: {},
    causal: 'the coefficients are fitted to the whole batch',
    incremental: 'the coefficients are fitted to the first call',
  },
  { ...fractional, mode: 'given order', params: { d: 0.4, threshold: 0.05 }, causal: true, incremental: true },
  {
    ...fractional,
    mode: 'search',
    params: { search: { step: 0.02, pValue: 0.001 }, threshold: 0.05 },
    later: {},
    causal: 'the order is searched on the whole batch',
    incremental: 'the order is searched on the first call',
  },
  { ...denoised, mode: 'causal', params: { mode: 'causal', window: 20 }, causal: true },
  { ...denoised, mode: 'smooth', params: { mode: 'smooth' }, causal: 'the transform is that of the whole series' },
  {
    ...entropy,
    mode: 'rolling',
    params: { window: 20 },
    series: ['rolling.shannon', 'rolling.permutation'],
    causal: true,
  },
  {
    id: 'fe_price_news_div',
    mode: 'any',
    input: { times: hours(60), closes: prices.slice(0, 60), news },
    params: { window: 12 },
    grows: ['times', 'closes'],
    follows: { list: 'news', bars: 'times' },
    series: ['divergence', 'pValue', 'abnormalReturn', 'newsBeta', 'label'],
    causal: true,
  },
  {
    id: 'fe_vol_weighted_sent',
    mode: 'any',
    grows: ['bars'],
    follows: { list: 'items', bars: 'bars' },
    series: ['sentiment', 'standardError', 'zScore', 'effectiveCount', 'weightSum', 'abnormalVolume'],
    causal: true,
    incremental: true,
  },
  { id: 'fe_dollar_bars', mode: 'any', grows: ['trades'], series: ['bars'], causal: true, incremental: true },
  {
    ...factors,
    mode: 'all components',
    params: { nComponents: 3 },
    series: ['scores'],
    causal: 'scores are of the components after the update; priorScores are the causal ones',
    incremental: true,
  },
  {
    ...factors,
    mode: 'fewer components than columns',
    params: { nComponents: 2 },
    series: [],
    incremental: 'what the components leave out is not kept',
  },
  {
    id: 'alpha_vpin',
    mode: 'any',
    input: { bars: hours(80).map((t, i) => ({ t, close: prices[i], volume: 30 + (i % 7) })) },
    params: { bucketVolume: 60, buckets: 4, minSigma: 3 },
    grows: ['bars'],
    series: ['completed'],
    causal: true,
    incremental: true,
  },
  { id: 'alpha_micro_imbalance', mode: 'any', grows: ['books'], series: [], incremental: true },
  {
    id: 'alpha_coint_pairs',
    mode: 'any',
    input: { series: pairs.map((closes, i) => ({ symbol: `P${i}`, prices: closes })) },
    grows: ['series.0.prices', 'series.1.prices'],
    series: [],
    pieces: [0.5],
    compare: 'eigenvalues',
    incremental: 'every call fits anew; the state is the position',
  },
  {
    id: 'alpha_google_trends',
    mode: 'one segment',
    input: { segments: [{ points: weekly }], quantised: false },
    params: { lookback: 20 },
    grows: ['segments.0.points'],
    series: ['series.asvi', 'series.velocity'],
    causal: true,
  },
  { ...premium, mode: 'trailing', params: { method: 'trailing', horizon: 5 }, series: ['series.vrp'], causal: true },
  {
    ...premium,
    mode: 'har',
    params: { method: 'har', horizon: 5, harLags: [3, 8] },
    series: ['series.vrp'],
    causal: 'the coefficients are fitted to all days',
  },
  {
    id: 'risk_drawdown_derisk',
    mode: 'any',
    grows: ['equity'],
    series: ['series'],
    causal: true,
    incremental: true,
  },
  { ...leverage, mode: 'without a band', params: { ...target, band: 0 }, incremental: true },
  {
    ...leverage,
    mode: 'with a band',
    params: { ...target, band: 0.5 },
    incremental: 'inside the band the leverage of the call before stays',
  },
];

/** Acts on a file; what its answers knew at a moment is proved in fe/duckdb-store.test.ts. */
export const acts = pluginIds.filter((id) => plugins[id].kind === 'effect');
