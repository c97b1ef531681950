import { readFile } from 'node:fs/promises';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import type { CheckedFile } from '../../../adapters/strategy-files/read-strategy.ts';
import { readYaml, type StrategyProblem } from '../../../adapters/strategy-files/yaml-document.ts';
import { checkStrategyLeaks, spansOf } from '../../../adapters/validation/leaks.ts';
import { DeskError } from '../../../core/errors.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';
import {
  type LeakFinding,
  type LeakName,
  leakQuestions,
  type LeakResult,
  type MarketSpan,
} from '../../../core/validation/leaks/leak-check.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import { type DataOptions, dataOptionsOf } from '../data-options.ts';
import { createProgress } from '../progress.ts';

/** One check by name: what it asks, and what came of it. */
type LeakCheck = Readonly<{
  name: LeakName;
  question: string;
  state: 'passed' | 'failed' | 'skipped';
  message?: string;
}>;

/** On what a strategy was checked, and what each check has found. */
type Proof = Readonly<{ symbol: string; timeframe: string; bars: number; checks: readonly LeakCheck[] }>;
export type ProvenFile = CheckedFile & Readonly<{ lookahead?: Proof }>;

/** Runs every check for leaks on the primary asset's bars for each good file; what one finds is a mistake of the file. */
export async function proveNoLookAhead(files: readonly CheckedFile[], options: DataOptions): Promise<ProvenFile[]> {
  const progress = createProgress('look-ahead');
  const proven: ProvenFile[] = [];
  for (const [i, checked] of files.entries()) {
    progress.update(i, files.length, checked.strategyId);
    proven.push(checked.strategy === undefined ? checked : await prove(checked, checked.strategy, options));
  }
  progress.finish();
  return proven;
}

/** Enough for the longest window of an honest strategy. */
const expressionBars = 3_000;

async function prove(checked: CheckedFile, strategy: Strategy, options: DataOptions): Promise<ProvenFile> {
  const { universe, timeframe } = strategy;
  const { markets } = await loadMarkets({
    // Expressions cannot leak: some bars show that the language keeps its word. Code may wait for the last one.
    ...(strategy.code === undefined && { bars: expressionBars }), // `--bars` asks for more
    ...dataOptionsOf(options),
    universe: universe.slice(0, 1),
    timeframe,
  });
  const [{ bars }] = markets;
  const spans = await universeSpans(strategy, options);
  const results = await checkStrategyLeaks(strategy, loadStrategyPlugins, { bars, spans });
  const lookahead = { symbol: bars.symbol, timeframe, bars: bars.timeMs.length, checks: results.map(checkOf) };
  const lineOf = await linesOf(checked.file, strategy);
  const problems = results.flatMap(({ name, finding }) =>
    finding === undefined ? [] : [{ name, problem: problemOf(name, finding, lineOf) }],
  );
  // A file of YAML has no place to declare when its markets came and went.
  const isAdvice = ({ name }: { name: LeakName }) => name === 'survivorship' && strategy.code === undefined;
  const errors = problems.filter((each) => !isAdvice(each)).map(({ problem }) => problem);
  const warnings = [...checked.warnings, ...problems.filter(isAdvice).map(({ problem }) => problem)];
  if (errors.length === 0) return { ...checked, warnings, lookahead };
  const { strategy: _leaking, ...rest } = checked;
  return { ...rest, errors, warnings, lookahead };
}

/** From when to when the whole universe has bars; nothing where some of it has none. */
async function universeSpans({ universe, timeframe }: Strategy, options: DataOptions): Promise<readonly MarketSpan[]> {
  const { bars: _first, ...asked } = dataOptionsOf(options);
  try {
    const { markets } = await loadMarkets({ ...asked, universe, timeframe, allowGaps: true });
    return spansOf(markets);
  } catch (thrown) {
    if (thrown instanceof DeskError) return [];
    throw thrown;
  }
}

function checkOf({ name, finding, skipped }: LeakResult): LeakCheck {
  const message = finding?.message ?? skipped;
  return {
    name,
    question: leakQuestions[name],
    state: finding !== undefined ? 'failed' : skipped !== undefined ? 'skipped' : 'passed',
    ...(message === undefined ? {} : { message }),
  };
}

type LineOf = (path: readonly (string | number)[]) => number;

/** In TypeScript, what is computed stands in `evaluate`, or else in `next`. */
async function linesOf(file: string, { code }: Strategy): Promise<LineOf> {
  const text = await readFile(file, 'utf8');
  if (code === undefined) return readYaml(text).lineOf;
  const { parseCode } = await import('../../../adapters/strategy-code/parse-code.ts');
  const parsed = parseCode(text);
  if (!('lineOf' in parsed)) return () => 1;
  const computed = parsed.code.has('evaluate') ? 'evaluate' : 'next';
  return ([part, ...rest]) =>
    part === 'signals' || part === 'forecast' ? parsed.lineOf([computed]) : parsed.lineOf([part, ...rest]);
}

function problemOf(name: LeakName, { message, column, expected, found, line }: LeakFinding, lineOf: LineOf) {
  const problem: StrategyProblem = {
    line: line ?? lineOf((column ?? 'signals').split('.')),
    path: column ?? '',
    message: `${name}: ${message}`,
    expected: expected ?? 'the same',
    ...(found === undefined ? {} : { found }),
  };
  return problem;
}
