import { z } from 'zod';
import { loadMarkets } from '../../adapters/market-data/load-markets.ts';
import { DeskError } from '../../core/errors.ts';
import type { Bars } from '../../core/market/bars.ts';
import { type PluginId, plugins } from '../../plugins/run-plugin.ts';

/** Input fields whose meaning is clear from bars, and how they are made of them. */
const fromBars: Readonly<Record<string, Readonly<{ text: string; values: (bars: Bars) => number[] }>>> = {
  returns: {
    text: 'simple returns of close',
    values: ({ close }) => Array.from(close.subarray(1), (price, i) => price / close[i] - 1),
  },
  prices: { text: 'close', values: ({ close }) => [...close] },
  closes: { text: 'close', values: ({ close }) => [...close] },
  series: { text: 'close', values: ({ close }) => [...close] },
};

/** The plugin's input made of the bars of one file, where it has exactly one required field and that is clear. */
export async function inputFromBars(
  id: PluginId,
  data: string,
): Promise<Readonly<{ input: unknown; columns: string }>> {
  const schema = z.toJSONSchema(plugins[id].input, { io: 'input', unrepresentable: 'any' });
  const required = schema.required ?? [];
  const field = required.length === 1 ? fromBars[required[0]] : undefined;
  if (field === undefined) {
    const expected = `--input with ${required.join(', ') || 'its fields'}`;
    throw new DeskError('Usage', `${id} cannot be run on bars alone`, { path: '--data', expected, found: data });
  }
  const symbol = data.split('=')[0];
  const { markets } = await loadMarkets({ universe: [symbol], data: [data] });
  const { bars } = markets[0];
  return {
    input: { [required[0]]: field.values(bars) },
    columns: `${required[0]} = ${field.text} of ${bars.symbol}, ${bars.close.length} bars of ${bars.timeframe}`,
  };
}
