import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../../../apps/report/client/page.css', import.meta.url), 'utf8');
const [light, dark] = css
  .split('@media screen and (prefers-color-scheme: dark)')
  .map((part) => new Map([...part.matchAll(/--([\w-]+): #([0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex])));

/** Relative luminance of WCAG 2.2. */
function luminance(hex: string): number {
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a = '', b = ''): number {
  const [brighter, darker] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (brighter + 0.05) / (darker + 0.05);
}

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_, colours) => {
  // WCAG 2.2, 1.4.3: text needs 4.5 : 1.
  test.each(['ink', 'muted', 'accent', 'gain', 'pain', 'warn'])('%s can be read on both grounds', (name) => {
    expect(contrast(colours.get(name), colours.get('ground'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colours.get(name), colours.get('raised'))).toBeGreaterThanOrEqual(4.5);
  });
});
