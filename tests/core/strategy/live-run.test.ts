import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTree } from '../../../adapters/strategy-files/parse-expression.ts';
import { type Bars, sliceBars } from '../../../core/market/bars.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import type { SavedState } from '../../../core/strategy/functions/series-function.ts';
import { type LiveBar, type LiveSignals, startRun } from '../../../core/strategy/live-run.ts';
import { signalNames, type Strategy } from '../../../core/strategy/strategy.ts';
import { fixtureBars, fixtureJson } from '../../fixture-files.ts';
import { shippedStrategies } from '../../shipped-strategies.ts';

const bars = sliceBars(fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h'), 0, 700);

const barAt = ({ timeMs, open, high, low, close, volume }: Bars, bar: number): LiveBar => ({
  timeMs: timeMs[bar],
  open: open[bar],
  high: high[bar],
  low: low[bar],
  close: close[bar],
  volume: volume[bar],
});

const throughJson = (state: SavedState): SavedState => JSON.parse(JSON.stringify(state)) as SavedState;

/** Runs bar by bar, saved and started again at each cut. */
function runLive(strategy: Strategy, cuts: readonly number[]): LiveSignals[] {
  const compiled = compileStrategy(strategy);
  const said: LiveSignals[] = [];
  let run = startRun(compiled, {});
  for (let bar = 0; bar < bars.timeMs.length; bar += 1) {
    if (cuts.includes(bar)) run = startRun(compiled, {}, throughJson(run.save()));
    said.push(run.next(barAt(bars, bar)));
  }
  return said;
}

/** The first bar and name where the live run differs from the batch by a bit. */
function firstDifference(strategy: Strategy, live: readonly LiveSignals[]): string | undefined {
  const batch = compileStrategy(strategy).evaluate(bars, {});
  for (const [bar, said] of live.entries()) {
    for (const name of signalNames) {
      const column = batch[name];
      const expected = column === undefined ? undefined : column[bar] === 1;
      if (said[name] !== expected) return `${name} at ${bar}`;
    }
    if (!Object.is(said.forecast, batch.forecast?.[bar])) return `forecast at ${bar}`;
  }
  return undefined;
}

const cuts = fc.array(fc.nat(bars.timeMs.length - 1), { maxLength: 4 });

describe('a shipped strategy says the same bar by bar as in a batch, from any cut', () => {
  test.each(shippedStrategies())('$id', ({ strategy }) => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(firstDifference(strategy, runLive(strategy, places))).toBeUndefined();
      }),
      { numRuns: 5 },
    );
  });
});

/** Every golden expression without parameters as the forecast of a strategy. */
const expressions = (
  fixtureJson('golden/eval.json') as { files: { expressions: { expression: string; set?: object }[] }[] }
).files.flatMap((file) => file.expressions.filter(({ set }) => set === undefined).map(({ expression }) => expression));

const forecasting = (expression: string): Strategy => ({
  id: 'STR-900',
  name: expression,
  hypothesis: 'A test.',
  lineage: { source: 'manual' },
  universe: ['ETH/USDT'],
  timeframe: '1h',
  parameters: [],
  constraints: [],
  features: [],
  plugins: [],
  signals: { enterLong: parseTree(`crossover(${expression}, 0)`), exitLong: parseTree(`not (${expression})`) },
  forecast: parseTree(expression),
  exits: {},
  sizing: { method: 'fraction', fraction: parseTree('1') },
  costs: { feeBps: 10, slippageBps: 0 },
});

describe('so does every golden expression', () => {
  test.each([...new Set(expressions)])('%s', (expression) => {
    const strategy = forecasting(expression);
    expect(firstDifference(strategy, runLive(strategy, [0, 1, 2, 50, 333]))).toBeUndefined();
  });
});

describe('refuses a state', () => {
  const strategy = forecasting('sma(close, 5)');

  test.each([
    ['of another window', startRun(compileStrategy(forecasting('sma(close, 6)')), {}).save()],
    ['of another function', startRun(compileStrategy(forecasting('ema(close, 5)')), {}).save()],
    ['that is cut short', { ...(startRun(compileStrategy(strategy), {}).save() as object), steps: [] }],
    ['that is none', 5],
    ['that is null', null],
  ])('%s', (_, state) => {
    expect(() => startRun(compileStrategy(strategy), {}, state)).toThrow(/saved state/);
  });
});
