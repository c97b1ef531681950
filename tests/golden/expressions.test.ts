import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../adapters/strategy-files/parse-expression.ts';
import { loadMarkets } from '../../adapters/market-data/load-markets.ts';
import { evaluateExpression } from '../../core/strategy/compile.ts';
import type { ParameterValues } from '../../core/strategy/strategy.ts';
import type { Timeframe } from '../../core/market/timeframe.ts';
import { fixtureDataPath, fixtureFile, fixtureJson } from '../fixture-files.ts';

type GoldenExpression = Readonly<{
  expression: string;
  /** Parameters. */
  set?: ParameterValues;
  first: number | null;
  count: number;
  sum: number;
  sumAbs: number;
  last5: readonly (number | null)[];
  rtol: number;
}>;
type GoldenFile = Readonly<{
  file: string;
  timeframe: Timeframe;
  bars: number;
  expressions: readonly GoldenExpression[];
}>;

const { files } = fixtureJson('golden/eval.json') as { files: readonly GoldenFile[] };

/** The rule of golden/eval.json: the sum is relative to the sum of absolute values, a value to their mean too. */
function differencesOf(values: Float64Array, golden: GoldenExpression): string[] {
  const { first, count, sum, sumAbs, last5, rtol } = golden;
  const present = values.filter((value) => !Number.isNaN(value));
  const found: string[] = [];
  const check = (what: string, holds: boolean, text: string) => {
    if (!holds) found.push(`${what}: ${text}`);
  };
  const firstBar = values.findIndex((value) => !Number.isNaN(value));
  check('first', (firstBar === -1 ? null : firstBar) === first, `${firstBar} instead of ${first}`);
  check('count', present.length === count, `${present.length} instead of ${count}`);
  const total = present.reduce((into, value) => into + value, 0);
  check('sum', Math.abs(total - sum) <= rtol * sumAbs, `${total} instead of ${sum}`);
  const totalAbs = present.reduce((into, value) => into + Math.abs(value), 0);
  check('sumAbs', Math.abs(totalAbs - sumAbs) <= rtol * sumAbs, `${totalAbs} instead of ${sumAbs}`);
  for (const [index, expected] of last5.entries()) {
    const value = values[values.length - 5 + index];
    const agrees =
      expected === null
        ? Number.isNaN(value)
        : Math.abs(value - expected) <= rtol * Math.max(Math.abs(expected), sumAbs / count);
    check(`last5[${index}]`, agrees, `${value} instead of ${expected}`);
  }
  return found;
}

describe('golden expressions, through tokenizer, mathjs, allow-list and compiler', () => {
  it('are the 169 of the specification', () => {
    expect(files.reduce((total, { expressions }) => total + expressions.length, 0)).toBe(169);
  });

  describe.each(files)('on $file', ({ file, timeframe, bars: count, expressions }) => {
    const load = async () => {
      const data = [`FILE/FILE=${fixtureFile(fixtureDataPath(file))}`];
      const { markets } = await loadMarkets({ data, timeframe, bars: count, allowGaps: true });
      return markets[0].bars;
    };

    it.each(expressions)('$expression', async (golden) => {
      const bars = await load();
      const { expression, set: parameters = {} } = golden;
      const values = evaluateExpression(parseExpression(expression, { parameters }), { bars, parameters });
      expect(differencesOf(values, golden)).toEqual([]);
    });
  });
});
