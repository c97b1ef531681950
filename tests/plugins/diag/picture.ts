import { expect } from 'vitest';
import { type Spec } from '../../../plugins/charts/spec.ts';
import { expectWellFormed } from '../well-formed.ts';

/** The output has a drawn picture: one image with title and description, the given texts in it, no broken number. */
export function expectPicture(output: { vegaLite: Spec; svg?: string | undefined }, texts: readonly string[]): void {
  const svg = output.svg ?? '';
  expectWellFormed(svg);
  expect(svg).toMatch(/^<svg id="diag_\w+-[0-9a-f]{8}" role="img"/);
  expect(svg).toMatch(/<title id="[^"]+">[^<]{10,}<\/title><desc id="[^"]+">[^<]{20,}\.<\/desc>/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const shown = new Set([...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text));
  for (const text of texts) expect(shown).toContain(text);
  expect(output.vegaLite['$schema']).toBe('https://vega.github.io/schema/vega-lite/v6.json');
}
