import { paletteOf, type Palette, type Theme } from './palette.ts';

/** A Vega-Lite specification as plain JSON, without null. */
export type Spec = Readonly<Record<string, unknown>>;

export type ChartText = Readonly<{
  /** What is drawn, in a few words: the heading, and the svg's <title>. */
  title: string;
  /** One sentence with the main numbers: the svg's <desc>. */
  description: string;
}>;

const font = 'ui-sans-serif, system-ui, sans-serif';

/**
 * A complete Vega-Lite 6 specification: the body that a plugin makes of the palette, with the look that all charts
 * share. It has the theme's real colours, so it can be drawn as it is by anything that knows Vega-Lite.
 */
export function chartSpec({ title, description }: ChartText, theme: Theme, body: (palette: Palette) => Spec): Spec {
  const palette = paletteOf(theme);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title },
    description,
    background: 'transparent',
    padding: 8,
    ...body(palette),
    config: {
      font,
      // The whole is one image with a title and a description; thousands of labelled marks would drown them.
      aria: false,
      view: { stroke: 'transparent' },
      title: { color: palette.ink, fontSize: 14, anchor: 'start', subtitleColor: palette.axis },
      axis: {
        labelColor: palette.ink,
        titleColor: palette.ink,
        domainColor: palette.axis,
        tickColor: palette.axis,
        gridColor: palette.grid,
        titleFontWeight: 'normal',
      },
      legend: { labelColor: palette.ink, titleColor: palette.ink, titleFontWeight: 'normal' },
      header: { labelColor: palette.ink, titleColor: palette.ink },
      text: { color: palette.ink },
      rule: { color: palette.axis },
    },
  };
}

/** An inline data set. */
export const rows = (values: readonly object[]): Spec => ({ values });

/** A quantitative field with its axis title, which names the unit. */
export const quantity = (field: string, title: string, more: Spec = {}): Spec => ({
  field,
  type: 'quantitative',
  title,
  ...more,
});

/** Categories in the order of the data. */
export const category = (field: string, title: string, more: Spec = {}): Spec => ({
  field,
  type: 'nominal',
  title,
  sort: [],
  ...more,
});

/** A straight line across the chart at one value of `x` or `y`. */
export const ruleAt = (at: Readonly<{ x: number } | { y: number }>, mark: Spec): Spec => ({
  mark: { type: 'rule', ...mark },
  encoding: Object.fromEntries(Object.entries(at).map(([channel, datum]) => [channel, { datum }])),
});

/** A number in a sentence: three significant digits. */
export const short = (value: number): string => String(+value.toPrecision(3));

/** The heading of one of several charts side by side. */
export const panel = (text: string): Spec => ({ text, fontSize: 12, fontWeight: 'normal' });
