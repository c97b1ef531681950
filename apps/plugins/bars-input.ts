import { z } from 'zod';
import { loadMarkets } from '../../adapters/market-data/load-markets.ts';
import { DeskError } from '../../core/errors.ts';
import type { Bars } from '../../core/market/bars.ts';
import { barsPerYear, timeframeMs } from '../../core/market/timeframe.ts';
import { type PluginId, plugins } from '../../plugins/run-plugin.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** How a field is made of bars. */
type Field = Readonly<{ text: string; values: (bars: Bars) => unknown[] }>;

const closes: Field = { text: 'close', values: ({ close }) => [...close] };

/** Input fields of numbers whose meaning is clear from bars. */
const numbersOf: Readonly<Record<string, Field>> = {
  returns: {
    text: 'simple returns of close',
    values: ({ close }) => Array.from(close.subarray(1), (price, i) => price / close[i] - 1),
  },
  prices: closes,
  closes,
  series: closes,
};

/** What a list of bars may ask for of each. A bar is known at its close, so that is its time. */
const ofBar: Readonly<Record<string, (bars: Bars, i: number) => number>> = {
  t: ({ timeMs, timeframe }, i) => timeMs[i] + timeframeMs[timeframe],
  time: ({ timeMs, timeframe }, i) => timeMs[i] + timeframeMs[timeframe],
  open: ({ open }, i) => open[i],
  high: ({ high }, i) => high[i],
  low: ({ low }, i) => low[i],
  close: ({ close }, i) => close[i],
  volume: ({ volume }, i) => volume[i],
};

const isNumber = ({ type }: JsonSchema): boolean => type === 'number' || type === 'integer';

/**
 * What of the bars a field means, by its name and its type: two plugins may call different things `series`. A field
 * may say it by `.meta({ fromBars })` where its name alone does not.
 */
function meaningOf(schema: JsonSchema, name: string): Field | undefined {
  const items = schema.type === 'array' ? (schema.items as JsonSchema | undefined) : undefined;
  if (items === undefined) return undefined;
  if (name === 'bars') return barList(items);
  const { fromBars: said } = schema as { fromBars?: unknown };
  return isNumber(items) ? numbersOf[typeof said === 'string' ? said : name] : undefined;
}

/** Bars as a list of objects, where what is required of each is in every bar. */
function barList({ required = [], properties = {} }: JsonSchema): Field | undefined {
  const known = required.every((name) => Object.hasOwn(ofBar, name) && isNumber(properties[name] as JsonSchema));
  if (required.length === 0 || !known) return undefined;
  return {
    text: `${required.join(', ')} (time: of the close)`,
    values: (bars) =>
      Array.from(bars.timeMs, (_, i) => Object.fromEntries(required.map((name) => [name, ofBar[name](bars, i)]))),
  };
}

const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

/** Settings that say how many periods a year has. */
const annualSettings = ['periodsPerYear', 'annualisation'];

export type BarsInput = Readonly<{
  input: unknown;
  params: unknown;
  /** What was taken, for people. */
  columns: string;
}>;

/**
 * The plugin's input made of the bars of one file, where it has exactly one required field and that is clear. Where
 * the plugin has periods a year and `params` do not say them, they are those of the bars.
 *
 * @throws DeskError Usage where the input cannot be made of bars
 */
export async function inputFromBars(id: PluginId, data: string, params: unknown): Promise<BarsInput> {
  const { required = [], properties = {} } = schemaOf(plugins[id].input);
  const [name = ''] = required;
  const field = required.length === 1 ? meaningOf(properties[name] as JsonSchema, name) : undefined;
  if (field === undefined) {
    const expected = `--input with ${required.join(', ') || 'its fields'}`;
    throw new DeskError('Usage', `${id} cannot be run on bars alone`, { path: '--data', expected, found: data });
  }
  const symbol = data.split('=')[0];
  const { markets } = await loadMarkets({ universe: [symbol], data: [data] });
  const { bars } = markets[0];
  const { settings, told } = withBarsPerYear(id, params, bars);
  return {
    input: { [name]: field.values(bars) },
    params: settings,
    columns: `${name} = ${field.text} of ${bars.symbol}, ${bars.close.length} bars of ${bars.timeframe}${told}`,
  };
}

function withBarsPerYear(id: PluginId, params: unknown, { timeframe }: Bars) {
  const { properties = {} } = schemaOf(plugins[id].params);
  const name = annualSettings.find((each) => Object.hasOwn(properties, each));
  const isMap = typeof params === 'object' && params !== null && !Array.isArray(params);
  if (name === undefined || !isMap || Object.hasOwn(params, name)) return { settings: params, told: '' };
  const perYear = barsPerYear(timeframe);
  return { settings: { ...params, [name]: perYear }, told: `; ${name} = ${perYear}, the bars of a year` };
}
