import { statSync } from 'node:fs';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { parseExpression } from '../../../adapters/strategy-files/parse-expression.ts';
import { DeskError } from '../../../core/errors.ts';
import type { Bars } from '../../../core/market/bars.ts';
import type { MarketRequest } from '../../../core/ports/market-data.ts';
import { evaluateExpression } from '../../../core/strategy/compile.ts';
import { dataOptionsOf } from '../data-options.ts';
import type { EvalOptions } from '../eval.ts';
import { count, utcTime } from '../format.ts';
import { holdoutDocument, holdoutText } from '../holdout.ts';
import { notice, print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';
import { parameterSettings } from './parameter-settings.ts';

const defaultSymbol = 'BTC/USDT:USDT';
const lastRows = 10;

/** Runs `nightdesk eval` and prints the values. */
export async function runEval(text: string, options: EvalOptions): Promise<void> {
  const parameters = parameterSettings(options.set ?? []);
  const expression = parseExpression(text, { parameters });
  const loaded = await loadMarkets(requestOf(options));
  const { markets, warnings } = loaded;
  if (markets.length > 1) {
    throw new DeskError('Usage', 'an expression is evaluated on one market', {
      path: '--data',
      expected: 'one file, or --symbol',
      found: markets.map(({ bars }) => bars.symbol).join(', '),
    });
  }
  const [{ bars }] = markets;
  const values = evaluateExpression(expression, { bars, parameters });
  if (options.json) {
    const { timeMs } = bars;
    printJson({
      bars: timeMs.length,
      from: timeMs[0],
      to: timeMs[timeMs.length - 1],
      values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
      holdout: holdoutDocument(loaded),
    });
  } else {
    printValues(text, bars, values);
    print(`holdout ${holdoutText(loaded)}`);
  }
  for (const warning of warnings) notice(`warning: ${warning}`);
}

/** The symbol that `--data SYMBOL=file` or a file's name says; of folders, the store and the sample: `--symbol`. */
function requestOf({ symbol, timeframe, ...options }: EvalOptions): MarketRequest {
  const data = dataOptionsOf(options);
  const onlyFolders = (data.data ?? []).every((entry) => statSync(entry, { throwIfNoEntry: false })?.isDirectory());
  const universe = symbol ?? (onlyFolders ? defaultSymbol : undefined);
  return { ...data, ...(universe !== undefined && { universe: [universe] }), ...(timeframe && { timeframe }) };
}

/** The last values and what they are like. */
function printValues(text: string, { symbol, timeframe, timeMs }: Bars, values: Float64Array): void {
  const present = values.filter((value) => !Number.isNaN(value));
  const first = values.findIndex((value) => !Number.isNaN(value));
  const size = values.length;
  print(`${text}  on ${count(size)} x ${timeframe} of ${symbol}`);
  print(`${count(present.length)} values, ${count(size - present.length)} missing`);
  if (present.length > 0) {
    const [low, high] = extremes(present);
    const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
    print(`first at bar ${count(first)} (${utcTime(timeMs[first])}); lowest ${low}, mean ${mean}, highest ${high}`);
  }
  const rows = Math.min(lastRows, size);
  print();
  print(
    renderTable(
      [{ title: 'Bar', align: 'right' }, { title: 'Time (UTC)' }, { title: 'Value', align: 'right' }],
      Array.from({ length: rows }, (_, row) => size - rows + row).map((bar) => [
        count(bar),
        utcTime(timeMs[bar]),
        Number.isNaN(values[bar]) ? 'missing' : String(values[bar]),
      ]),
    ),
  );
}

function extremes(values: Float64Array): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
