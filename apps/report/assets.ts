import { readFile } from 'node:fs/promises';

/** What is inlined into a page beside its content. */
export type PageAssets = Readonly<{ style: string; script: string; chartLibrary: string }>;

const styles = [
  new URL('./client/page.css', import.meta.url),
  new URL('./client/strategy.css', import.meta.url),
  new URL('./client/charts.css', import.meta.url),
  new URL('./client/evidence.css', import.meta.url),
  new URL('./client/media.css', import.meta.url),
];

/** Each after those that it imports from. */
const modules = [
  new URL('./client/columns.js', import.meta.url),
  new URL('./client/chart.js', import.meta.url),
  new URL('./client/equity-chart.js', import.meta.url),
  new URL('./client/price-chart.js', import.meta.url),
  new URL('./client/page.js', import.meta.url),
];

/** Reads our style sheets and scripts, and the build of the chart library that needs no loader. */
export async function readPageAssets(): Promise<PageAssets> {
  const library = new URL('lightweight-charts.standalone.production.js', import.meta.resolve('lightweight-charts'));
  const [style, script, chartLibrary] = await Promise.all([
    Promise.all(styles.map((file) => readFile(file, 'utf8'))),
    Promise.all(modules.map((file) => readFile(file, 'utf8'))),
    readFile(library, 'utf8'),
  ]);
  return { style: style.join('\n'), script: inlineModules(script), chartLibrary };
}

/**
 * Modules as one script: a page without network has nowhere to import from. Names of ours are shared by standing in
 * one function, so they must differ between the files; the library's come from its global.
 */
export function inlineModules(texts: readonly string[]): string {
  const library = new Set<string>();
  const bodies = texts.map((text) =>
    text
      .replace(/^import \{([^}]*)\} from '([^']+)';\n/gm, (_, names: string, from: string) => {
        if (!from.startsWith('.')) for (const name of names.split(',')) library.add(name.trim());
        return '';
      })
      .replace(/^export (?=const|function)/gm, ''),
  );
  const names = [...library].filter(Boolean).join(', ');
  return `(() => {\n'use strict';\nconst { ${names} } = LightweightCharts;\n${bodies.join('\n')}})();\n`;
}
