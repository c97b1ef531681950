import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { series } from '../fields.ts';
import { refuse } from '../refuse.ts';

const bounds = ['none', 'volFloor', 'maxLeverage', 'band', 'warmup'] as const;

const state = z.strictObject({
  num: z.number().nonnegative().describe('decayed sum of squared returns'),
  den: z.number().nonnegative().describe('decayed count'),
  n: z.int().nonnegative().describe('returns seen'),
  leverage: z.number().nonnegative().describe('the last one given, 0 in warm-up'),
});

const volTargetParams = z.strictObject({
  targetVol: z.number().positive().describe('annualised fraction'),
  annualisation: z
    .number()
    .positive()
    .default(365)
    .describe('periods a year; in a strategy file the bars of its timeframe, unless given'),
  halfLife: z.number().positive().default(30).describe('periods'),
  maxLeverage: z.number().positive().default(2).describe('largest factor on the weights'),
  volFloor: z.number().nonnegative().default(0.05).describe('annualised; lower realised volatility counts as this'),
  forecastWeight: z.number().min(0).max(1).default(0.5).describe('share of the forecast in the variance'),
  minObs: z.int().min(2).default(20).describe('returns before the first leverage'),
  band: z.number().nonnegative().default(0.1).describe('relative change under which the last leverage is kept'),
});

type State = z.output<typeof state>;
type Params = z.output<typeof volTargetParams>;

const start: State = { num: 0, den: 0, n: 0, leverage: 0 };

/**
 * Leverage for the next period: it contains every return up to now, so to use it on the last one would look ahead.
 * Carried from call to call, the volatility is that of one call over everything; the band holds to the leverage of the
 * call before, so with one the leverage depends on when it was asked for.
 */
export const volTarget = definePlugin({
  id: 'risk_vol_target',
  category: 'risk',
  kind: 'stateful',
  summary:
    'Leverage that brings expected volatility to a target, from an EWMA and a forecast, with cap, floor and band.',
  reference:
    'Moskowitz, Ooi & Pedersen (2012), Journal of Financial Economics 104(2), eq. 1; Moreira & Muir (2017), Journal of Finance 72(4); RiskMetrics (1996), ch. 5',
  input: z.strictObject({
    returns: series(0).describe('simple returns of the unscaled strategy, those since the state'),
    forecastVol: z.number().positive().optional().describe('annualised, of fe_garch or implied'),
    state: state.optional(),
  }),
  params: volTargetParams,
  output: z.strictObject({
    ready: z.boolean(),
    leverage: z.number().nonnegative().describe('factor on the weights of the next period'),
    rawLeverage: z.number().optional().describe('before cap and band; not in warm-up'),
    realisedVol: z.number().nonnegative().describe('annualised EWMA'),
    usedVol: z.number().nonnegative().describe('after floor and forecast'),
    bound: z.enum(bounds),
    state,
  }),
  example: {
    input: {
      returns: [
        0.0252, -0.0128, -0.0368, 0.0184, 0.0268, 0.0147, -0.0716, -0.043, 0.0172, 0.0418, -0.0418, 0.0272, 0.0313,
        0.0005, -0.0375, -0.0179, -0.0101, 0.0193, 0.0252, -0.0276, -0.0029, -0.001, -0.0049, 0.0265, -0.0076,
      ],
    },
    params: { targetVol: 0.3, annualisation: 365, halfLife: 10, maxLeverage: 2, volFloor: 0.05, minObs: 20, band: 0.1 },
  },
  compute: ({ returns, forecastVol, state: before = start }, params) => {
    refuseNoFractions(returns);
    const { num, den, n } = accumulate(returns, before, params.halfLife);
    const realisedVol = den === 0 ? 0 : Math.sqrt((params.annualisation * num) / den);
    const floored = Math.max(realisedVol, params.volFloor);
    const usedVol = forecastVol === undefined ? floored : blend(floored, forecastVol, params.forecastWeight);
    if (n < params.minObs) {
      const warmup = { ready: false, leverage: 0, realisedVol, usedVol, bound: 'warmup' as const };
      return { ...warmup, state: { num, den, n, leverage: 0 } };
    }
    if (usedVol === 0) refuse('params.volFloor', 'no volatility to scale by', 'a floor above 0', params.volFloor);

    const rawLeverage = params.targetVol / usedVol;
    const wanted = Math.min(rawLeverage, params.maxLeverage);
    const keeps = isWithinBand(wanted, before.leverage, params);
    const leverage = keeps ? before.leverage : wanted;
    return {
      ready: true,
      leverage,
      rawLeverage,
      realisedVol,
      usedVol,
      bound: boundOf({ keeps, capped: rawLeverage > params.maxLeverage, raised: floored > realisedVol }),
      state: { num, den, n, leverage },
    };
  },
});

function refuseNoFractions(returns: readonly number[]): void {
  const at = returns.findIndex((value) => Math.abs(value) >= 1);
  if (at >= 0) refuse(`input.returns[${at}]`, 'not a return', 'a fraction, not percent', returns[at]);
}

/** Zero-mean EWMA with exact weights: no start value to forget. */
export function accumulate(
  returns: readonly number[],
  { num, den, n }: Omit<State, 'leverage'>,
  halfLife: number,
): Omit<State, 'leverage'> {
  const decay = 2 ** (-1 / halfLife);
  for (const value of returns) {
    num = decay * num + value ** 2;
    den = decay * den + 1;
  }
  return { num, den, n: n + returns.length };
}

const blend = (vol: number, forecastVol: number, weight: number) =>
  Math.sqrt(weight * forecastVol ** 2 + (1 - weight) * vol ** 2);

const isWithinBand = (wanted: number, last: number, { band, maxLeverage }: Params) =>
  last > 0 && last <= maxLeverage && Math.abs(wanted / last - 1) < band;

/** The last rule that acted names the bound. */
function boundOf({ keeps, capped, raised }: Record<'keeps' | 'capped' | 'raised', boolean>): (typeof bounds)[number] {
  if (keeps) return 'band';
  if (capped) return 'maxLeverage';
  return raised ? 'volFloor' : 'none';
}
