import type { Bars } from '../../core/market/bars.ts';
import { barsPerYear } from '../../core/market/timeframe.ts';
import type { SizingPlugin } from '../../core/strategy/strategy-plugins.ts';
import { accumulate, volTarget } from '../risk/vol-target.ts';
import { withParams } from './checked-params.ts';
import { closeReturns, sizeOrNone } from './close-returns.ts';

/**
 * risk_vol_target, asked anew at each entry: without a forecast, and without a leverage before that a band could keep. A
 * year has the bars of the strategy's timeframe, unless `annualisation` says otherwise.
 */
export const volTargetSize: SizingPlugin = {
  id: volTarget.id,
  bind: (given, timeframe) =>
    withParams(volTarget, { annualisation: barsPerYear(timeframe), ...given }, (params) => {
      const { band: _band, forecastWeight: _weight, ...settings } = params;
      return {
        params: settings,
        gives: 'size',
        create(bars) {
          let leverages: Float64Array | undefined;
          return (bar) => (leverages ??= leveragesOf(bars, params))[bar];
        },
      };
    }),
};

/** The leverage at every bar, by the returns up to it; one pass serves all. */
function leveragesOf(bars: Bars, params: Parameters<typeof volTarget.compute>[1]): Float64Array {
  const leverages = new Float64Array(bars.close.length).fill(NaN);
  let state = { num: 0, den: 0, n: 0 };
  for (const [i, value] of closeReturns(bars).entries()) {
    state = accumulate([value], state, params.halfLife);
    const asked = { returns: [], state: { ...state, leverage: 0 } };
    if (state.n >= params.minObs) leverages[i + 1] = sizeOrNone(() => volTarget.compute(asked, params).leverage);
  }
  return leverages;
}
