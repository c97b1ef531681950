import {
  type ColourName,
  colourNames,
  darkPalette,
  lightPalette,
  type Palette,
  paletteOf,
  type Theme,
} from './palette.ts';
import type { Spec } from './spec.ts';

/**
 * Draws a chart as SVG without browser or canvas: the same spec gives the same bytes, whatever was drawn before or at
 * the same time. Role `img`, a title and a description; ids begin with `idPrefix`, so several fit in one page.
 * The only module that knows vega: it is loaded with the first chart (about 0.15 s), a chart takes about 0.1 s.
 */
export async function renderChart(
  spec: Spec,
  { idPrefix, theme }: { idPrefix: string; theme: Theme },
): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const marked = { ...(withSentinels(spec, paletteOf(theme)) as Spec), background: null };
  const compiled = vegaLite.compile(marked as unknown as Parameters<typeof vegaLite.compile>[0], { logger: silent });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', loader: noLoader, logger: silent });
  let drawn: string;
  try {
    drawn = await view.toSVG();
  } finally {
    view.finalize();
  }
  const id = `${idPrefix}-${(await sha256(JSON.stringify(spec))).slice(0, 8)}`;
  return withRoot(withColours(withOwnIds(drawn, id), theme), { id, spec, theme });
}

/** Colours stand in the drawing as #010101, #010102, … until the theme is known. */
const sentinels = Object.fromEntries(
  colourNames.map((name, index) => [name, `#0101${String(index + 1).padStart(2, '0')}`]),
) as Readonly<Record<ColourName, string>>;

/** Replaces the palette's colours everywhere but in the data, which are the user's. */
function withSentinels(value: unknown, palette: Palette): unknown {
  if (typeof value === 'string') {
    const name = colourNames.find((candidate) => palette[candidate] === value);
    return name === undefined ? value : sentinels[name];
  }
  if (Array.isArray(value)) return value.map((item) => withSentinels(item, palette));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'values' ? inner : withSentinels(inner, palette)]),
  );
}

/** Vega takes clip and gradient ids from a counter of the process; these count from 0 in each chart. */
function withOwnIds(svg: string, id: string): string {
  const order = new Map<string, string>();
  const own = (name: string) => {
    const known = order.get(name) ?? `${id}-${order.size}`;
    order.set(name, known);
    return known;
  };
  return inTags(svg, (tag) =>
    tag
      // The root says what the image is; roles and labels of its parts say nothing more, and hold the user's text.
      .replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '')
      .replace(/\bid="([^"]+)"/g, (_, name: string) => `id="${own(name)}"`)
      .replace(/"url\(#([^)"]+)\)"/g, (_, name: string) => `"url(#${own(name)})"`)
      .replace(/\bhref="#([^"]+)"/g, (_, name: string) => `href="#${own(name)}"`),
  );
}

function withColours(svg: string, theme: Theme): string {
  const palette = paletteOf(theme);
  return inTags(svg, (tag) =>
    tag.replace(/"#0101(\d\d)"/g, (whole, digits: string) => {
      const name = colourNames[Number(digits) - 1];
      if (name === undefined) return whole;
      return theme === 'auto' ? `"var(--nd-${name})"` : `"${palette[name]}"`;
    }),
  );
}

/** Changes tags only: text of the user's may look like anything. Vega escapes < and > in text and attributes. */
const inTags = (svg: string, change: (tag: string) => string): string => svg.replace(/<[^>]*>/g, change);

type Root = Readonly<{ id: string; spec: Spec; theme: Theme }>;

function withRoot(svg: string, { id, spec, theme }: Root): string {
  const { title, description } = spec as { title?: { text?: string }; description?: string };
  const head = [
    `<title id="${id}-title">${escape(title?.text ?? '')}</title>`,
    `<desc id="${id}-desc">${escape(description ?? '')}</desc>`,
    ...(theme === 'auto' ? [styleFor(id)] : []),
  ];
  return svg.replace(
    /^<svg([^>]*)>/,
    (_, attributes: string) =>
      `<svg id="${id}" role="img" aria-labelledby="${id}-title ${id}-desc"${attributes}>${head.join('')}`,
  );
}

const styleFor = (id: string): string =>
  `<style>#${id}{${variables(lightPalette)}}@media (prefers-color-scheme:dark){#${id}{${variables(darkPalette)}}}</style>`;

const variables = (palette: Palette): string => colourNames.map((name) => `--nd-${name}:${palette[name]}`).join(';');

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const refuseToLoad = (): never => {
  throw new Error('charts have their data inside');
};

const noLoader = {
  load: refuseToLoad,
  sanitize: refuseToLoad,
  http: refuseToLoad,
  file: refuseToLoad,
  options: {},
  fileAccess: false,
};

/** Warnings would go to the console; what they could say is tested. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};
