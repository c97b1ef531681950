import { expect, test } from 'vitest';
import { batchesOf, batchOf, fuzzCase } from './fuzz/cases.ts';
import { shown } from './fuzz/check-case.ts';
import { runBatches } from './fuzz/run-batches.ts';

/** `fe_kalman/plain/1234`: that case alone. */
const replayed = process.env['NIGHTDESK_FUZZ'];

const total = 100_000;
const batches = replayed === undefined ? batchesOf(total, 100, 100) : [batchOf(replayed)];
const limits = { threads: 2, timeLimitMs: 10_000, heapMb: 512 };
// What CI may take, and twice that on a machine that has other work: 20 s on two cores that have nothing else to do.
const timeout = process.env['CI'] === undefined ? 240_000 : 120_000;

test('100,000 random and hostile inputs give finite numbers or name their field, in time', { timeout }, async () => {
  const { tallies, failures } = await runBatches(batches, limits);
  expect(failures.slice(0, 20).map(withInput), `${failures.length} failures`).toEqual([]);

  const asked = batches.reduce((sum, { count }) => sum + count, 0);
  const done = [...tallies.values()].reduce((sum, { computed, refused }) => sum + computed + refused, 0);
  expect(done).toBe(asked);
  // The generator reaches what it is to test: every plugin and mode computes something, and refuses something.
  const large = [...tallies].filter(([, { computed, refused }]) => computed + refused >= 100);
  expect(large.filter(([, { computed, refused }]) => computed * 20 < refused || refused === 0)).toEqual([]);
});

/** A failure with its input, and how to run it alone. */
function withInput(failure: string): string {
  const [name = ''] = failure.split(':');
  const { id, mode, from } = batchOf(name);
  const input = shown(fuzzCase(id, mode, from));
  const start = replayed === undefined && input.length > 2000 ? `${input.slice(0, 2000)}…` : input;
  return `${failure}\nalone: NIGHTDESK_FUZZ=${name} npx vitest run tests/plugins/fuzz.test.ts\n${start}`;
}
