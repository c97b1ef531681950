import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync } from 'oxc-parser';

/** What one folder may import: values (code that runs) and, beside those, types only. */
type ImportRule = Readonly<{ folder: string; values: readonly string[]; types: readonly string[] }>;

/**
 * Who may import whom. An entry is a top folder of this repository, an npm package by name, `npm:*` (any package) or
 * `node:*`. The first row whose folder holds the file decides, so a subfolder stands above its parent.
 * Everybody may import from the own folder.
 */
export const importRules: readonly ImportRule[] = [
  {
    folder: 'core/math',
    values: [
      'core',
      '@stdlib/stats-base-dists-chisquare-cdf',
      '@stdlib/stats-base-dists-normal-cdf',
      '@stdlib/stats-base-dists-normal-quantile',
      '@stdlib/stats-base-dists-t-cdf',
    ],
    types: [],
  },
  { folder: 'core', values: ['core'], types: [] },
  { folder: 'plugins/charts', values: ['core', 'plugins', 'zod', 'vega', 'vega-lite'], types: [] },
  { folder: 'plugins', values: ['core', 'plugins', 'zod', 'ml-matrix'], types: [] },
  {
    folder: 'workflows',
    values: ['core', 'workflows', '@temporalio/workflow', '@temporalio/common'],
    types: ['activities', 'plugins'],
  },
  { folder: 'activities', values: ['core', 'plugins', 'config', 'activities', '@temporalio/activity'], types: [] },
  { folder: 'config', values: ['core', 'config', 'zod', 'yaml', 'node:*'], types: [] },
  { folder: 'adapters', values: ['core', 'config', 'adapters', 'npm:*', 'node:*'], types: [] },
  {
    folder: 'apps',
    values: ['core', 'config', 'plugins', 'adapters', 'apps', 'npm:*', 'node:*'],
    types: ['workflows', 'activities'],
  },
  {
    folder: 'workers',
    values: ['core', 'config', 'plugins', 'adapters', 'activities', 'workflows', 'workers', 'npm:*', 'node:*'],
    types: [],
  },
];

/** The folders the rules speak of; bench and tests stand outside: they may import anything, nobody may import them. */
export const ruledFolders = ['core', 'plugins', 'workflows', 'activities', 'config', 'adapters', 'apps', 'workers'];

type Import = Readonly<{ specifier: string; line: number; typeOnly: boolean }>;

/** Every breach in the source text of `file` (path from the root, with forward slashes), as `file:line rule`. */
export function importBreaches(root: string, file: string, source = readFileSync(join(root, file), 'utf8')): string[] {
  const rule = importRules.find(({ folder }) => file.startsWith(`${folder}/`));
  if (rule === undefined) return [`${file}: no import rule speaks of this folder`];
  return importsOf(file, source).flatMap((found) => {
    const target = targetOf(root, file, found.specifier);
    const allowed = found.typeOnly ? [...rule.values, ...rule.types] : rule.values;
    if (allowed.some((entry) => matches(entry, target))) return [];
    const kind = found.typeOnly ? 'types' : 'values';
    return [
      `${file}:${found.line} imports ${kind} from ${found.specifier}, but ${rule.folder} may only import ${allowed.join(', ')}`,
    ];
  });
}

/** Static imports, re-exports and dynamic imports of a module, with their lines. */
export function importsOf(file: string, source: string): Import[] {
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  const imports = module.staticImports.map(({ moduleRequest, entries, start }) => ({
    specifier: moduleRequest.value,
    line: lineAt(start),
    // `import {} from 'x'` and `import 'x'` run x; `import type` marks every entry.
    typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
  }));
  const exports = module.staticExports.flatMap(({ entries, start }) => {
    const from = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest;
    if (!from) return [];
    return [{ specifier: from.value, line: lineAt(start), typeOnly: entries.every(({ isType }) => isType) }];
  });
  const dynamic = module.dynamicImports.map(({ moduleRequest, start }) => ({
    specifier: source.slice(moduleRequest.start, moduleRequest.end).replace(/^['"`]|['"`]$/g, ''),
    line: lineAt(start),
    typeOnly: false,
  }));
  return [...imports, ...exports, ...dynamic];
}

function targetOf(root: string, file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, join(root, dirname(file), specifier)).replaceAll('\\', '/');
}

function matches(entry: string, target: string): boolean {
  if (entry === 'node:*') return target.startsWith('node:');
  const folder = target.split('/')[0] ?? '';
  const isOurs =
    ruledFolders.includes(folder) || ['bench', 'tests', 'bin', 'tools'].includes(folder) || target.startsWith('..');
  if (entry === 'npm:*') return !isOurs && !target.startsWith('node:');
  return target === entry || target.startsWith(`${entry}/`);
}
