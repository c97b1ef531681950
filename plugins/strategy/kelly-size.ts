import type { Bars } from '../../core/market/bars.ts';
import type { SizingPlugin } from '../../core/strategy/strategy-plugins.ts';
import { fracKellyAtten } from '../risk/frac-kelly-atten.ts';
import { withParams } from './checked-params.ts';
import { closeReturns, sizeOrNone } from './close-returns.ts';

/**
 * risk_frac_kelly_atten in its continuous mode: expected return, volatility (ddof 1) and observations are those of the
 * returns so far, without costs. A bet against the direction of the entry is no entry.
 */
export const kellySize: SizingPlugin = {
  id: fracKellyAtten.id,
  bind: (given) =>
    withParams(fracKellyAtten, given, (params) => ({
      params,
      gives: 'size',
      create(bars) {
        let moments: Moments | undefined;
        return (bar, direction) => {
          moments ??= momentsOf(bars);
          const bet = { expectedReturn: moments.mean[bar], volatility: moments.deviation[bar], observations: bar };
          if (!(bet.volatility > 0)) return NaN;
          const input = { mode: 'continuous', ...bet, costReturn: 0, confidence: 1 } as const;
          return sizeOrNone(() => direction * fracKellyAtten.compute(input, params).size);
        };
      },
    })),
};

type Moments = Readonly<{ mean: Float64Array; deviation: Float64Array }>;

/** Mean and standard deviation of the returns up to each bar. Welford (1962), Technometrics 4(3). */
function momentsOf(bars: Bars): Moments {
  const size = bars.close.length;
  const [mean, deviation] = [new Float64Array(size).fill(NaN), new Float64Array(size).fill(NaN)];
  let [centre, squares] = [0, 0];
  for (const [i, value] of closeReturns(bars).entries()) {
    const distance = value - centre;
    centre += distance / (i + 1);
    squares += distance * (value - centre);
    mean[i + 1] = centre;
    if (i > 0) deviation[i + 1] = Math.sqrt(squares / i);
  }
  return { mean, deviation };
}
