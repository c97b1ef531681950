import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import { readJson } from '../cli/json-input.ts';
import { print, printJson } from '../cli/output.ts';
import { renderTable } from '../cli/table.ts';
import { type Statistic, statistics } from './registry.ts';

const listColumns = [{ title: 'name' }, { title: 'what it answers' }, { title: 'inputs (? = optional)' }];

/** Prints every statistic with its inputs. */
export function listStatistics({ json }: { json: boolean }): void {
  const rows = statistics.map(({ name, summary, input }) => ({ name, summary, inputs: inputsOf(input) }));
  if (json) printJson({ statistics: rows });
  else
    print(
      renderTable(
        listColumns,
        rows.map(({ name, summary, inputs }) => [name, summary, inputs.join(', ')]),
      ),
    );
}

/** Computes one statistic from a JSON file and prints it. */
export async function runStatistic(name: string, options: Readonly<{ input?: string; json: boolean }>): Promise<void> {
  const statistic = findStatistic(name);
  if (options.input === undefined) {
    const expected = `--input file.json with ${inputsOf(statistic.input).join(', ')}`;
    throw new DeskError('Usage', `${name} needs its inputs`, { expected, found: 'no --input' });
  }
  const result = compute(statistic, await readJson(options.input), options.input);
  if (options.json) printJson(result);
  else print(renderTable([{ title: name }, { title: 'value', align: 'right' }], resultRows(result)));
}

function findStatistic(name: string): Statistic {
  const found = statistics.find((statistic) => statistic.name === name);
  if (found !== undefined) return found;
  const nearest = nearestName(
    name,
    statistics.map((statistic) => statistic.name),
  );
  const place = {
    expected: 'a name of `nightdesk stats list`',
    found: name,
    ...(nearest !== undefined && { nearest }),
  };
  throw new DeskError('Usage', 'unknown statistic', place);
}

function compute(statistic: Statistic, input: unknown, file: string): unknown {
  try {
    return statistic.run(input);
  } catch (thrown) {
    if (thrown instanceof z.ZodError) {
      const [issue] = thrown.issues;
      throw new DeskError('BadInput', issue.message, { file, path: fieldPath(issue.path, issue), cause: thrown });
    }
    if (thrown instanceof DeskError)
      throw new DeskError(thrown.code, thrown.message, { file, ...thrown.place, cause: thrown });
    throw thrown;
  }
}

function fieldPath(path: readonly PropertyKey[], issue: z.core.$ZodIssue): string {
  const keys = issue.code === 'unrecognized_keys' ? [...path, ...issue.keys] : path;
  return keys.reduce<string>(
    (text_, key) => (typeof key === 'number' ? `${text_}[${key}]` : `${text_}${text_ && '.'}${String(key)}`),
    '',
  );
}

const inputsOf = (input: z.ZodObject) =>
  Object.entries(input.shape).map(([name, schema]) => (schema instanceof z.ZodExactOptional ? `${name}?` : name));

function resultRows(result: unknown): string[][] {
  return Object.entries(result as Record<string, unknown>).map(([name, value]) => [name, shorten(value)]);
}

const longestCell = 60;

function shorten(value: unknown): string {
  const shown = typeof value === 'number' ? `${value}` : JSON.stringify(value);
  return shown.length <= longestCell ? shown : `${shown.slice(0, longestCell - 1)}… (--json prints all)`;
}
