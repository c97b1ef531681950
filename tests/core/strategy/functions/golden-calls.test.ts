import { expect, test } from 'vitest';
import { seriesFunctions } from '../../../../core/strategy/functions/index.ts';
import type { Bars } from '../../../../core/market/bars.ts';
import { fixtureBars, fixtureJson } from '../../../fixture-files.ts';
import { callOf, runBatch } from './run.ts';

type Case = Readonly<{
  expression: string;
  first: number | null;
  count: number;
  sum: number;
  sumAbs: number;
  last5: readonly (number | null)[];
  rtol: number;
}>;
type Golden = Readonly<{
  files: readonly Readonly<{ file: string; timeframe: '1h' | '1d'; bars: number; expressions: readonly Case[] }>[];
}>;

/**
 * Enough of the language for calls of calls, names and numbers: the full set runs through the product's own parser and
 * compiler in their tests; here the functions stand alone.
 */
function evaluateCalls(text: string, bars: Bars): Float64Array | undefined {
  const trimmed = text.trim();
  const size = bars.close.length;
  if (/^-?[\d.]+$/.test(trimmed)) return new Float64Array(size).fill(Number(trimmed));
  const names: Readonly<Record<string, Float64Array>> = {
    open: bars.open,
    high: bars.high,
    low: bars.low,
    close: bars.close,
    volume: bars.volume,
    hlc3: bars.close.map((close, bar) => ((bars.high[bar] ?? NaN) + (bars.low[bar] ?? NaN) + close) / 3),
    returns: bars.close.map((close, bar) => close / (bars.close[bar - 1] ?? NaN) - 1),
    hour: bars.timeMs.map((time) => new Date(time).getUTCHours()),
  };
  if (Object.hasOwn(names, trimmed)) return names[trimmed];
  const call = /^(\w+)\((.*)\)(?:\.(\w+))?$/.exec(trimmed);
  if (call === null) return undefined;
  const [, name = '', inside = '', output] = call;
  const parts = splitArguments(inside);
  if (name === 'sqrt' || name === 'log') {
    return evaluateCalls(inside, bars)?.map((value) => finite(Math[name](value)));
  }
  const fn = seriesFunctions.get(name);
  if (fn === undefined) return undefined;
  const seriesCount = fn.args.filter(({ kind }) => kind === 'series').length;
  const series = parts.slice(0, seriesCount).map((part) => evaluateCalls(part, bars));
  const constants = fn.args.slice(seriesCount).map((argument, index) => {
    const part = parts[seriesCount + index];
    return part === undefined && argument.kind === 'window' ? (argument.default ?? NaN) : Number(part);
  });
  if (series.includes(undefined) || constants.some(Number.isNaN)) return undefined;
  const outputs = runBatch(callOf(name, constants, { series: series as Float64Array[], columns: bars }));
  return outputs[output === undefined ? 0 : fn.outputs.indexOf(output)];
}

const finite = (value: number): number => (Number.isFinite(value) ? value : NaN);

function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let place = 0; place < text.length; place += 1) {
    const character = text[place];
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(text.slice(start, place));
      start = place + 1;
    }
  }
  if (text.trim() !== '') parts.push(text.slice(start));
  return parts;
}

const golden = fixtureJson('golden/eval.json') as Golden;

for (const { file, timeframe, bars: count, expressions } of golden.files) {
  const all = fixtureBars(file, 'any', timeframe);
  const bars: Bars = {
    ...all,
    timeMs: all.timeMs.subarray(0, count),
    open: all.open.subarray(0, count),
    high: all.high.subarray(0, count),
    low: all.low.subarray(0, count),
    close: all.close.subarray(0, count),
    volume: all.volume.subarray(0, count),
  };
  const calls = expressions.filter(({ expression }) => {
    const values = evaluateCalls(expression, bars);
    return values !== undefined && expression.includes('(');
  });

  test(`enough of ${file} is calls alone`, () => {
    expect(calls.length).toBeGreaterThanOrEqual(timeframe === '1h' ? 65 : 22);
  });

  for (const { expression, first, count: present, sum, sumAbs, last5, rtol } of calls) {
    test(`${expression} on ${file}`, () => {
      const values = evaluateCalls(expression, bars) ?? new Float64Array(0);
      const there = values.filter((value) => !Number.isNaN(value));
      expect(there.length).toBe(present);
      expect(values.findIndex((value) => !Number.isNaN(value))).toBe(first ?? -1);
      const total = there.reduce((sofar, value) => sofar + value, 0);
      expect(Math.abs(total - sum)).toBeLessThanOrEqual(rtol * sumAbs);
      const wrong = last5.filter((value, index) => {
        const ours = values[count - 5 + index] ?? NaN;
        if (value === null) return !Number.isNaN(ours);
        return !(Math.abs(ours - value) <= rtol * Math.max(Math.abs(value), sumAbs / present));
      });
      expect(wrong).toEqual([]);
    });
  }
}
