import { describe, expect, test } from 'vitest';
import { colourNames, darkPalette, lightPalette, type Theme } from '../../../plugins/charts/palette.ts';
import { renderChart } from '../../../plugins/charts/render.ts';
import { category, chartSpec, quantity, rows } from '../../../plugins/charts/spec.ts';
import { expectWellFormed } from '../well-formed.ts';

const hostile = '<script>alert(1)</script> & "#010101" id="x" url(#y)';

const bars = (theme: Theme, values: readonly object[] = [{ label: 'a', cost: 2 }]) =>
  chartSpec({ title: `Costs ${hostile}`, description: `Costs 2 bps. ${hostile}` }, theme, (palette) => ({
    data: rows(values),
    mark: { type: 'bar', color: palette.s1, clip: true },
    encoding: { x: category('label', 'venue'), y: quantity('cost', 'cost, bps of notional') },
  }));

const render = (theme: Theme, values?: readonly object[]) =>
  renderChart(bars(theme, values), { idPrefix: 'diag_test', theme });

describe('renderChart', () => {
  test('the same bytes whatever was drawn before or at the same time, and ids that begin with the spec’s hash', async () => {
    const [first, other, second] = await Promise.all([
      render('auto'),
      render('auto', [{ label: 'b', cost: 3 }]),
      render('auto'),
    ]);
    expect(second).toBe(first);
    expect(await render('auto')).toBe(first);
    const ids = (svg: string) => [...svg.matchAll(/<[^>]*\bid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids(first).length).toBeGreaterThan(3);
    expect(ids(first).every((id) => /^diag_test-[0-9a-f]{8}(-(title|desc|\d+))?$/.test(id ?? ''))).toBe(true);
    expect(new Set([...ids(first), ...ids(other)]).size).toBe(2 * ids(first).length);
  });

  test('an image with a title and a description, axes with units, user text as text', async () => {
    const svg = await render('light', [{ label: hostile, cost: 2 }]);
    expectWellFormed(svg);
    expect(svg).toMatch(/^<svg id="(\S+)" role="img" aria-labelledby="\1-title \1-desc"/);
    expect(svg).toMatch(/<title id="[^"]+">Costs &lt;script&gt;/);
    expect(svg).toMatch(/<desc id="[^"]+">Costs 2 bps\. &lt;script&gt;/);
    expect(svg).toContain('>cost, bps of notional</text>');
    expect(svg).not.toContain('<script');
    expect(svg).toContain('"#010101" id="x"'); // what looks like ours in the user's text stays
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('colours of each theme; auto holds both, the dark ones behind the media query', async () => {
    const [auto, light, dark] = [await render('auto'), await render('light'), await render('dark')];
    expect(light).toContain(`fill="${lightPalette.s1}"`);
    expect(dark).toContain(`fill="${darkPalette.s1}"`);
    expect(auto).toContain('fill="var(--nd-s1)"');
    const style = /<style>(.*)<\/style>/.exec(auto)?.[1] ?? '';
    const [plain, media] = style.split('@media (prefers-color-scheme:dark)');
    for (const name of colourNames) {
      expect(plain).toContain(`--nd-${name}:${lightPalette[name]}`);
      expect(media).toContain(`--nd-${name}:${darkPalette[name]}`);
    }
    for (const svg of [auto, light, dark]) expect(svg.replaceAll(/>[^<]*</g, '><')).not.toContain('#0101');
  });

  // WCAG 2.2: 4.5 for text, 3 for graphical objects; the grid carries no meaning.
  test.each([
    ['light', lightPalette, '#ffffff'],
    ['dark', darkPalette, '#0d1117'],
  ])('%s colours stand out from their ground by 4.5', (_, palette, ground) => {
    const weak = colourNames.filter((name) => contrast(palette[name], ground) < 4.5);
    expect(weak).toEqual(['grid']);
  });
});

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}
