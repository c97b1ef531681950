import { z } from 'zod';

/** A field of a plugin's input, params or output, for people. */
export type FieldRow = Readonly<{ name: string; type: string; default?: string; description: string }>;

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The fields of a schema, in order, from the schema itself. What lies inside an object or a list of objects follows it
 * under its path (`assets[].weight`); where there are several shapes, each is headed by the value that tells it
 * (`binary: payoff`).
 */
export function fieldRows(schema: z.ZodType, io: 'input' | 'output' = 'input'): FieldRow[] {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  const variants = variantsOf(json);
  if (variants === undefined) return objectRows(json, '');
  return variants.flatMap((variant, i) => objectRows(variant, `${tellingValue(variant) ?? `shape ${i + 1}`}: `));
}

function objectRows(schema: JsonSchema, prefix: string): FieldRow[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const field = value as JsonSchema;
    const name = `${prefix}${key}`;
    const row = {
      name: required.has(key) || field.default !== undefined ? name : `${name}?`,
      type: typeText(field),
      ...(field.default !== undefined && { default: JSON.stringify(field.default) }),
      description: field.description ?? '',
    };
    return [row, ...innerRows(field, name)];
  });
}

/** The fields inside an object, a list of objects, or what of several shapes is one. */
function innerRows(field: JsonSchema, name: string): FieldRow[] {
  if (field.type === 'array' && field.items !== undefined) return innerRows(field.items as JsonSchema, `${name}[]`);
  return (variantsOf(field) ?? [field]).flatMap((variant) => objectRows(variant, `${name}.`));
}

const variantsOf = ({ anyOf, oneOf }: JsonSchema) => anyOf ?? oneOf;

/** The constant that tells one shape of a union from the others. */
function tellingValue({ properties }: JsonSchema): string | undefined {
  const constant = Object.values(properties ?? {}).find((value) => (value as JsonSchema).const !== undefined);
  return constant === undefined ? undefined : String((constant as JsonSchema).const);
}

/** `number[n >= 2, n <= 9]`, `integer multiple of 2`, `'a' | 'b'`, `{x, y}`: what a JSON schema says, in a line. */
function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return variants.map(typeText).join(' | ');
  if (schema.type === 'array') return arrayText(schema);
  if (schema.type === 'object') return `{${Object.keys(schema.properties ?? {}).join(', ')}}`;
  if (schema.type === 'number' || schema.type === 'integer') return numberText(schema);
  return String(schema.type ?? 'any');
}

function arrayText({ items, prefixItems, minItems, maxItems }: JsonSchema): string {
  if (prefixItems !== undefined) return `[${(prefixItems as JsonSchema[]).map(typeText).join(', ')}]`;
  const inner = items === undefined ? 'any' : typeText(items as JsonSchema);
  if (minItems !== undefined && minItems === maxItems) return `${grouped(inner)}[n = ${minItems}]`;
  const lengths = [minItems !== undefined && `n >= ${minItems}`, maxItems !== undefined && `n <= ${maxItems}`];
  return `${grouped(inner)}[${lengths.filter(Boolean).join(', ')}]`;
}

const grouped = (type: string) => (type.includes(' ') ? `(${type})` : type);

// zod states safe-integer bounds for every integer; those say nothing to people.
const isBound = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;

function numberText(schema: JsonSchema): string {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const bounds = [
    isBound(minimum) && `>= ${minimum}`,
    isBound(exclusiveMinimum) && `> ${exclusiveMinimum}`,
    isBound(maximum) && `<= ${maximum}`,
    isBound(exclusiveMaximum) && `< ${exclusiveMaximum}`,
    isBound(multipleOf) && `multiple of ${multipleOf}`,
  ].filter(Boolean);
  return [type, bounds.join(', ')].filter(Boolean).join(' ');
}
