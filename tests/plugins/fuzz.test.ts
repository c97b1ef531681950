import { expect, test } from 'vitest';
import { isPluginId, pluginIds, plugins } from '../../plugins/run-plugin.ts';
import { batchesOf, fuzzCase, type Mode } from './fuzz/cases.ts';
import { checkCase, shown } from './fuzz/check-case.ts';
import { runBatches } from './fuzz/run-batches.ts';

/** `fe_kalman/plain/1234`: one case instead of all of them, in this process and shown in full. */
const replayed = process.env['NIGHTDESK_FUZZ'];

const total = 100_000;
const limits = { threads: 2, timeLimitMs: 10_000, heapMb: 512 };

test(
  replayed === undefined
    ? '100,000 random and hostile inputs compute finite numbers or are refused by their field, within their time'
    : `case ${replayed}`,
  { timeout: 120_000 },
  () => (replayed === undefined ? fuzzAll() : replay(replayed)),
);

function replay(name: string): void {
  const [id = '', mode, number] = name.split('/');
  if (!isPluginId(id)) throw new Error(`NIGHTDESK_FUZZ: no such plugin: ${id}`);
  process.stderr.write(`${shown(fuzzCase(id, mode as Mode, Number(number)))}\n`);
  expect(['computed', 'refused']).toContain(checkCase(id, mode as Mode, Number(number)));
}

async function fuzzAll(): Promise<void> {
  const { tallies, failures } = await runBatches(batchesOf(total, 100, 100), limits);
  expect(failures.slice(0, 20).map(withInput), `${failures.length} failures`).toEqual([]);

  const cases = [...tallies.values()].reduce((sum, { computed, refused }) => sum + computed + refused, 0);
  expect(cases).toBeGreaterThanOrEqual(total);
  // The generator reaches what it is to test: every plugin and mode computes something, and refuses something.
  const oneSided = [...tallies].filter(([, { computed, refused }]) => computed * 20 < refused || refused === 0);
  expect(oneSided).toEqual([]);
  const computing = pluginIds.filter((id) => plugins[id].kind !== 'effect');
  expect(computing.filter((id) => !tallies.has(`${id}/plain`))).toEqual([]);
}

/** A failure with its input, and how to run it alone. */
function withInput(failure: string): string {
  const [name = ''] = failure.split(':');
  const [id = '', mode, number] = name.split('/');
  const input = isPluginId(id) ? shown(fuzzCase(id, mode as Mode, Number(number))) : '';
  const start = input.length > 2000 ? `${input.slice(0, 2000)}…` : input;
  return `${failure}\nalone: NIGHTDESK_FUZZ=${name} npx vitest run tests/plugins/fuzz.test.ts\n${start}`;
}
