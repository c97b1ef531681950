import type { Draws } from './draws.ts';

/** The part of JSON Schema that zod writes for plugins. */
export type JsonSchema = Readonly<{
  type?: string;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  items?: JsonSchema | false;
  prefixItems?: readonly JsonSchema[];
  enum?: readonly unknown[];
  const?: unknown;
  oneOf?: readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
}>;

/** What the values of one case have in common, so that many cases get past the first checks. */
export type Frame = Readonly<{
  draws: Draws;
  /** Points of a series; most arrays of a case have it, as aligned ones must. */
  length: number;
  style: Style;
  /** Records in a list of objects. */
  records: number;
  /** Whether lists may have a length of their own. */
  ragged: boolean;
}>;

type Style = 'returns' | 'prices' | 'unit' | 'ties' | 'constant' | 'steps' | 'wild';
const styles: readonly Style[] = [
  'returns',
  'returns',
  'prices',
  'prices',
  'unit',
  'ties',
  'constant',
  'steps',
  'wild',
];

const longest = 300;
const startMs = 1_700_000_000_000;
const timeNames = new Set(['t', 'time', 'eventAt', 'knownAt', 'times', 'openTime', 'closeTime', 'lastT', 'lastTime']);

export function frameOf(draws: Draws): Frame {
  const length = draws.chance(0.15) ? 1 + draws.below(12) : 20 + draws.below(longest - 19);
  const records = draws.chance(0.3) ? length : 1 + draws.below(8);
  return { draws, length, style: draws.pick(styles), records, ragged: draws.chance(0.1) };
}

/** A value that the schema mostly allows; `name` is its field, `index` its place in a list. */
export function fromSchema(schema: JsonSchema, frame: Frame, name = '', index = 0): unknown {
  const { draws } = frame;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return draws.pick(schema.enum);
  const options = schema.oneOf ?? schema.anyOf;
  if (options !== undefined) return fromSchema(draws.pick(options), frame, name, index);
  if (schema.type === 'object') return objectOf(schema, frame, index);
  if (schema.type === 'array') return listOf(schema, frame, name);
  if (schema.type === 'integer') return timeNames.has(name) ? startMs + 3_600_000 * index : integerOf(schema, draws);
  if (schema.type === 'number') return numberOf(schema, frame);
  if (schema.type === 'boolean') return draws.chance(0.5);
  return `${name || 's'}${draws.chance(0.9) ? index : draws.below(3)}`;
}

function objectOf({ properties = {}, required = [] }: JsonSchema, frame: Frame, index: number): object {
  const wanted = Object.entries(properties).filter(([key]) => required.includes(key) || frame.draws.chance(0.35));
  return Object.fromEntries(wanted.map(([key, schema]) => [key, fromSchema(schema, frame, key, index)]));
}

function listOf(schema: JsonSchema, frame: Frame, name: string): unknown[] {
  if (schema.prefixItems !== undefined) return schema.prefixItems.map((item) => fromSchema(item, frame, name));
  const { items } = schema;
  if (items === undefined || items === false) return [];
  const count = Math.min(countOf(items, frame), schema.maxItems ?? longest);
  if (items.type === 'number') return seriesOf(items, frame, count);
  const inside = within(items, frame, count);
  return Array.from({ length: count }, (_, index) => fromSchema(items, inside, name, index));
}

const isRow = ({ type, prefixItems }: JsonSchema) => type === 'array' && prefixItems === undefined;

function countOf(items: JsonSchema, { draws, length, records, ragged }: Frame): number {
  if (ragged && draws.chance(0.1)) return draws.below(5);
  if (isRow(items)) return draws.chance(0.9) ? length : records;
  return items.type === 'object' || items.type === 'array' || items.type === 'string' ? records : length;
}

/** Inside many records or rows everything is short, so that a case stays some thousands of numbers. */
function within(items: JsonSchema, frame: Frame, count: number): Frame {
  const records = Math.min(frame.records, 5);
  if (isRow(items)) return { ...frame, records, length: 2 + (frame.length % 7) };
  return { ...frame, records, length: count > 20 ? Math.min(frame.length, 25) : frame.length };
}

function integerOf(schema: JsonSchema, { below, pick }: Draws): number {
  const least = Math.max(schema.minimum ?? 0, -1000);
  const step = schema.multipleOf ?? 1;
  const value = least + step * below(pick([4, 4, 12, 300]));
  return Math.min(value, schema.maximum ?? value);
}

const bound = (inclusive: number | undefined, exclusive: number | undefined) => inclusive ?? exclusive;

function numberOf(schema: JsonSchema, { draws, style }: Frame): number {
  const least = bound(schema.minimum, schema.exclusiveMinimum);
  const most = bound(schema.maximum, schema.exclusiveMaximum);
  if (least !== undefined && most !== undefined) {
    const share = draws.chance(0.05) ? draws.pick([0, 1]) : draws.uniform();
    return least + share * (most - least);
  }
  const size = style === 'wild' ? wild(draws) : draws.pick([0.01, 0.1, 1, 10, 1000]) * draws.uniform();
  if (least !== undefined) return least + Math.abs(size);
  return draws.chance(0.7) ? size : -size;
}

/** A series of the case's style, kept inside what the schema says by mirroring and clipping. */
function seriesOf(schema: JsonSchema, { draws, style }: Frame, count: number): number[] {
  const least = bound(schema.minimum, schema.exclusiveMinimum) ?? -Infinity;
  const most = bound(schema.maximum, schema.exclusiveMaximum) ?? Infinity;
  const next = nextOf(draws.chance(0.1) ? draws.pick(styles) : style, draws);
  return Array.from({ length: count }, () => {
    const value = next();
    return Math.min(most, value < least ? Math.max(least, Math.abs(value)) : value);
  });
}

function nextOf(style: Style, draws: Draws): () => number {
  let level = draws.pick([1, 100, 50_000]);
  const constant = draws.pick([0, 0.01, 1, 100]);
  switch (style) {
    case 'returns':
      return () => 0.02 * draws.normal();
    case 'prices':
      return () => (level *= Math.exp(0.01 * draws.normal()));
    case 'unit':
      return draws.uniform;
    case 'ties':
      return () => 0.01 * draws.below(4);
    case 'constant':
      return () => constant;
    case 'steps':
      return () => (draws.chance(0.02) ? (level *= 2) : level);
    case 'wild':
      return () => (draws.chance(0.5) ? 1 : -1) * wild(draws);
  }
}

/** Any size that a double has, evenly by exponent. */
const wild = ({ uniform }: Draws): number => 10 ** (616 * uniform() - 308);
