import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { mean, sampleDeviation, spread } from '../../core/math/moments.ts';
import { sumCovariance } from '../../core/math/sum-covariance.ts';
import { definePlugin } from '../define-plugin.ts';
import { series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { roomToLimit } from './room.ts';

const asset = z.strictObject({
  symbol: z.string().describe('of the asset'),
  weight: z.number().describe('fraction of equity'),
  benchmarkWeight: z.number().describe('fraction of the benchmark'),
  returns: series(10).describe('simple returns a period, aligned over the assets'),
});

const books = z.strictObject({
  assets: z.array(asset).min(1).max(200).describe('the union of both books; cash is an asset whose returns are 0'),
  portfolioReturns: series(10).optional().describe('with benchmarkReturns: what happened, for the ex-post figures'),
  benchmarkReturns: series(10).optional().describe('simple returns a period, with portfolioReturns'),
});

type Books = z.output<typeof books>;

export const trackingError = definePlugin({
  id: 'risk_tracking_error',
  category: 'risk',
  kind: 'pure',
  summary:
    'Tracking error to a benchmark, by position, before and after the fact, and the scaling or room within its limit.',
  reference:
    'Grinold & Kahn (2000), Active Portfolio Management, ch. 3-5; Roll (1992), Journal of Portfolio Management 18(4); Cremers & Petajisto (2009), Review of Financial Studies',
  input: books,
  params: z.strictObject({
    limit: z.number().positive().describe('largest tracking error, annualised'),
    annualisation: z.number().positive().default(365).describe('periods a year'),
    halfLife: z.number().positive().optional().describe('periods, of an exponential covariance; equal weights without'),
  }),
  output: z.strictObject({
    exAnte: z.number().nonnegative().describe('annualised'),
    limit: z.number(),
    utilisation: z.number().describe('exAnte / limit'),
    scale: z.number().gt(0).max(1).describe('factor on every active weight that meets the limit'),
    bound: z.enum(['trackingError', 'none']),
    activeShare: z.number().describe('half the sum of |active weights|'),
    assets: z.array(
      z.strictObject({
        symbol: z.string(),
        active: z.number().describe('weight - benchmarkWeight'),
        contribution: z.number().describe('sums to exAnte'),
        targetWeight: z.number().describe('benchmarkWeight + scale * active'),
        maxIncrease: z.number().optional().describe('how far this weight alone may rise'),
        maxDecrease: z.number().optional().describe('how far it may fall'),
      }),
    ),
    exPost: z.number().optional().describe('annualised, of the two series of returns'),
    informationRatio: z.number().optional().describe('mean active return over exPost, annualised'),
  }),
  example: {
    input: {
      assets: [
        {
          symbol: 'BTC',
          weight: 0.45,
          benchmarkWeight: 0.65,
          returns: [
            -0.0012, 0.0145, 0.0017, -0.0183, -0.0035, -0.0302, 0.0261, 0.0008, 0.0045, 0.0148, 0.0301, -0.0059,
          ],
        },
        {
          symbol: 'ETH',
          weight: 0.35,
          benchmarkWeight: 0.25,
          returns: [
            -0.0315, 0.0309, 0.0099, -0.0047, -0.021, -0.0256, 0.0066, -0.0128, 0.0238, 0.0041, 0.0172, -0.0178,
          ],
        },
        {
          symbol: 'SOL',
          weight: 0.2,
          benchmarkWeight: 0.1,
          returns: [0.1047, 0.0058, 0.0113, 0.0085, -0.0439, -0.0392, 0.0494, 0.0433, 0.0541, 0.0183, 0.046, -0.0311],
        },
      ],
      portfolioReturns: [
        0.0094, 0.0185, 0.0065, -0.0082, -0.0177, -0.0304, 0.0239, 0.0046, 0.0212, 0.0118, 0.0288, -0.0151,
      ],
      benchmarkReturns: [
        0.0018, 0.0177, 0.0048, -0.0122, -0.012, -0.03, 0.0236, 0.0017, 0.0143, 0.0125, 0.0285, -0.0114,
      ],
    },
    params: { limit: 0.1, annualisation: 365 },
  },
  compute: (input, { limit, annualisation, halfLife }) => {
    refuseBadBooks(input);
    const { assets } = input;
    const active = assets.map(({ weight, benchmarkWeight }) => weight - benchmarkWeight);
    const moments = sumCovariance(
      assets.map(({ returns }) => columnOf(returns)),
      active,
      halfLife,
    );
    const variance = annualisation * moments.ofSum;
    const exAnte = Math.sqrt(variance);
    const within = exAnte <= limit;
    const scale = within ? 1 : limit / exAnte;
    return {
      exAnte,
      limit,
      utilisation: exAnte / limit,
      scale,
      bound: within ? ('none' as const) : ('trackingError' as const),
      activeShare: active.reduce((sum, weight) => sum + Math.abs(weight), 0) / 2,
      assets: assets.map(({ symbol, benchmarkWeight }, i) => {
        const own = annualisation * moments.variances[i];
        const covariance = annualisation * moments.withSum[i];
        return {
          symbol,
          active: active[i],
          contribution: exAnte === 0 ? 0 : (active[i] * covariance) / exAnte,
          targetWeight: benchmarkWeight + scale * active[i],
          ...(within && roomToLimit({ variance: own, covariance, excess: variance - limit ** 2 })),
        };
      }),
      ...exPostFigures(input, annualisation),
    };
  },
});

function refuseBadBooks({ assets, portfolioReturns, benchmarkReturns }: Books): void {
  const first = { path: 'input.assets[0].returns', length: assets[0].returns.length };
  assets.forEach(({ returns }, i) => refuseUnlessAligned(`input.assets[${i}].returns`, returns, first));
  const gap = assets.reduce((sum, { weight, benchmarkWeight }) => sum + weight - benchmarkWeight, 0);
  if (Math.abs(gap) > 1e-6) {
    const expected = 'equal sums: add cash as an asset with zero returns';
    refuse('input.assets', 'weights and benchmark weights sum to different totals', expected, `a difference of ${gap}`);
  }
  if (portfolioReturns === undefined && benchmarkReturns === undefined) return;
  if (portfolioReturns === undefined) refuse('input.portfolioReturns', 'missing', 'both series of returns, or none');
  if (benchmarkReturns === undefined) refuse('input.benchmarkReturns', 'missing', 'both series of returns, or none');
  const portfolio = { path: 'input.portfolioReturns', length: portfolioReturns.length };
  refuseUnlessAligned('input.benchmarkReturns', benchmarkReturns, portfolio);
}

/** What happened: deviation of the active return, and its mean in that unit; a constant difference deviates by 0. */
function exPostFigures({ portfolioReturns, benchmarkReturns }: Books, annualisation: number) {
  if (portfolioReturns === undefined || benchmarkReturns === undefined) return {};
  const active = portfolioReturns.map((value, t) => value - benchmarkReturns[t]);
  if (spread(active) <= 1e-12) return { exPost: 0 };
  const exPost = sampleDeviation(active) * Math.sqrt(annualisation);
  return { exPost, informationRatio: (mean(active) * annualisation) / exPost };
}
