import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { projectFolder } from '../../config/paths.ts';

export { deepFreeze } from '../../plugins/plain-json.ts';

type Json = Record<string, unknown>;
type Entry = { input?: Json; params?: Json; output?: Json; note?: string };

/** One acceptance case of the catalogue: the output is a subset of the fields. */
export type CatalogueCase = Readonly<{ name: string; input: Json; params: Json; output: Json; note?: string }>;

/**
 * The cases of a plugin: its example, more examples, and variants, which change fields of the example's input and
 * params. Entries without an output (remarks) are left out: a test says what they say.
 */
export function catalogueCases(id: string): CatalogueCase[] {
  const file = join(projectFolder, 'tests/fixtures/catalogue', `${id}.json`);
  const { example, moreExamples, variants } = JSON.parse(readFileSync(file, 'utf8')) as {
    example: Entry;
    moreExamples: Entry[];
    variants: Entry[];
  };
  const varied = variants.map((variant) => ({
    ...variant,
    input: { ...example.input, ...variant.input },
    params: { ...example.params, ...variant.params },
  }));
  const named = [example, ...moreExamples, ...varied].map((entry, index) => ({
    name: index === 0 ? 'the example' : `case ${index}`,
    ...entry,
  }));
  return named.flatMap(({ input = {}, params = {}, output, ...rest }) =>
    output === undefined ? [] : [{ ...rest, input, params, output }],
  );
}

/** Every expected field is there and equal; numbers within `tolerance`, relative, or 1e-12, the catalogue's near 0. */
export function expectSubset(actual: unknown, expected: unknown, tolerance = 1e-9, path = 'output'): void {
  if (typeof expected === 'number') {
    expect(typeof actual, path).toBe('number');
    const distance = Math.abs((actual as number) - expected);
    const allowed = Math.max(Math.min(1e-12, tolerance), tolerance * Math.abs(expected));
    expect(distance, `${path}: ${String(actual)} against ${expected}`).toBeLessThanOrEqual(allowed);
  } else if (Array.isArray(expected)) {
    expect((actual as unknown[] | undefined)?.length, `${path}.length`).toBe(expected.length);
    expected.forEach((value, index) =>
      expectSubset((actual as unknown[])[index], value, tolerance, `${path}[${index}]`),
    );
  } else if (typeof expected === 'object' && expected !== null) {
    for (const [key, value] of Object.entries(expected))
      expectSubset((actual as Json | undefined)?.[key], value, tolerance, `${path}.${key}`);
  } else {
    expect(actual, path).toBe(expected);
  }
}
