import { z } from 'zod';
import { findPlugin, type PluginId, pluginIds, plugins } from '../../../plugins/run-plugin.ts';
import { type Draws, drawsOf } from './draws.ts';
import { frameOf, fromSchema, type Frame, type JsonSchema } from './from-schema.ts';
import { spoil } from './hostile.ts';

type Json = Record<string, unknown>;
export type FuzzInput = Readonly<{ input: unknown; params: unknown }>;

/** Some cases of one plugin: `count` of them, named `<id>/<mode>/<number>` from 0 on. */
export type Batch = Readonly<{ id: PluginId; mode: Mode; from: number; count: number }>;
export type Mode = 'plain' | 'heavy';

type Adapt = (params: Json, draws: Draws, input: Json) => void;

/** Modes that fit or resample: what makes params ask for them, and what keeps the plain cases from it. */
const heavyModes: Readonly<Partial<Record<PluginId, Record<Mode, Adapt>>>> = {
  fe_kalman: {
    plain: (params) => {
      if ((params['noise'] as Json | undefined)?.['mode'] === 'mle') delete params['noise'];
    },
    heavy: (params) => Object.assign(params, { noise: { mode: 'mle' } }),
  },
  fe_garch: {
    plain: (params, { chance }) => {
      if (params['fit'] !== 'none' && chance(0.5)) params['variant'] = 'ewma';
      params['minObs'] = 1000;
    },
    heavy: (params) => {
      delete params['coefficients'];
      Object.assign(params, { fit: 'mle', minObs: 50 });
    },
  },
  fe_fracdiff: {
    plain: (params) => delete params['search'],
    heavy: (params, { pick }) => {
      delete params['d'];
      params['search'] = pick<Json>([{}, { step: 0.2 }, { regression: 'ct', lags: 3 }]);
    },
  },
  diag_sharpe_ci: {
    plain: (params) => Object.assign(params, { bootstrap: { replications: 0 } }),
    heavy: (params, { below }) =>
      Object.assign(params, { bootstrap: { replications: 1 + below(2000), seed: below(99) } }),
  },
  diag_data_drift: {
    plain: (params, { pick }) => Object.assign(params, { pValue: pick(['auto', 'exact', 'asymptotic']) }),
    heavy: (params, { below }) =>
      Object.assign(params, { pValue: 'blockBootstrap', replications: 99 + below(400), seed: below(99) }),
  },
  alpha_vix_regime: {
    plain: (params, { below }) => Object.assign(params, { maxIter: 1 + below(10) }),
    heavy: (params) => Object.assign(params, { refit: true }),
  },
  diag_cpcv_overfit: {
    plain: (params, draws, input) => {
      Object.assign(params, { cscvBlocks: 4 + 2 * draws.below(3) });
      relabel(input, draws);
    },
    heavy: (params, draws, input) => {
      Object.assign(params, { cscvBlocks: 12 + 2 * draws.below(3) });
      relabel(input, draws);
    },
  },
  risk_entropy_weights: {
    plain: (params, { below }) => Object.assign(params, { maxIter: 1 + below(500) }),
    heavy: (params) => Object.assign(params, { maxIter: 20_000 }),
  },
};

/** Labels that end within the rows, as no schema says. */
function relabel(input: Json, { below, chance }: Draws): void {
  const { returns, labelEnd } = input;
  if (!Array.isArray(returns) || labelEnd === undefined || chance(0.1)) return;
  const most = 1 + below(4);
  input['labelEnd'] = returns.map((_, t) => Math.min(returns.length - 1, t + below(most)));
}

const fuzzed: readonly PluginId[] = pluginIds.filter((id) => plugins[id].kind !== 'effect');

/** `total` cases in batches: every heavy mode `heavy` times, the rest evenly over all plugins that compute. */
export function batchesOf(total: number, heavy: number, batchSize: number): Batch[] {
  const rest = total - heavy * Object.keys(heavyModes).length;
  const each = Math.ceil(rest / fuzzed.length);
  return fuzzed.flatMap((id) => [
    ...(heavyModes[id] === undefined ? [] : split({ id, mode: 'heavy', from: 0, count: heavy }, batchSize)),
    ...split({ id, mode: 'plain', from: 0, count: each }, batchSize),
  ]);
}

/** The one case of a name. */
export function batchOf(name: string): Batch {
  const [plugin = '', mode, number] = name.split('/');
  return { id: findPlugin(plugin).id, mode: mode === 'heavy' ? 'heavy' : 'plain', from: Number(number), count: 1 };
}

function split({ count, ...batch }: Batch, size: number): Batch[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, k) => ({
    ...batch,
    from: k * size,
    count: Math.min(size, count - k * size),
  }));
}

const inputSchemas = new Map<string, JsonSchema>();

function schemaOf(id: PluginId, part: 'input' | 'params'): JsonSchema {
  const key = `${id}.${part}`;
  const known = inputSchemas.get(key);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(findPlugin(id).plugin[part], { io: 'input' }) as JsonSchema;
  inputSchemas.set(key, schema);
  return schema;
}

/** The case of a name: by the schemas alone, or the plugin's example with other series; one in three is spoilt. */
export function fuzzCase(id: PluginId, mode: Mode, number: number): FuzzInput & { draws: Draws } {
  const draws = drawsOf(`${id}/${mode}/${number}`);
  const frame = frameOf(draws);
  const example = structuredClone(plugins[id].example) as { input: Json; params: Json };
  const shaped = draws.chance(0.6);
  const input = (shaped ? reshaped(example.input, frame) : fromSchema(schemaOf(id, 'input'), frame)) as Json;
  const drawn = fromSchema(schemaOf(id, 'params'), frame) as Json;
  const params = shaped && draws.chance(0.5) ? example.params : { ...(shaped && example.params), ...drawn };
  heavyModes[id]?.[mode](params, draws, input);
  const whole: Json = { input, params: withoutPicture(id, params) };
  if (draws.chance(1 / 3)) spoil(whole, draws);
  return { input: whole['input'], params: whole['params'], draws };
}

function withoutPicture(id: PluginId, params: Json): Json {
  return schemaOf(id, 'params').properties?.['render'] === undefined ? params : { ...params, render: false };
}

/** The example with each of its number series redrawn at the length of the frame; records stay, some dropped or doubled. */
function reshaped(value: unknown, frame: Frame): unknown {
  const { draws, length } = frame;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    if (list.length >= 5 && list.every(isRow))
      return Array.from({ length }, () => shuffledRow(draws.pick(list), draws));
    if (list.length >= 6 && list.every((item) => typeof item === 'number')) return redrawn(list, length, draws);
    return list.map((item) => reshaped(item, frame));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reshaped(inner, frame)]));
}

const isRow = (item: unknown): item is number[] =>
  Array.isArray(item) && item.length > 2 && item.every((value) => typeof value === 'number');

const shuffledRow = (row: readonly number[], draws: Draws) => row.map(() => draws.pick(row) * (0.5 + draws.uniform()));

/** As many values, of the kind of the ones given: rising stays rising, the rest is drawn from among them and moved. */
function redrawn(list: readonly number[], length: number, draws: Draws): number[] {
  const rises = list.every((value, i) => i === 0 || value > list[i - 1]);
  const step = (list[list.length - 1] - list[0]) / (list.length - 1);
  if (rises) return Array.from({ length }, (_, i) => (i < list.length ? list[i] : list[0] + i * step));
  const scale = draws.pick([1, 1, 1, 0.5, 2]);
  return Array.from(
    { length },
    () => draws.pick(list) * (Number.isInteger(list[0]) ? 1 : scale * (0.9 + 0.2 * draws.uniform())),
  );
}
