/** What a colour of a chart means, and its hex value on a light and on a dark ground. */
const colours = {
  /** Text. Contrast on #ffffff / #0d1117: 15.8 / 16.0. */
  ink: ['#1f2328', '#e6edf3'],
  /** Axes, rules, what stands back. 4.6 / 6.2. */
  axis: ['#6e7781', '#8b949e'],
  /** Grid lines; carries no meaning, so it needs no contrast. */
  grid: ['#d8dee4', '#30363d'],
  /** First, second and third series. 5.2 / 7.5, 5.0 / 7.5, 5.1 / 7.5. */
  s1: ['#0969da', '#58a6ff'],
  s2: ['#bc4c00', '#f0883e'],
  s3: ['#8250df', '#bc8cff'],
  /** Good and bad. 5.1 / 7.5, 5.4 / 7.5. */
  pos: ['#1a7f37', '#3fb950'],
  neg: ['#cf222e', '#ff7b72'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export type ColourName = keyof typeof colours;
export type Palette = Readonly<Record<ColourName, string>>;

export const colourNames = Object.keys(colours) as readonly ColourName[];

/** auto follows the reader's colour scheme by CSS variables; light and dark are plain hex, for rasterisers. */
export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const paletteAt = (index: 0 | 1): Palette =>
  Object.fromEntries(colourNames.map((name) => [name, colours[name][index]])) as Palette;

export const lightPalette = paletteAt(0);
export const darkPalette = paletteAt(1);

/** The hex values that a chart's spec is written with: those of the theme, light where it follows the reader. */
export const paletteOf = (theme: Theme): Palette => (theme === 'dark' ? darkPalette : lightPalette);
