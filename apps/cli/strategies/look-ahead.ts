import { readFile } from 'node:fs/promises';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import type { CheckedFile } from '../../../adapters/strategy-files/read-strategy.ts';
import { readYaml } from '../../../adapters/strategy-files/yaml-document.ts';
import { checkLookAhead, type Leak, strategyColumns } from '../../../core/strategy/look-ahead.ts';
import { parameterValues, type Strategy } from '../../../core/strategy/strategy.ts';
import { pluginsFor } from '../../../core/strategy/strategy-plugins.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import { type DataOptions, dataOptionsOf } from '../data-options.ts';
import { createProgress } from '../progress.ts';

/** On what a strategy was proven not to look ahead. */
type Proof = Readonly<{ symbol: string; timeframe: string; bars: number }>;
export type ProvenFile = CheckedFile & Readonly<{ lookahead?: Proof }>;

/** Enough for the longest window of an honest strategy; `--bars` asks for more. */
const defaultBars = 3_000;

/** Cuts the primary asset's bars off, and puts noise in their place, for every good file; a leak is a mistake of it. */
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

async function prove(checked: CheckedFile, strategy: Strategy, options: DataOptions): Promise<ProvenFile> {
  const { universe, timeframe } = strategy;
  const { markets } = await loadMarkets({
    bars: defaultBars,
    ...dataOptionsOf(options),
    universe: universe.slice(0, 1),
    timeframe,
  });
  const [{ bars }] = markets;
  const plugins = await pluginsFor(strategy, loadStrategyPlugins);
  const leak = checkLookAhead(strategyColumns(strategy, parameterValues(strategy), plugins), bars);
  const lookahead = { symbol: bars.symbol, timeframe, bars: bars.timeMs.length };
  if (leak === undefined) return { ...checked, lookahead };
  const { strategy: _leaking, ...rest } = checked;
  return { ...rest, errors: [await leakProblem(checked.file, leak)], lookahead };
}

async function leakProblem(file: string, { column, bar, after, value, without, by }: Leak) {
  const { lineOf } = readYaml(await readFile(file, 'utf8'));
  return {
    line: lineOf(column.split('.')),
    path: column,
    message: `looks ahead: bar ${bar} changes when the bars after ${after} are ${by === 'cut' ? 'cut off' : 'replaced by noise'}`,
    expected: String(value),
    found: String(without),
  };
}
