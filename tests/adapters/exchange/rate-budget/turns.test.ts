import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRateBudget } from '../../../../adapters/exchange/rate-budget/rate-budget.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-turns-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'rate-budget.db');
}

/** Two processes' budgets on one file and clock; `pause` is what a wait does. */
function two(pause: (ms: number) => Promise<void>, nowMs: () => number, file = newFile()) {
  const [one, other] = ['one', 'other'].map((owner) => createRateBudget({ file, owner, nowMs, pauseFor: pause }));
  onTestFinished(() => {
    one.close();
    other.close();
  });
  return { one, other, file };
}

const atOnce = () => Promise.reject(new Error('it had to wait'));

test('numbers rise over all processes and are never below what is wanted', async () => {
  const { one, other } = two(atOnce, () => 0);
  const numbers: number[] = [];
  for (const [budget, least] of [
    [one, 100],
    [other, 90],
    [other, 90],
    [one, 500],
    [other, 100],
  ] as const) {
    const turn = await budget.takeTurn('key', least);
    numbers.push(turn.number);
    turn.end();
  }
  expect(numbers).toEqual([100, 101, 102, 500, 501]);
});

test('a process keeps its own order; another waits for the answer, for a second at most', async () => {
  let nowMs = 1_000;
  const pass = async (ms: number) => void (nowMs += ms);
  const { one, other } = two(pass, () => nowMs);
  await one.takeTurn('key', 1); // never answered
  await one.takeTurn('key', 1);
  expect(nowMs).toBe(1_000);
  await other.takeTurn('another key', 1);
  expect(nowMs).toBe(1_000);
  expect((await other.takeTurn('key', 1)).number).toBe(3);
  expect(nowMs).toBe(2_000);
});

test('who waits comes before the next of who had the turn', async () => {
  const { one, other } = two(
    () => new Promise((resolve) => setImmediate(resolve)),
    () => 1_000,
  );
  const first = await one.takeTurn('key', 1);
  const order: string[] = [];
  const takes = async (name: string, budget: typeof one) => {
    const { end } = await budget.takeTurn('key', 1);
    order.push(name);
    end();
  };
  const waiting = takes('other', other);
  first.end();
  await takes('one', one);
  await waiting;
  expect(order).toEqual(['other', 'one']);
});

test('a machine that was started anew goes on with the numbers and waits for nobody', async () => {
  const { one, file } = two(atOnce, () => 1e9);
  await one.takeTurn('key', 700); // never answered
  const database = new DatabaseSync(file);
  database.exec('UPDATE boot SET started_s = started_s - 1000');
  database.close();
  const later = two(atOnce, () => 0, file);
  expect((await later.other.takeTurn('key', 1)).number).toBe(701);
});

test('a turn may end after the budget was closed', async () => {
  const budget = createRateBudget({ file: newFile() });
  const { end } = await budget.takeTurn('key', 1);
  budget.close();
  expect(end).not.toThrow();
});
