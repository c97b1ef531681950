import { DeskError } from '../../core/errors.ts';
import { pluginCategories, pluginKinds } from '../../plugins/define-plugin.ts';
import { pluginIds, plugins } from '../../plugins/run-plugin.ts';
import { print, printJson } from '../cli/output.ts';
import { renderTable } from '../cli/table.ts';

type Filter = Readonly<{ category?: string; kind?: string; json?: true }>;

/** Prints every plugin, or those of a category or kind. */
export function listPlugins({ category, kind, json }: Filter): void {
  requireOneOf('--category', category, pluginCategories);
  requireOneOf('--kind', kind, pluginKinds);
  const rows = pluginIds
    .map((id) => plugins[id])
    .filter((plugin) => (category ?? plugin.category) === plugin.category && (kind ?? plugin.kind) === plugin.kind)
    .map(({ id, category: group, kind: sort, summary }) => ({ id, category: group, kind: sort, summary }));
  if (json) printJson({ plugins: rows });
  else
    print(
      renderTable(
        [{ title: 'id' }, { title: 'kind' }, { title: 'what it answers' }],
        rows.map((row) => [row.id, row.kind, row.summary]),
      ),
    );
}

function requireOneOf(option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw new DeskError('Usage', 'unknown value', { path: option, expected: allowed.join(', '), found: value });
}
