import { writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCodeThread } from '../../../adapters/strategy-code/code-thread.ts';
import { parseCode } from '../../../adapters/strategy-code/parse-code.ts';
import { pluginsFor } from '../../../adapters/strategy-code/load-code.ts';
import { readStrategy } from '../../../adapters/strategy-files/read-strategy.ts';
import { runBacktest } from '../../../core/backtest/engine.ts';
import { createPointRunner, sweepResultNames } from '../../../core/backtest/sweep/sweep.ts';
import { DeskError } from '../../../core/errors.ts';
import { sliceBars } from '../../../core/market/bars.ts';
import { startRun } from '../../../core/strategy/live-run.ts';
import { loadNoPlugins } from '../../../core/strategy/strategy-plugins.ts';
import { fixtureBars } from '../../fixture-files.ts';
import { codeText, compileCode, writeCode } from './strategy-file.ts';

const bars = sliceBars(fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h'), 0, 600);

test('a strategy says the same for all bars at once and bar by bar, kept and gone on from in between', async () => {
  const compiled = await compileCode(writeCode(codeText()));
  const plan = compiled.evaluate(bars, { margin: 0.02 });
  let run = startRun(compiled, { margin: 0.02 });
  const said = Array.from(bars.timeMs, (timeMs, bar) => {
    if (bar % 97 === 50) run = startRun(compiled, { margin: 0.02 }, JSON.parse(JSON.stringify(run.save())));
    const { open, high, low, close, volume } = bars;
    const now = { open: open[bar], high: high[bar], low: low[bar], close: close[bar], volume: volume[bar] };
    return run.next({ timeMs, ...now });
  });
  expect(said.map(({ enterLong }) => Number(enterLong))).toEqual(Array.from(plan.enterLong ?? []));
  expect(said.map(({ exitLong }) => Number(exitLong))).toEqual(Array.from(plan.exitLong ?? []));
  expect(said.map(({ forecast }) => forecast)).toEqual(Array.from(plan.forecast ?? []));
});

test('the sweep and the event engine agree on it', async () => {
  const compiled = await compileCode(writeCode(codeText({ data: "name: 'x', exits: { stopLoss: 0.03 }" })));
  const options = {
    fill: 'nextOpen',
    startEquity: 10_000,
    closeAtEnd: true,
    returns: 'daily',
    costs: compiled.strategy.costs,
  } as const;
  const columns = Object.fromEntries(sweepResultNames.map((name) => [name, new Float64Array(2)])) as Parameters<
    ReturnType<typeof createPointRunner>['run']
  >[2];
  const runner = createPointRunner(compiled, { markets: [{ bars }], options });
  for (const [row, margin] of [0, 0.05].entries()) runner.run(Float64Array.of(margin), row, columns);
  for (const [row, margin] of [0, 0.05].entries()) {
    const result = runBacktest(compiled, [{ bars }], { ...options, parameters: { margin } });
    expect(columns.trades[row]).toBe(result.trades.length);
    expect(columns.finalEquity[row]).toBeCloseTo(result.finalEquity, 6);
  }
  expect(columns.trades[0]).toBeGreaterThan(0);
});

const refused = async (text: string): Promise<DeskError> => {
  const compiled = await compileCode(writeCode(text));
  try {
    compiled.evaluate(bars, {});
  } catch (thrown) {
    if (thrown instanceof DeskError) return thrown;
  }
  throw new Error('nothing was refused');
};

const answers: readonly (readonly [what: string, next: string, place: object])[] = [
  ['randomness', 'return { enterLong: Math.random() > 0.5 };', { line: 8, path: 'determinism' }],
  ['the clock', 'return { enterLong: Date.now() > 5 };', { line: 8, path: 'determinism' }],
  ['the clock as a date', 'return { enterLong: new Date().getTime() > 5 };', { line: 8, path: 'determinism' }],
  ['the time zone', 'return { enterLong: new Date(bar.timeMs).getHours() > 5 };', { line: 8, path: 'determinism' }],
  ['the process', 'return { enterLong: process.pid > 5 };', { line: 8, path: 'determinism' }],
  ['what it has not', 'return { enterLong: missing.x };', { line: 8 }],
  ['code made of text', "return { enterLong: new Function('return 1')() === 1 };", { line: 8 }],
  ['a number as a signal', 'return { enterLong: 1 as never };', { path: 'enterLong', found: 'number' }],
  ['an output that is not listed', 'return { enterShort: true } as never;', { path: 'outputs' }],
  ['no answer', 'return undefined as never;', { path: 'next', found: 'undefined' }],
];

describe('code is refused where it stands', () => {
  test.each(answers)('for %s', async (_, next, place) => {
    const { code, place: found } = await refused(codeText({ next }));
    expect({ code, ...found }).toMatchObject({ code: 'BadInput', ...place });
    expect(found.file).toMatch(/STR-901-mean\.ts$/);
  });

  test('for bars that it writes into', async () => {
    const evaluate = `evaluate(bars) {
    bars.open.set(bars.low);
    return { enterLong: bars.close, exitLong: bars.close, forecast: bars.close };
  },`;
    const { message, place } = await refused(codeText({ more: evaluate }));
    expect([message, place.path]).toEqual(['evaluate writes into its bars: open of bar 0', 'bars.open']);
  });

  test('for a column that is too short', async () => {
    const evaluate = 'evaluate: () => ({ enterLong: [true], exitLong: [], forecast: [] }),';
    const { place } = await refused(codeText({ more: evaluate }));
    expect(place).toMatchObject({ path: 'evaluate.enterLong', expected: '600 values', found: '1 values' });
  });

  test('for a state that cannot be kept', async () => {
    const compiled = await compileCode(writeCode(codeText({ start: '({ sum: 0, count: 0, seen: new Map() })' })));
    const run = startRun(compiled, {});
    const bar = { timeMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    expect(() => run.next(bar)).toThrow(expect.objectContaining({ message: 'cannot be kept between bars' }));
  });

  test('for a file that has changed since it was read', async () => {
    const file = writeCode(codeText());
    const strategy = await readStrategy(file);
    writeFileSync(file, codeText({ next: 'return {};' }));
    await expect(pluginsFor(strategy, loadNoPlugins)).rejects.toThrow('has changed since it was read');
  });
});

describe('code takes no more than it may, and the next request is answered', () => {
  const request = (high: number) => {
    const timeMs = Float64Array.of(1, 2);
    const flat = Float64Array.of(high, high);
    return {
      parameters: {},
      stepwise: false,
      bars: { timeMs, open: flat, high: flat, low: flat, close: flat, volume: flat },
    };
  };
  const threadOf = (next: string, limits: { timeMs: number; memoryMb: number }) => {
    const parsed = parseCode(codeText({ next }));
    if (!('javascript' in parsed)) throw new Error('not read');
    const thread = createCodeThread(
      { file: 'STR-901.ts', javascript: parsed.javascript, outputs: ['enterLong'] },
      limits,
    );
    onTestFinished(thread.close);
    return thread;
  };

  test.each([
    [
      'time',
      'for (;;) if (bar.high < 2) return { enterLong: true };',
      { timeMs: 1_000, memoryMb: 512 },
      /took too long/,
    ],
    ['heap', greedy('new Array(1000).fill(state.sum)'), { timeMs: 60_000, memoryMb: 64 }, /took too much memory/],
    ['arrays', greedy('new Float64Array(100_000)'), { timeMs: 60_000, memoryMb: 64 }, /took too much memory/],
  ])('of %s', (_, next, limits, message) => {
    const { ask } = threadOf(next, limits);
    expect(() => ask(request(9))).toThrow(expect.objectContaining({ message: expect.stringMatching(message) }));
    expect(Array.from(ask(request(1)).columns[0])).toEqual([1, 1]);
  });
});

function greedy(value: string): string {
  return `const kept: unknown[] = []; for (;;) { if (bar.high < 2) return { enterLong: true }; kept.push(${value}); }`;
}
