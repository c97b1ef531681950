import type { SizingPlugin } from '../../core/strategy/strategy-plugins.ts';
import { drawdownDerisk } from '../risk/drawdown-derisk.ts';
import { withParams } from './checked-params.ts';

/**
 * risk_drawdown_derisk as a multiplier on maxFraction. Its equity is that of the symbol held since the first bar, whose
 * drawdown is that of the close; the time of an observation is the open time of its bar.
 */
export const drawdownSize: SizingPlugin = {
  id: drawdownDerisk.id,
  bind: (given) =>
    withParams(drawdownDerisk, given, (params) => {
      drawdownDerisk.compute({ equity: [{ t: 0, value: 1 }] }, params); // refuses what does not go together
      return {
        params,
        gives: 'multiplier',
        create({ timeMs, close }) {
          let multipliers: Float64Array | undefined;
          return (bar) => {
            multipliers ??= multipliersOf();
            return multipliers[bar];
          };

          function multipliersOf(): Float64Array {
            const equity = Array.from(close, (value, i) => ({ t: timeMs[i], value }));
            return Float64Array.from(drawdownDerisk.compute({ equity }, params).series, ({ multiplier }) => multiplier);
          }
        },
      };
    }),
};
