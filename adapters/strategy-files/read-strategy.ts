import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { loadNoPlugins, type LoadPlugins, noPlugins } from '../../core/strategy/strategy-plugins.ts';
import { type CheckedStrategy, checkStrategyText } from './check-strategy.ts';

/** Largest strategy file. */
export const maxFileBytes = 256 * 1024;
/** Most strategy files of one folder. */
const maxFiles = 10_000;

/** Checks one file; a file that cannot be read is an error of the union, not a problem of the strategy. */
export async function checkStrategyFile(file: string, load: LoadPlugins = loadNoPlugins): Promise<CheckedStrategy> {
  const text = await readText(file);
  if (isCode(file)) return (await import('../strategy-code/check-code.ts')).checkStrategyCode({ file, text }, load);
  return checkStrategyText(text, text.includes('plugin') ? await load() : noPlugins);
}

/** The strategy of a file; the first problem is thrown as `BadInput` with file, line and path, the others counted. */
export async function readStrategy(file: string, load: LoadPlugins = loadNoPlugins): Promise<Strategy> {
  const { strategy, errors } = await checkStrategyFile(file, load);
  if (strategy !== undefined) return strategy;
  const [{ message, path, ...place }, ...others] = errors;
  const more = others.length === 0 ? '' : `; ${others.length} more, see nightdesk strategies check ${file}`;
  throw new DeskError('BadInput', message + more, { ...place, file, ...(path === '' ? {} : { path }) });
}

/** TypeScript is told from YAML by its name. */
const isCode = (file: string): boolean => file.endsWith('.ts');

/** The text of a strategy file; refuses what is too large, or no text. */
export async function readText(file: string): Promise<string> {
  try {
    const opened = await open(file);
    try {
      const { size } = await opened.stat();
      if (size > maxFileBytes) {
        const found = `${size} bytes`;
        throw new DeskError('BadInput', 'too large', { file, expected: `at most ${maxFileBytes} bytes`, found });
      }
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await opened.readFile());
    } finally {
      await opened.close();
    }
  } catch (thrown) {
    if (thrown instanceof DeskError) throw thrown;
    if (thrown instanceof TypeError) throw new DeskError('BadInput', 'is not UTF-8 text', { file });
    throw unreadable(file, thrown);
  }
}

function unreadable(file: string, thrown: unknown): DeskError {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return new DeskError('NotFound', 'there is no such file or folder', { file });
  if (code === 'EISDIR') return new DeskError('BadInput', 'is a folder', { file, expected: 'a strategy file' });
  return new DeskError('BadInput', `cannot be read (${code ?? String(thrown)})`, { file });
}

/** The `.yaml`, `.yml` and `STR-….ts` files of a folder, by name; files that begin with a dot are left out. */
export async function listStrategyFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((thrown: unknown) => {
    throw unreadable(folder, thrown);
  });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const files = names.filter((name) => /^[^.].*\.ya?ml$|^STR-\d.*\.ts$/.test(name)).toSorted();
  if (files.length > maxFiles) {
    const found = String(files.length);
    const expected = `at most ${maxFiles}`;
    throw new DeskError('ResourceExhausted', 'too many strategy files', { file: folder, expected, found });
  }
  return files.map((name) => join(folder, name));
}

export type CheckedFile = CheckedStrategy & Readonly<{ file: string }>;

/** Checks one file among others: that it cannot be read is its problem, and nothing is thrown. */
export async function checkListedFile(file: string, load: LoadPlugins = loadNoPlugins): Promise<CheckedFile> {
  return { file, ...(await checkStrategyFile(file, load).catch(problemOfFile)) };
}

/** A failure of the union as the one problem of a file. */
export function problemOfFile(thrown: unknown): CheckedStrategy {
  if (!(thrown instanceof DeskError)) throw thrown;
  const { expected = 'a strategy file', found, nearest } = thrown.place;
  const more = { ...(found === undefined ? {} : { found }), ...(nearest === undefined ? {} : { nearest }) };
  return { errors: [{ line: 1, path: '', message: thrown.message, expected, ...more }], warnings: [] };
}

/** Checks every file of a folder; an id that two files give is a problem of both. */
export async function checkStrategyFolder(folder: string, load: LoadPlugins = loadNoPlugins): Promise<CheckedFile[]> {
  const checked: CheckedFile[] = [];
  for (const file of await listStrategyFiles(folder)) checked.push(await checkListedFile(file, load));
  return withRepeatedIds(checked);
}

/** Adds a problem to each file whose id another of the files has too. */
export function withRepeatedIds(files: readonly CheckedFile[]): CheckedFile[] {
  const byId = Map.groupBy(files, ({ strategyId }) => strategyId);
  return files.map((each) => {
    const { strategyId, file, errors, warnings } = each;
    const others = (byId.get(strategyId) ?? []).filter((other) => other !== each);
    if (strategyId === undefined || others.length === 0) return each;
    const message = repeatedId(strategyId, [file, ...others.map((other) => other.file)]);
    const repeated = { line: 1, path: 'id', message, expected: 'an id of its own' };
    return { file, strategyId, errors: [repeated, ...errors], warnings };
  });
}

/**
 * The file of an id (`STR-001`, looked for in the folder); anything else is a file already. Nothing is checked.
 * An id that two files give is refused, an unknown one names the nearest.
 */
export async function resolveStrategyFile(idOrFile: string, folder: string): Promise<string> {
  if (!/^STR-\d+$/i.test(idOrFile)) return idOrFile;
  const wanted = idOrFile.toUpperCase();
  const ids = new Map<string, string[]>();
  for (const file of await listStrategyFiles(folder)) {
    const line = isCode(file) ? idInCode : idLine;
    const id = line.exec(await readText(file).catch(() => ''))?.[1]; // another file that is bad is not in the way
    if (id !== undefined) ids.set(id, [...(ids.get(id) ?? []), file]);
  }
  const [file, ...others] = ids.get(wanted) ?? [];
  if (file !== undefined && others.length === 0) return file;
  if (file !== undefined) throw new DeskError('BadInput', repeatedId(wanted, [file, ...others]), { file, path: 'id' });
  const nearest = nearestName(wanted, ids.keys());
  throw new DeskError('NotFound', `no strategy ${wanted}`, {
    file: folder,
    ...(nearest === undefined ? { expected: 'an id of nightdesk strategies list' } : { nearest }),
  });
}

/** The id of a file as it stands in its text, without reading the rest. */
const idLine = /^\uFEFF?id:\s*["']?(STR-\d{3,6})\b/m;
const idInCode = /^\s*id:\s*["'`](STR-\d{3,6})\b/m;

const repeatedId = (id: string, files: readonly string[]): string =>
  `${id} is the id of ${files
    .map((file) => basename(file))
    .toSorted()
    .join(' and ')}`;

/** The strategy of an id (looked for in the folder) or of a file. Other files of the folder may be bad. */
export async function resolveStrategy(
  idOrFile: string,
  folder: string,
  load: LoadPlugins = loadNoPlugins,
): Promise<Readonly<{ file: string; strategy: Strategy }>> {
  const file = await resolveStrategyFile(idOrFile, folder);
  return { file, strategy: await readStrategy(file, load) };
}
