import { stat } from 'node:fs/promises';
import pc from 'picocolors';
import {
  type CheckedFile,
  checkListedFile,
  checkStrategyFolder,
  problemOfFile,
  resolveStrategyFile,
  withRepeatedIds,
} from '../../../adapters/strategy-files/read-strategy.ts';
import { problemLine, type StrategyProblem } from '../../../adapters/strategy-files/yaml-document.ts';
import { strategiesFolder } from '../../../config/paths.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import type { DataOptions } from '../data-options.ts';
import { notice, print, printJson } from '../output.ts';
import type { ProvenFile } from './look-ahead.ts';
import { shownPath } from './shown-path.ts';

export type CheckOptions = Readonly<{ json?: true; lookahead?: true }> & DataOptions;

/** `nightdesk strategies check`: every mistake of every file; exit code 2 where one is bad. */
export async function checkStrategies(files: readonly string[], options: CheckOptions): Promise<void> {
  let checked: readonly ProvenFile[] = await checkedFiles(files);
  if (options.lookahead) {
    const { proveNoLookAhead } = await import('./look-ahead.ts');
    checked = await proveNoLookAhead(checked, options);
  }
  if (options.json) printJson({ files: checked.map(documentOf) });
  else printChecks(checked);
  if (checked.some(({ errors }) => errors.length > 0)) process.exitCode = 2;
}

/** Files, folders and ids as they were given, or all of the strategies folder. */
async function checkedFiles(given: readonly string[]): Promise<CheckedFile[]> {
  const folder = strategiesFolder();
  const checked: CheckedFile[] = [];
  for (const each of given.length === 0 ? [folder] : given) {
    checked.push(
      ...((await isFolder(each))
        ? await checkStrategyFolder(each, loadStrategyPlugins)
        : [await checkOne(each, folder)]),
    );
  }
  const named = checked.map((each) => ({ ...each, file: shownPath(each.file) }));
  return given.length === 0 ? named : withRepeatedIds(named);
}

const isFolder = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** An id that is not there is a bad file among the others. */
async function checkOne(idOrFile: string, folder: string): Promise<CheckedFile> {
  try {
    return await checkListedFile(await resolveStrategyFile(idOrFile, folder), loadStrategyPlugins);
  } catch (thrown) {
    return { file: idOrFile, ...problemOfFile(thrown) };
  }
}

function documentOf({ file, strategyId, errors, warnings, lookahead }: ProvenFile) {
  return {
    file,
    ok: errors.length === 0,
    ...(strategyId === undefined ? {} : { strategyId }),
    errors: errors.map(problemDocument),
    ...(lookahead === undefined ? {} : { lookahead }),
    ...(warnings.length === 0 ? {} : { warnings: warnings.map(problemDocument) }),
  };
}

const problemDocument = ({ line, path, message, expected, found, nearest }: StrategyProblem) => ({
  line,
  path,
  message,
  expected,
  ...(found === undefined ? {} : { found }),
  ...(nearest === undefined ? {} : { nearest }),
});

function printChecks(checked: readonly ProvenFile[]): void {
  for (const { file, strategyId, errors, warnings, lookahead } of checked) {
    const state = errors.length === 0 ? pc.green('ok ') : pc.red('bad');
    print(`${state}  ${(strategyId ?? '?').padEnd(10)}  ${file}`);
    if (lookahead !== undefined) printLeakChecks(lookahead);
    for (const problem of errors) print(`     ${problemLine(file, problem)}`);
    for (const problem of warnings) print(`     ${pc.yellow('warning')} ${problemLine(file, problem)}`);
  }
  const bad = checked.filter(({ errors }) => errors.length > 0).length;
  notice(bad === 0 ? `${checked.length} checked, all good` : `${checked.length} checked, ${bad} bad`);
}

function printLeakChecks({ symbol, timeframe, bars, checks }: NonNullable<ProvenFile['lookahead']>): void {
  print(pc.dim(`     on ${bars.toLocaleString('en')} bars of ${symbol} ${timeframe}:`));
  for (const { name, question, state, message } of checks) {
    const mark = { passed: pc.green('yes'), failed: pc.red('NO '), skipped: pc.dim('-  ') }[state];
    const why = state === 'skipped' ? ` (not asked: ${message})` : ''; // what failed follows with its line
    print(`     ${mark}  ${name.padEnd(12)}  ${question}${why}`);
  }
}
