import { z } from 'zod';

/** A field of a plugin's input, params or output, for people. */
export type FieldRow = Readonly<{ name: string; type: string; default?: string; description: string }>;

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The fields of a strict object schema, in order, from the schema itself. */
export function fieldRows(schema: z.ZodType, io: 'input' | 'output' = 'input'): FieldRow[] {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  const variants = json.anyOf ?? json.oneOf;
  if (json.properties === undefined && variants !== undefined)
    return [{ name: '(one of)', type: typeText(json), description: '' }];
  const required = new Set(json.required ?? []);
  return Object.entries(json.properties ?? {}).map(([name, value]) => {
    const field = value as JsonSchema;
    return {
      name: required.has(name) || field.default !== undefined ? name : `${name}?`,
      type: typeText(field),
      ...(field.default !== undefined && { default: JSON.stringify(field.default) }),
      description: field.description ?? '',
    };
  });
}

/** `number[n >= 2]`, `'a' | 'b'`, `{x, y}`: what a JSON schema says, in a line. */
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

function arrayText({ items, prefixItems, minItems }: JsonSchema): string {
  if (prefixItems !== undefined) return `[${(prefixItems as JsonSchema[]).map(typeText).join(', ')}]`;
  const inner = items === undefined ? 'any' : typeText(items as JsonSchema);
  return `${inner.includes(' ') ? `(${inner})` : inner}[${minItems === undefined ? '' : `n >= ${minItems}`}]`;
}

// zod states safe-integer bounds for every integer; those say nothing to people.
const isBound = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;

function numberText(schema: JsonSchema): string {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const bounds = [
    isBound(minimum) && `>= ${minimum}`,
    isBound(exclusiveMinimum) && `> ${exclusiveMinimum}`,
    isBound(maximum) && `<= ${maximum}`,
    isBound(exclusiveMaximum) && `< ${exclusiveMaximum}`,
  ].filter(Boolean);
  return [type, bounds.join(', ')].filter(Boolean).join(' ');
}
