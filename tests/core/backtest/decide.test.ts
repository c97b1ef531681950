import { describe, expect, it } from 'vitest';
import { flatBars, planOf, runPlan } from './hand-made.ts';

const bars = flatBars(100, 100, 100, 100, 100, 100, 100, 100);

describe('decisions', () => {
  it('both enters at once are a conflict, and nothing happens', () => {
    expect(runPlan(bars, planOf(bars, { enterLong: [1], enterShort: [1] })).counts).toMatchObject({
      entries: 0,
      conflicts: 1,
    });
  });

  it('an enter with its own exit on one bar is a clash; a conflict counts first', () => {
    expect(runPlan(bars, planOf(bars, { enterLong: [1], exitLong: [1] })).counts).toMatchObject({
      entries: 0,
      entryExitClashes: 1,
    });
    expect(runPlan(bars, planOf(bars, { enterShort: [1], exitShort: [1] })).counts.entryExitClashes).toBe(1);
    const both = planOf(bars, { enterLong: [1], enterShort: [1], exitLong: [1], exitShort: [1] });
    expect(runPlan(bars, both).counts).toMatchObject({ conflicts: 1, entryExitClashes: 0 });
    const other = planOf(bars, { enterLong: [1], exitShort: [1] });
    expect(runPlan(bars, other).counts).toMatchObject({ entries: 1, entryExitClashes: 0 });
  });

  it('an enter while in a position is nothing, the other side too, unless the own exit fires', () => {
    const staying = planOf(bars, { enterLong: [0, 1, 2], enterShort: [3] });
    expect(runPlan(bars, staying).trades.map(({ side, exitReason }) => [side, exitReason])).toEqual([
      ['long', 'endOfData'],
    ]);
    const turning = planOf(bars, { enterLong: [0], exitLong: [3], enterShort: [3] });
    expect(runPlan(bars, turning).trades.map(({ side, entryBar, exitBar }) => [side, entryBar, exitBar])).toEqual([
      ['long', 1, 4],
      ['short', 4, 7],
    ]);
  });

  it('is about to be flat by an exit: conflicts and clashes count there too', () => {
    expect(runPlan(bars, planOf(bars, { enterLong: [0, 3], exitLong: [3] })).counts.entryExitClashes).toBe(1);
    const conflict = planOf(bars, { enterLong: [0, 3], enterShort: [3], exitLong: [3] });
    expect(runPlan(bars, conflict).counts).toMatchObject({ conflicts: 1, entries: 1 });
  });

  it('maxBars ends a position after that many bars, and it may enter again at once', () => {
    const plan = planOf(bars, { enterLong: [0, 1, 2, 3, 4, 5, 6] }, { exits: { maxBars: 2 } });
    const lengths = (fill: 'nextOpen' | 'close') =>
      runPlan(bars, plan, { fill }).trades.map(({ entryBar, exitBar, exitReason }) => [entryBar, exitBar, exitReason]);
    expect(lengths('nextOpen')).toEqual([
      [1, 3, 'maxBars'],
      [3, 5, 'maxBars'],
      [5, 7, 'maxBars'],
      [7, 7, 'endOfData'],
    ]);
    expect(lengths('close')).toEqual([
      [0, 2, 'maxBars'],
      [2, 4, 'maxBars'],
      [4, 6, 'maxBars'],
      [6, 7, 'endOfData'],
    ]);
  });

  it('a signal is the reason before maxBars is', () => {
    const plan = planOf(bars, { enterLong: [0], exitLong: [2] }, { exits: { maxBars: 2 } });
    expect(runPlan(bars, plan).trades[0]?.exitReason).toBe('exitSignal');
  });

  it('tells the position that each bar wants', () => {
    const plan = planOf(bars, { enterLong: [1], exitLong: [3], enterShort: [3], exitShort: [5] });
    expect([...(runPlan(bars, plan).decided[0] ?? [])]).toEqual([0, 1, 1, -1, -1, 0, 0, 0]);
  });
});
