import { z } from 'zod';
import { codeAlias, codePluginId, createCodePlugin } from '../../core/strategy/code-plugin.ts';
import type { StrategyOutput } from '../../core/strategy/define-strategy.ts';
import { type Listing, signalNames, type StrategyCode } from '../../core/strategy/strategy.ts';
import { type LoadPlugins, noPlugins, type StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { sha256 } from '../hashing.ts';
import { type CheckedStrategy, checkStrategyValue } from '../strategy-files/check-strategy.ts';
import { type Path, pathText, type StrategyProblem, type YamlText } from '../strategy-files/yaml-document.ts';
import { type ParsedCode, parseCode } from './parse-code.ts';
import { syntaxProblem } from './sandbox.ts';

const outputNames: readonly StrategyOutput[] = [...signalNames, 'forecast'];

/** Keys of a file of YAML that the functions of a file of TypeScript take the place of. */
const replaced = ['signals', 'features', 'plugins', 'forecast'] as const;

const day = z.iso.date({ error: 'a day as 2021-06-30' }).optional();
const listingsSchema = z.record(z.string(), z.strictObject({ from: day, to: day }, { error: 'a map of from and to' }), {
  error: 'a map of symbols',
});

/**
 * Checks a strategy in TypeScript without running it: the module, the data of its definition as a file of YAML is
 * checked, and that `start` and `next` are there.
 */
export async function checkStrategyCode(
  { file, text }: Readonly<{ file: string; text: string }>,
  load: LoadPlugins,
): Promise<CheckedStrategy> {
  const parsed = parseCode(text);
  if (!('data' in parsed)) return { errors: parsed.problems, warnings: [] };
  const { outputs, listings, ...rest } = parsed.data;
  const data: Record<string, unknown> = rest;
  const noted = notes(parsed);
  const said = checkOutputs(outputs, noted);
  const days = checkListings(listings, noted);
  for (const key of replaced) {
    if (Object.hasOwn(data, key)) noted.problem([key], 'is no key of a strategy in TypeScript', 'outputs and next');
    delete data[key];
  }
  for (const key of ['start', 'next']) {
    if (!parsed.code.has(key)) noted.problem([key], 'is missing', 'a function');
  }
  const broken = parsed.problems.length > 0 ? undefined : syntaxProblem({ file, javascript: parsed.javascript });
  if (broken !== undefined) {
    noted.problems.push({ line: broken.place.line ?? 1, path: '', message: broken.message, expected: 'a script' });
  }
  const plugins = text.includes('plugin') ? await load() : noPlugins;
  const checked = checkStrategyValue(
    { value: valueOf(data, said, parsed), problems: [...parsed.problems, ...noted.problems], lineOf: noted.lineOf },
    withCode(plugins, said),
  );
  if (checked.strategy === undefined) return checked;
  const code: StrategyCode = { file, sha256: sha256(text), listings: days };
  return { ...checked, strategy: { ...checked.strategy, code } };
}

type Notes = Readonly<{
  problems: StrategyProblem[];
  problem(path: Path, message: string, expected: string): void;
  lineOf: YamlText['lineOf'];
}>;

function notes(parsed: ParsedCode): Notes {
  const problems: StrategyProblem[] = [];
  // What stands for the code in the file that is checked is, in this file, its outputs.
  const lineOf = (path: Path) => parsed.lineOf((replaced as readonly unknown[]).includes(path[0]) ? ['outputs'] : path);
  return {
    problems,
    lineOf,
    problem(path, message, expected) {
      problems.push({ line: parsed.lineOf(path), path: pathText(path), message, expected });
    },
  };
}

function checkOutputs(outputs: unknown, { problem }: Notes): readonly StrategyOutput[] {
  const expected = `a list of ${outputNames.join(' ')}`;
  if (outputs === undefined) problem(['outputs'], 'is missing', expected);
  else if (!Array.isArray(outputs)) problem(['outputs'], 'is no list', expected);
  const listed: readonly unknown[] = Array.isArray(outputs) ? outputs : [];
  for (const [index, name] of listed.entries()) {
    if (!(outputNames as readonly unknown[]).includes(name)) problem(['outputs', index], 'is no output', expected);
    else if (listed.indexOf(name) < index) problem(['outputs', index], 'is listed twice', 'each once');
  }
  return outputNames.filter((name) => listed.includes(name));
}

function checkListings(listings: unknown, { problem }: Notes): Readonly<Record<string, Listing>> {
  if (listings === undefined) return {};
  const read = listingsSchema.safeParse(listings);
  for (const { path, message } of read.error?.issues ?? []) {
    problem(['listings', ...path.map(String)], 'wrong value', message);
  }
  const entries = Object.entries(read.data ?? {});
  return Object.fromEntries(
    entries.map(([symbol, { from, to }]) => [
      symbol,
      { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    ]),
  );
}

/** The definition as a file of YAML would have it, were its code a series plugin there. */
function valueOf(
  data: Readonly<Record<string, unknown>>,
  outputs: readonly StrategyOutput[],
  { meaning, shape }: ParsedCode,
): Readonly<Record<string, unknown>> {
  const signals = outputs.filter((name) => name !== 'forecast');
  const params = { meaning: sha256(meaning), shape: sha256(shape) };
  return {
    ...data,
    plugins: { [codeAlias]: { plugin: codePluginId, input: {}, params } },
    signals: Object.fromEntries(signals.map((name) => [name, `${codeAlias}.${name}`])),
    ...(outputs.includes('forecast') && { forecast: `${codeAlias}.forecast` }),
  };
}

/** The plugins with the code among them; it is not run here. */
function withCode(plugins: StrategyPlugins, outputs: readonly StrategyOutput[]): StrategyPlugins {
  const plugin = createCodePlugin({ outputs, parameterNames: [] }, () => {
    throw new Error('a file that is checked is not run');
  });
  return { ...plugins, series: new Map([...plugins.series, [codePluginId, plugin]]) };
}
