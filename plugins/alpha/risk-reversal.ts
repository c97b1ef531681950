import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { isConstant } from '../../core/math/constant.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { atTenor } from './constant-maturity.ts';
import { deltaPoints, type DeltaPoints, optionExpiries, type OptionExpiry } from './option-smile.ts';

const input = z.strictObject({
  asOf: timeMs(),
  expiries: optionExpiries,
  history: z.array(z.number()).optional().describe('past `normalised`, oldest first, without now'),
});

const params = z.strictObject({
  tenorDays: z.number().positive().default(30).describe('maturity that is asked for'),
  minPoints: z.int().min(3).default(3).describe('strikes that an expiry needs'),
  tenorTolerance: z
    .number()
    .positive()
    .default(0.5)
    .describe('where the tenor lies outside the expiries: how far off the nearest may be, over the tenor'),
  lookback: z.int().min(20).default(180).describe('values of history that z is measured against'),
  zCap: z.number().positive().default(2).describe('z of the full signal'),
  levelCap: z
    .number()
    .positive()
    .default(0.15)
    .describe('normalised risk reversal of the full signal, without history'),
  mode: z
    .enum(['informed', 'contrarian'])
    .default('informed')
    .describe('informed: rich calls come before rises; contrarian: fade the skew'),
});

type Input = z.output<typeof input>;
type Params = z.output<typeof params>;

const least = 20;

export const riskReversal = definePlugin({
  id: 'alpha_risk_reversal',
  category: 'alpha',
  kind: 'source',
  summary:
    'Builds the constant-maturity 25-delta risk reversal, butterfly and at-the-money volatility from an option chain, and turns the skew into a signal.',
  reference:
    'Black (1976); Clark (2011), Foreign Exchange Option Pricing, ch. 3; Gatheral (2006), The Volatility Surface, ch. 1-3; Xing, Zhang & Zhao (2010), JFQA 45(3)',
  input,
  params,
  output: z.strictObject({
    tenorDays: z.number().positive(),
    call25: z.number().positive().describe('implied volatility of the 25-delta call, fraction'),
    put25: z.number().positive().describe('implied volatility of the 25-delta put, fraction'),
    atm: z.number().positive().describe('implied volatility at call delta 0.5, fraction'),
    riskReversal: z.number().describe('call25 - put25'),
    normalised: z.number().describe('riskReversal over atm: what history holds'),
    butterfly: z.number().describe('mean of call25 and put25 less atm'),
    extrapolated: z.boolean().describe('the tenor lies outside the expiries'),
    z: z.number().optional().describe('of normalised; only with 20 values of history'),
    signal: z.number().min(-1).max(1),
    confidence: fraction(),
  }),
  example: {
    input: {
      asOf: 1763683200000,
      expiries: [
        {
          expiry: 1764921600000,
          forward: 92150,
          quotes: [
            { strike: 76000, type: 'put', iv: 0.5958 },
            { strike: 80000, type: 'put', iv: 0.5354 },
            { strike: 84000, type: 'put', iv: 0.4907 },
            { strike: 88000, type: 'put', iv: 0.4597 },
            { strike: 92000, type: 'put', iv: 0.4405 },
            { strike: 96000, type: 'call', iv: 0.4318 },
            { strike: 100000, type: 'call', iv: 0.4324 },
            { strike: 104000, type: 'call', iv: 0.4411 },
            { strike: 110000, type: 'call', iv: 0.4675 },
          ],
        },
        {
          expiry: 1767340800000,
          forward: 92600,
          quotes: [
            { strike: 65000, type: 'put', iv: 0.5992 },
            { strike: 70000, type: 'put', iv: 0.5557 },
            { strike: 75000, type: 'put', iv: 0.522 },
            { strike: 80000, type: 'put', iv: 0.4964 },
            { strike: 85000, type: 'put', iv: 0.4777 },
            { strike: 90000, type: 'put', iv: 0.4648 },
            { strike: 95000, type: 'call', iv: 0.4567 },
            { strike: 100000, type: 'call', iv: 0.4528 },
            { strike: 105000, type: 'call', iv: 0.4525 },
            { strike: 110000, type: 'call', iv: 0.4552 },
            { strike: 120000, type: 'call', iv: 0.4685 },
            { strike: 130000, type: 'call', iv: 0.49 },
          ],
        },
      ],
      history: [
        -0.1321, -0.1201, -0.1208, -0.0905, -0.1494, -0.0857, -0.1087, -0.0532, -0.0513, -0.0382, -0.057, -0.0816,
        -0.0542, -0.0348, -0.0996, -0.0617, -0.0813, -0.0368, -0.1051, -0.089, -0.0691, -0.0723, -0.1292, -0.0692,
      ],
    },
    params: { tenorDays: 30, minPoints: 3, lookback: 180, zCap: 2, mode: 'informed' },
  },
  compute: (given, terms) => {
    const usable = usableExpiries(given, terms.minPoints);
    const smile = atTenor(usable, terms.tenorDays / 365, terms.tenorTolerance);
    if (smile === undefined) {
      const days = usable.map(({ years }) => (years * 365).toFixed(1)).join(', ');
      const expected = `one within ${terms.tenorTolerance} of ${terms.tenorDays} days, or one on either side`;
      refuse('input.expiries', 'no usable expiry near the tenor', expected, `expiries in ${days} days`);
    }
    const { call25, put25, atm, extrapolated } = smile;
    const normalised = (call25 - put25) / atm;
    const { zNow, strength, trust } = placeIn(given.history ?? [], normalised, terms);
    return {
      tenorDays: terms.tenorDays,
      call25,
      put25,
      atm,
      riskReversal: call25 - put25,
      normalised,
      butterfly: (call25 + put25) / 2 - atm,
      extrapolated,
      ...(zNow !== undefined && { z: zNow }),
      // Adding 0 makes a negative zero positive: JSON has none.
      signal: (terms.mode === 'informed' ? strength : -strength) + 0,
      confidence: trust * Math.min(1, smile.strikes / 6) * (extrapolated ? 0.5 : 1),
    };
  },
});

/** The smile of each expiry that has one, nearest first. */
function usableExpiries({ asOf, expiries }: Input, minPoints: number): DeltaPoints[] {
  refuseTwice(expiries);
  const read = expiries.map((expiry, i) => ({ expiry, points: deltaPoints(expiry, i, { asOf, minPoints }) }));
  const usable = read.flatMap(({ points }) => (typeof points === 'string' ? [] : [points]));
  if (usable.length === 0) {
    const reasons = read.flatMap(({ points }, i) => (typeof points === 'string' ? [`[${i}] ${points}`] : []));
    refuse(
      'input.expiries',
      `no usable expiry: ${reasons.join('; ') || 'none given'}`,
      'one whose strikes reach from 25 to 75 delta',
    );
  }
  return usable.toSorted((a, b) => a.years - b.years);
}

function refuseTwice(expiries: readonly OptionExpiry[]): void {
  const seen = new Map<number, number>();
  expiries.forEach(({ expiry }, i) => {
    const before = seen.get(expiry);
    if (before !== undefined)
      refuse(`input.expiries[${i}].expiry`, `also that of expiries[${before}]`, 'each expiry once', expiry);
    seen.set(expiry, i);
  });
}

/** Where the skew is in its history, or on its own scale where there is too little of one. */
function placeIn(history: readonly number[], normalised: number, { lookback, zCap, levelCap }: Params) {
  const recent = history.slice(-lookback);
  if (recent.length < least) return { strength: clip(normalised / levelCap, -1, 1), trust: 0.25 };
  const zNow = isConstant(recent) ? 0 : (normalised - mean(recent)) / sampleDeviation(recent);
  return { zNow, strength: clip(zNow / zCap, -1, 1), trust: Math.min(1, recent.length / lookback) };
}
