import type { SizingPlugin } from '../../core/strategy/strategy-plugins.ts';
import { cvarSize } from '../risk/cvar-size.ts';
import { refuse } from '../refuse.ts';
import { withParams } from './checked-params.ts';
import { closeReturns, sizeOrNone } from './close-returns.ts';

/** risk_cvar_size of the position alone, by the losses of its own side. */
export const cvarSizing: SizingPlugin = {
  id: cvarSize.id,
  bind: (given) =>
    withParams(cvarSize, given, (params) => {
      const { portfolioCvarBudget, ...settings } = params;
      if (portfolioCvarBudget !== undefined)
        refuse('params.portfolioCvarBudget', 'a strategy has no portfolio to look at', 'left out', portfolioCvarBudget);
      return {
        params: settings,
        gives: 'size',
        create(bars) {
          let all: number[] | undefined;
          return (bar, direction) => {
            all ??= closeReturns(bars);
            if (bar < fewestReturns) return NaN;
            const input = { returns: all.slice(0, bar), side: direction === 1 ? 'long' : 'short' } as const;
            return sizeOrNone(() => direction * cvarSize.compute(input, params).size);
          };
        },
      };
    }),
};

/** As the plugin's input has it. */
const fewestReturns = 20;
