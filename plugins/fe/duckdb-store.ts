import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import type { AsOfAnswer, FeatureStore, FeatureStores } from '../../core/ports/feature-store.ts';
import { defineEffectPlugin } from '../define-plugin.ts';
import { refuse } from '../refuse.ts';

const latestMs = 8.64e15;
const time = () => z.int().min(0).max(latestMs).describe('epoch milliseconds UTC');
const featureName = () =>
  z
    .string()
    .regex(/^[A-Za-z0-9_.:/-]{1,128}$/, 'not a feature name')
    .describe('name of a feature');
const entityName = () =>
  z
    .string()
    .min(1)
    .max(128)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'no text that a database keeps')
    .describe('whose feature it is, as a symbol');

const row = z.strictObject({
  feature: featureName(),
  entity: entityName(),
  eventAt: time().describe('the moment that the value describes'),
  knownAt: time().describe('since when it is known'),
  value: z.number().describe('any unit'),
});

const put = z.strictObject({ rows: z.array(row).min(1).max(1_000_000) });

const asOf = z.strictObject({
  features: z.array(featureName()).min(1).max(500).describe('names, a column each'),
  points: z
    .array(z.strictObject({ entity: entityName(), asOf: time() }))
    .min(1)
    .max(1_000_000),
  maxAgeMs: z
    .record(featureName(), z.number().positive())
    .optional()
    .describe('by feature: an event older than that is missing'),
});

const history = z.strictObject({
  feature: featureName(),
  entity: entityName(),
  from: time().describe('first event'),
  to: time().describe('last event'),
  asOf: time().describe('what was visible then'),
});

const exported = z.strictObject({
  file: z
    .string()
    .regex(/\.parquet$/, 'not a .parquet file')
    .describe('inside exportDir'),
  features: z.array(featureName()).min(1).optional().describe('default all'),
  from: time().optional().describe('first event'),
  to: time().optional().describe('last event'),
});

const describeShape = z.strictObject({});

const steps = z.strictObject({
  put: put.optional(),
  asOf: asOf.optional(),
  history: history.optional(),
  export: exported.optional(),
  describe: describeShape.optional(),
});

type Steps = z.output<typeof steps>;
type OneStep = z.input<typeof put> | z.input<typeof asOf> | z.input<typeof history> | z.input<typeof exported>;

/** The field that tells the input of one operation from the others. */
const tellingFields = { rows: 'put', points: 'asOf', feature: 'history', file: 'export' } as const;

/** The input of one operation under its name, so that every input is checked, and named in refusals, alike. */
function underItsName(input: z.input<typeof steps> | OneStep): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const step = Object.entries(tellingFields).find(([field]) => Object.hasOwn(input, field));
  return step === undefined ? input : { [step[1]]: input };
}

const storeInput = z.preprocess(underItsName, steps);

const operations = ['put', 'asOf', 'history', 'export', 'describe'] as const;
type Operation = (typeof operations)[number];

const storeParams = z.strictObject({
  path: z.string().min(1).describe("database file, or ':memory:' for one that ends with the call"),
  op: z
    .enum(operations)
    .optional()
    .describe('the input and output are those of this one, without its name around them'),
  exportDir: z.string().min(1).optional().describe('folder of exports, default that of path'),
  threads: z.int().min(1).default(2).describe('that the database may use'),
  memoryLimitMb: z.int().min(64).default(512).describe('memory that the database may use, megabytes'),
});

const putOutput = z.strictObject({ inserted: z.int(), unchanged: z.int().describe('there already') });
const byFeature = () => z.record(z.string(), z.number());
const asOfOutput = z.strictObject({
  rows: z
    .array(
      z.strictObject({
        entity: z.string(),
        asOf: z.number(),
        values: byFeature(),
        eventAt: byFeature(),
        knownAt: byFeature(),
        missing: z.array(z.string()).describe('never known by then, or too old'),
      }),
    )
    .describe('in the order of the points'),
  warnings: z.array(z.string()).optional().describe('features that have no row at all'),
});
const historyOutput = z.strictObject({
  eventAt: z.array(z.number()),
  value: z.array(z.number()),
  knownAt: z.array(z.number()),
});
const exportOutput = z.strictObject({ path: z.string(), rows: z.int(), bytes: z.int(), sha256: z.string() });
const describeOutput = z.strictObject({
  schemaVersion: z.literal(1),
  features: z.array(
    z.strictObject({
      feature: z.string(),
      entities: z.int(),
      rows: z.int(),
      firstEventAt: z.number(),
      lastEventAt: z.number(),
      lastKnownAt: z.number(),
    }),
  ),
});

const stepsOutput = z.strictObject({
  put: putOutput.optional(),
  asOf: asOfOutput.optional(),
  history: historyOutput.optional(),
  export: exportOutput.optional(),
  describe: describeOutput.optional(),
});

/** Most values of one answer: points times features. */
const mostValues = 5_000_000;

/**
 * Acts on a store through a port: several operations of one call run in the order put, asOf, history, export, describe.
 * Each is whole or not at all; put can be repeated. Reads say what was known at the moment that they are given, never
 * now: a workflow passes its own time.
 */
export const duckdbStore = defineEffectPlugin<Readonly<{ featureStores: FeatureStores }>>()({
  id: 'fe_duckdb_store',
  category: 'fe',
  kind: 'effect',
  summary: 'Keeps feature values with when they were and when they were known, and reads what was known at any moment.',
  reference:
    'Snodgrass (2000), Developing Time-Oriented Database Applications in SQL, ch. 8-10; point-in-time joins as in Feast; DuckDB documentation: ASOF JOIN, Concurrency',
  ports: ['featureStores'],
  input: storeInput,
  params: storeParams,
  output: z.union([stepsOutput, putOutput, asOfOutput, historyOutput, exportOutput, describeOutput]),
  example: {
    input: {
      put: {
        rows: [
          { feature: 'rv', entity: 'BTC', eventAt: 1000, knownAt: 1100, value: 0.5 },
          { feature: 'rv', entity: 'BTC', eventAt: 2000, knownAt: 2100, value: 0.6 },
          { feature: 'rv', entity: 'BTC', eventAt: 1000, knownAt: 2500, value: 0.55 },
        ],
      },
      asOf: {
        features: ['rv'],
        points: [
          { entity: 'BTC', asOf: 1100 },
          { entity: 'BTC', asOf: 2700 },
        ],
      },
    },
    params: { path: ':memory:' },
  },
  act: async (input, params, { featureStores }) => {
    const { op } = params;
    const asked = op === undefined ? input : onlyStep(input, op);
    refuseBadReads(asked);
    return featureStores.use(params, async (store) => {
      const done = await run(store, asked);
      return op === undefined ? done : (done[op] ?? {});
    });
  },
});

/** What the operation of the params asks for; describe asks for nothing. */
function onlyStep(input: Steps, op: Operation): Steps {
  const given = op === 'describe' ? { describe: {}, ...input } : input;
  const names = Object.keys(given);
  if (names.length === 1 && names[0] === op) return given;
  return refuse('input', `not that of ${op}`, `the fields of ${op}`, names.join(', '));
}

function refuseBadReads({ asOf: query, history: span }: Steps): void {
  if (span !== undefined && span.to < span.from)
    refuse('input.history.to', 'before from', `at least ${span.from}`, span.to);
  if (query === undefined) return;
  const values = query.points.length * query.features.length;
  if (values > mostValues)
    refuse('input.asOf.points', 'too many for that many features', `at most ${mostValues} values`, values);
}

async function run(store: FeatureStore, asked: Steps): Promise<z.output<typeof stepsOutput>> {
  return {
    ...(asked.put && { put: await underField('put', store.put(asked.put.rows)) }),
    ...(asked.asOf && { asOf: await underField('asOf', readAsOf(store, asked.asOf)) }),
    ...(asked.history && { history: await underField('history', store.history(asked.history)) }),
    ...(asked.export && { export: await underField('export', writeExport(store, asked.export)) }),
    ...(asked.describe && {
      describe: { schemaVersion: 1 as const, features: await underField('describe', store.describe()) },
    }),
  };
}

const underField = <T>(name: Operation, work: Promise<T>) =>
  work.catch((thrown) => rethrowUnder(`input.${name}`, thrown));

/** What the store refuses names its field within the request: the input's own path goes before it. */
function rethrowUnder(root: string, thrown: unknown): never {
  if (!(thrown instanceof DeskError) || thrown.place.path === undefined) throw thrown;
  throw new DeskError(thrown.code, thrown.message, { ...thrown.place, path: `${root}.${thrown.place.path}` });
}

async function readAsOf(store: FeatureStore, { points, maxAgeMs = {}, ...query }: z.output<typeof asOf>) {
  const features = [...new Set(query.features)];
  const answer = await store.asOf({ features, points });
  const rows = points.map(({ entity, asOf: at }) => ({
    entity,
    asOf: at,
    found: [] as AsOfAnswer['values'][number][],
  }));
  for (const value of answer.values) {
    const point = rows[value.point];
    const oldest = maxAgeMs[features[value.feature]] ?? Infinity;
    // The value is that of the newest visible event, so if it is too old there is none that is not.
    if (point.asOf - value.eventAt <= oldest) point.found.push(value);
  }
  const warnings = answer.unknownFeatures.map((feature) => `${feature}: no row of this feature at all`);
  return { rows: rows.map((point) => pointOutput(point, features)), ...(warnings.length > 0 && { warnings }) };
}

type Point = Readonly<{ entity: string; asOf: number; found: readonly AsOfAnswer['values'][number][] }>;

function pointOutput({ entity, asOf: at, found }: Point, features: readonly string[]) {
  const named = (field: 'value' | 'eventAt' | 'knownAt') =>
    Object.fromEntries(found.map((value) => [features[value.feature], value[field]]));
  const seen = new Set(found.map(({ feature }) => feature));
  return {
    entity,
    asOf: at,
    values: named('value'),
    eventAt: named('eventAt'),
    knownAt: named('knownAt'),
    missing: features.filter((_, index) => !seen.has(index)),
  };
}

async function writeExport(store: FeatureStore, { file, features, from, to }: z.output<typeof exported>) {
  const written = await store.export({
    file,
    ...(features !== undefined && { features }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
  return { path: file, ...written };
}
