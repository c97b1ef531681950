import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { mean, sampleDeviation, spread } from '../../core/math/moments.ts';
import { normalCdf } from '../../core/math/normal.ts';
import { quantileSorted } from '../../core/math/quantile.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, prices, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { bookFacts, refuseBadBook, walkSide } from '../order-book.ts';

const levels = z
  .array(z.tuple([z.number().positive(), z.number().positive()]))
  .min(1)
  .describe('[price, size], best first');

const asset = z.strictObject({
  symbol: z.string().describe('of the position'),
  notional: z.number().describe('signed, quote currency'),
  returns: series(15).describe('daily log returns'),
  dollarVolumes: prices(15).describe('traded value of each day, quote currency, only venues the desk can trade'),
  book: z.strictObject({ bids: levels, asks: levels }),
});

const weight = (of: string) => z.number().nonnegative().default(0.25).describe(`weight of ${of}`);

const hotspotParams = z.strictObject({
  shortWindow: z.int().min(3).default(5).describe('days called recent'),
  participation: z.number().gt(0).max(1).default(0.1).describe('share of the daily volume the desk may be'),
  maxDays: z.number().positive().default(1).describe('days in which a position should be sold'),
  maxImpact: z.number().positive().default(0.01).describe('fraction of price'),
  impactCoefficient: z
    .number()
    .positive()
    .default(1)
    .describe('Y of the square-root law; refit from diag_slippage_report'),
  bandFraction: z.number().positive().default(0.005).describe('depth counts this far from the middle'),
  hotspotScore: fraction().default(0.6).describe('score from which a position is a hotspot'),
  weights: z
    .strictObject({
      illiquidity: weight('recent illiquidity against its past'),
      time: weight('the days to sell over maxDays'),
      impact: weight('the impact over maxImpact'),
      depth: weight('what the book lacks to take the position'),
    })
    .prefault({})
    .describe('of the score; 0.25 for each one left out'),
});

type Asset = z.output<typeof asset>;
type Params = z.output<typeof hotspotParams>;

const components = z.strictObject({ illiquidity: fraction(), time: fraction(), impact: fraction(), depth: fraction() });
type Components = z.output<typeof components>;

/** Positions that are hard to leave, worst first. Impact by the square-root law, cost as half the spread and impact. */
export const liquidityHotspot = definePlugin({
  id: 'risk_liquidity_hotspot',
  category: 'risk',
  kind: 'pure',
  summary: 'Finds the positions that could not be sold in time or at a fair cost, and caps them.',
  reference:
    'Amihud (2002), Journal of Financial Markets 5(1), eq. 1; Almgren, Thum, Hauptmann & Li (2005), Risk; Toth et al. (2011), Physical Review X 1, 021006; Bangia, Diebold, Schuermann & Stroughair (1999)',
  input: z.strictObject({ assets: z.array(asset).max(1000) }),
  params: hotspotParams,
  output: z.strictObject({
    assets: z.array(
      z.strictObject({
        symbol: z.string(),
        score: fraction(),
        hotspot: z.boolean(),
        amihud: z.number().describe('mean |return| per quote currency traded'),
        amihudZ: z.number().describe('recent illiquidity against its past, standard errors of its logarithm'),
        adv: z.number().describe('median daily volume, quote currency'),
        daysToLiquidate: z.number(),
        impact: z.number().describe('fraction of price'),
        spread: z.number().describe('fraction of the middle price'),
        depthBid: z.number().describe('quote currency within the band'),
        depthAsk: z.number(),
        slippage: z.number().describe('of the book as it stands, fraction of the middle price'),
        bookExhausted: z.boolean(),
        liquidationCost: z.number().describe('quote currency'),
        maxNotional: z.number(),
        bound: z.enum(['maxDays', 'maxImpact']),
        excessNotional: z.number(),
        components,
      }),
    ),
    portfolioLiquidationCost: z.number().describe('quote currency'),
    illiquidShare: fraction().describe('share of gross notional in hotspots'),
  }),
  example: {
    input: {
      assets: [
        {
          symbol: 'BTC/USDT',
          notional: 2000000,
          returns: [
            -0.02855, -0.02673, -0.01893, 0.01922, -0.02595, -0.02565, -0.00982, 0.03469, -0.02294, -0.01742, 0.00483,
            0.00362, 0.00965, -0.01426, -0.02339, -0.03339, 0.00824, -0.00519, 0.01067, 0.00113,
          ],
          dollarVolumes: [
            3220986000, 2023033000, 1512287000, 1646166000, 1742717000, 2087071000, 1127659000, 1682178000, 1391215000,
            2161798000, 1425725000, 3474034000, 517577000, 3977101000, 2615695000, 1929855000, 1435243000, 2355987000,
            2700465000, 2178499000,
          ],
          book: {
            bids: [
              [91454.25, 3],
              [91408.5, 3.9],
              [91362.75, 4.8],
              [91317, 5.7],
              [91271.25, 6.6],
            ],
            asks: [
              [91545.75, 3],
              [91591.5, 3.75],
              [91637.25, 4.5],
              [91683, 5.25],
              [91728.75, 6],
            ],
          },
        },
        {
          symbol: 'XYZ/USDT',
          notional: -400000,
          returns: [
            -0.02941, -0.00287, -0.07633, 0.00821, -0.0945, -0.03243, 0.06056, -0.0695, 0.01161, -0.10804, 0.01982,
            -0.1228, -0.07087, -0.11971, 0.0159, -0.07164, -0.03955, 0.01658, 0.06283, 0.03934,
          ],
          dollarVolumes: [
            1279000, 1995000, 2856000, 1337000, 1891000, 1232000, 1213000, 1155000, 1229000, 2120000, 1506000, 1194000,
            1047000, 1969000, 1185000, 1392000, 1030000, 1101000, 1333000, 723000,
          ],
          book: {
            bids: [
              [0.8196, 20000],
              [0.8192, 26000],
              [0.8188, 32000],
              [0.8184, 38000],
              [0.8179, 44000],
            ],
            asks: [
              [0.8204, 20000],
              [0.8208, 25000],
              [0.8212, 30000],
              [0.8216, 35000],
              [0.822, 40000],
            ],
          },
        },
      ],
    },
    params: {
      shortWindow: 5,
      participation: 0.1,
      maxDays: 1,
      maxImpact: 0.01,
      impactCoefficient: 1,
      bandFraction: 0.005,
      hotspotScore: 0.6,
      weights: { illiquidity: 0.25, time: 0.25, impact: 0.25, depth: 0.25 },
    },
  },
  compute: ({ assets }, params) => {
    if (Object.values(params.weights).every((value) => value === 0))
      refuse('params.weights', 'all 0', 'one above 0', params.weights);
    refuseBadAssets(assets);
    const rows = assets.map((position, i) => positionLiquidity(position, { params, path: `input.assets[${i}]` }));
    const gross = assets.reduce((sum, { notional }) => sum + Math.abs(notional), 0);
    const illiquid = assets.reduce((sum, { notional }, i) => sum + (rows[i].hotspot ? Math.abs(notional) : 0), 0);
    return {
      assets: rows.toSorted((a, b) => b.score - a.score || (a.symbol < b.symbol ? -1 : 1)),
      portfolioLiquidationCost: rows.reduce((sum, { liquidationCost }) => sum + liquidationCost, 0),
      illiquidShare: gross === 0 ? 0 : illiquid / gross,
    };
  },
});

function refuseBadAssets(assets: readonly Asset[]): void {
  const seen = new Set<string>();
  assets.forEach(({ symbol, returns, dollarVolumes, book }, i) => {
    const path = `input.assets[${i}]`;
    if (seen.has(symbol)) refuse(`${path}.symbol`, 'there twice', 'symbols that differ', symbol);
    seen.add(symbol);
    refuseUnlessAligned(`${path}.dollarVolumes`, dollarVolumes, { path: `${path}.returns`, length: returns.length });
    refuseBadBook(`${path}.book`, book);
  });
}

function positionLiquidity(position: Asset, { params, path }: Readonly<{ params: Params; path: string }>) {
  const { symbol, notional, returns, dollarVolumes, book } = position;
  const size = Math.abs(notional);
  const illiquidity = illiquidityOf(position, { shortWindow: params.shortWindow, path });
  const adv = quantileSorted(columnOf(dollarVolumes).toSorted(), 0.5);
  const impactAtAdv = params.impactCoefficient * (spread(returns) === 0 ? 0 : sampleDeviation(returns));
  const daysToLiquidate = size / (params.participation * adv);
  const impact = impactAtAdv * Math.sqrt(size / adv);

  const { mid, ...facts } = bookFacts(book, params.bandFraction);
  const [exitSide, exitDepth] = notional > 0 ? [book.bids, facts.depthBid] : [book.asks, facts.depthAsk];
  const parts: Components = {
    illiquidity: normalCdf(illiquidity.amihudZ),
    time: clip(daysToLiquidate / params.maxDays),
    impact: clip(impact / params.maxImpact),
    depth: size === 0 ? 0 : clip(1 - exitDepth / size),
  };
  const score = weightedMean(parts, params.weights);
  const cap = capOf(adv, impactAtAdv, params);
  return {
    symbol,
    score,
    hotspot: score >= params.hotspotScore,
    ...illiquidity,
    adv,
    daysToLiquidate,
    impact,
    ...facts,
    ...walkSide(exitSide, { need: size / mid, mid }),
    liquidationCost: (facts.spread / 2 + impact) * size,
    ...cap,
    excessNotional: Math.max(0, size - cap.maxNotional),
    components: parts,
  };
}

/** Amihud's measure, and how far the logarithm of its last days stands above the days before. */
function illiquidityOf(
  { returns, dollarVolumes }: Asset,
  { shortWindow, path }: Readonly<{ shortWindow: number; path: string }>,
): Readonly<{ amihud: number; amihudZ: number }> {
  const amihud = mean(returns.map((value, t) => Math.abs(value) / dollarVolumes[t]));
  const moved = returns.flatMap((value, t) =>
    value === 0 ? [] : [Math.log(Math.abs(value)) - Math.log(dollarVolumes[t])],
  );
  const least = shortWindow + 8;
  if (moved.length < least) refuse(`${path}.returns`, 'too few days that moved', `at least ${least}`, moved.length);
  const base = moved.slice(0, -shortWindow);
  if (spread(base) <= 1e-12) return { amihud, amihudZ: 0 };
  const standardError = sampleDeviation(base) / Math.sqrt(shortWindow);
  return { amihud, amihudZ: (mean(moved.slice(-shortWindow)) - mean(base)) / standardError };
}

/** The smaller of what can be sold in time and what stays within the largest impact. */
function capOf(adv: number, impactAtAdv: number, { maxDays, participation, maxImpact }: Params) {
  const byDays = maxDays * participation * adv;
  const byImpact = impactAtAdv === 0 ? Infinity : adv * (maxImpact / impactAtAdv) ** 2;
  return byImpact < byDays
    ? { maxNotional: byImpact, bound: 'maxImpact' as const }
    : { maxNotional: byDays, bound: 'maxDays' as const };
}

function weightedMean(parts: Components, weights: Components): number {
  const names = ['illiquidity', 'time', 'impact', 'depth'] as const;
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  return names.reduce((sum, name) => sum + weights[name] * parts[name], 0) / total;
}

const clip = (value: number) => Math.max(0, Math.min(1, value));
