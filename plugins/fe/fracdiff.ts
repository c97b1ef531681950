import { columnOf, listOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { openFraction, series } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { searchOrder } from './fracdiff-search.ts';
import { difference, type Differencing, weightsOf, widestWindow, widthOf } from './fracdiff-weights.ts';

const order = () => z.number().min(0).max(2);
const transform = z.enum(['log', 'none']);
const correction = z.enum(['none', 'zeroSum']);

const carriedState = z.strictObject({
  v: z.literal(1),
  d: order().describe('order of the difference'),
  threshold: openFraction().describe('weights below it end the window'),
  transform: transform.describe('of the series before'),
  correction: correction.describe('of the last weight'),
  tail: series(0).describe('the last transformed values'),
});

const fracdiffInput = z.strictObject({
  series: series().describe('prices (transform log) or anything (none); with a state those since it'),
  state: carriedState.optional(),
});

const fracdiffParams = z.strictObject({
  d: order().optional().describe('order; required without search or state'),
  search: z
    .strictObject({
      from: order().default(0).describe('lowest order tried'),
      to: order().default(1).describe('highest order tried'),
      step: z.number().positive().default(0.05).describe('between orders'),
      pValue: openFraction().default(0.05).describe('level of the unit-root test'),
      lags: z.int().min(0).default(1).describe('lagged differences in the unit-root test, bars'),
      regression: z.enum(['c', 'ct']).default('c').describe('constant, or constant and trend'),
    })
    .optional()
    .describe('find the smallest order that passes a unit-root test; on training data only'),
  threshold: openFraction().optional().describe('weights below it end the window, default 1e-4'),
  maxWidth: z.int().min(2).optional().describe('longest window, default half the series; not checked with a state'),
  transform: transform.optional().describe('default log'),
  correction: correction
    .optional()
    .describe('zeroSum moves the rest of the unit root onto the last weight; default none'),
});

type Params = z.output<typeof fracdiffParams>;
type State = z.output<typeof carriedState>;
type Settings = Omit<State, 'v' | 'tail'>;

const skipped = z.strictObject({ d: z.number(), width: z.int(), skipped: z.literal(true) });
const tested = z.strictObject({
  d: z.number(),
  width: z.int(),
  nobs: z.int().describe('rows of the regression'),
  adf: z.number().describe('t of the lagged level'),
  pValue: z.number(),
  critical5: z.number(),
  correlation: z.number().describe('with the transformed series'),
  passed: z.boolean(),
});

/**
 * Each value depends on the window before it only, and a stream cut anywhere after a first call of at least one window
 * gives what one batch gives; not so with `search`, which chooses d on the whole series: do that on training data and
 * carry the state. `weightSum` says what is left of the unit root in a finite window: beyond 0.1, use zeroSum.
 */
export const fracdiff = definePlugin({
  id: 'fe_fracdiff',
  category: 'fe',
  kind: 'stateful',
  summary:
    'A stationary version of a price that keeps most memory: fractional differences, with the least order found.',
  reference:
    'Hosking (1981), Biometrika 68, eq. 2.3; Lopez de Prado (2018), Advances in Financial Machine Learning, ch. 5; Said & Dickey (1984), Biometrika 71(3); MacKinnon (1994, 2010)',
  input: fracdiffInput,
  params: fracdiffParams,
  output: z.strictObject({
    d: z.number().optional(),
    found: z.boolean().optional().describe('with search: some d passed; if none did there is nothing else'),
    weights: z.array(z.number()).optional().describe('[0] on the newest value'),
    width: z.int().optional(),
    weightSum: z.number().optional().describe('before correction: what is left of the unit root'),
    offset: z.int().optional().describe('first value of this series that has one'),
    values: z.array(z.number()).optional(),
    search: z.array(z.union([tested, skipped])).optional(),
    state: carriedState.optional(),
  }),
  example: {
    input: { series: [100, 101.5, 100.8, 102.2, 103.1, 102.7, 104, 103.2, 105.1, 104.4] },
    params: { d: 0.4, threshold: 0.05, transform: 'log' },
  },
  compute: ({ series: given, state }, params) => {
    if (state !== undefined) return differenced(given, checkedState(state, params), state.tail);
    const { threshold = 1e-4, transform: chosen = 'log', correction: rest = 'none', search, d } = params;
    const settings = { threshold, transform: chosen, correction: rest };
    const maxWidth = params.maxWidth ?? Math.floor(given.length / 2);
    if (search === undefined) {
      if (d === undefined) refuse('params.d', 'missing', 'an order, a search or a state');
      refuseWide({ d, threshold }, given.length, maxWidth);
      return differenced(given, { d, ...settings }, []);
    }
    if (d !== undefined) refuse('params.d', 'given together with a search', 'one of the two', d);
    const { d: foundOrder, trials } = searchOrder(transformed(given, chosen), search, { ...settings, maxWidth });
    if (foundOrder === undefined) return { found: false, search: trials };
    return { found: true, ...differenced(given, { d: foundOrder, ...settings }, []), search: trials };
  },
});

function refuseWide({ d, threshold }: Pick<Differencing, 'd' | 'threshold'>, length: number, maxWidth: number): void {
  const width = widthOf({ d, threshold });
  const needed = width > widestWindow ? `more than ${widestWindow}` : `${width}`;
  const why = `d ${d} with threshold ${threshold} needs a window of ${needed}: raise the threshold`;
  if (width > length && width <= widestWindow) refuse('input.series', why, `at least ${needed} values`, length);
  if (width > maxWidth) refuse('params.threshold', why, `a window of at most ${maxWidth} (maxWidth)`, threshold);
}

/** The settings of a state, after what the params say was found to agree with it. */
function checkedState({ tail, v: _version, ...settings }: State, params: Params): Settings {
  if (params.search !== undefined) refuse('params.search', 'given with a state', 'the d of the state', params.search);
  for (const name of ['d', 'threshold', 'transform', 'correction'] as const) {
    if (params[name] !== undefined && params[name] !== settings[name])
      refuse(`params.${name}`, 'not that of the state', `${settings[name]}`, params[name]);
  }
  const width = widthOf(settings);
  if (width > widestWindow)
    refuse('input.state.threshold', 'too long a window', `at most ${widestWindow} weights`, settings.threshold);
  if (tail.length > width - 1)
    refuse('input.state.tail', 'longer than the window', `at most ${width - 1} values`, tail.length);
  return settings;
}

function differenced(given: readonly number[], settings: Settings, tail: readonly number[]) {
  const fresh = transformed(given, settings.transform);
  const x = new Float64Array(tail.length + fresh.length);
  x.set(tail);
  x.set(fresh, tail.length);
  const { weights, weightSum } = weightsOf(settings);
  const width = weights.length;
  return {
    d: settings.d,
    weights: listOf(weights),
    width,
    weightSum,
    offset: Math.min(given.length, width - 1 - tail.length),
    values: listOf(difference(x, weights)),
    state: { v: 1 as const, ...settings, tail: listOf(x.subarray(Math.max(0, x.length - width + 1))) },
  };
}

function transformed(given: readonly number[], chosen: 'log' | 'none'): Float64Array {
  const x = columnOf(given);
  if (chosen === 'none') return x;
  for (let i = 0; i < x.length; i++) {
    if (!(x[i] > 0)) refuse(`input.series[${i}]`, 'no logarithm', "above 0, or transform 'none'", x[i]);
    x[i] = Math.log(x[i]);
  }
  return x;
}
