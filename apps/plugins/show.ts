import { sourceHalves } from '../../adapters/sources/source-halves.ts';
import { findPlugin } from '../../plugins/run-plugin.ts';
import { print, printJson } from '../cli/output.ts';
import { renderTable } from '../cli/table.ts';
import { fieldRows } from './fields.ts';

/** Prints what a plugin answers and takes. */
export function showPlugin(id: string, { json }: Readonly<{ json?: true }>): void {
  const { category, kind, summary, reference, input, params, output, example } = findPlugin(id).plugin;
  const half = sourceHalves[id];
  const fields = {
    input: fieldRows(input),
    params: fieldRows(params),
    output: fieldRows(output, 'output'),
    ...(half !== undefined && { query: fieldRows(half.query) }),
  };
  if (json) {
    printJson({ id, category, kind, summary, reference, ...fields, example });
    return;
  }
  print(`${id} (${kind})\n${summary}\n\nReference: ${reference}`);
  for (const [title, rows] of Object.entries(fields)) {
    if (rows.length === 0) continue;
    const columns = [{ title }, { title: 'type' }, { title: 'default' }, { title: 'meaning' }];
    print(
      `\n${renderTable(
        columns,
        rows.map((row) => [row.name, row.type, row.default ?? '', row.description]),
      )}`,
    );
  }
  print(
    `\nStart from: nightdesk plugins example ${id} > example.json; nightdesk plugins run ${id} --input example.json`,
  );
}

/** Prints the example that `plugins run --input` takes. */
export function printExample(id: string): void {
  print(JSON.stringify(findPlugin(id).plugin.example, null, 2));
}
