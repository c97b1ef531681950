import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { duckDbFeatureStores } from '../../../adapters/feature-store/duckdb-feature-stores.ts';
import type { FeatureRow, FeatureStore } from '../../../core/ports/feature-store.ts';

let folder = '';
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'feature-stores-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await duckDbFeatureStores.close();
  rmSync(folder, { recursive: true });
});

const limits = { threads: 2, memoryLimitMb: 256 };
const use = <T>(file: string, work: (store: FeatureStore) => Promise<T>) =>
  duckDbFeatureStores.use({ path: join(folder, file), ...limits }, work);
const row = (n: number): FeatureRow => ({ feature: 'f', entity: 'x', eventAt: n, knownAt: n, value: n });

/** Starts the process and waits for its `lines`-th line. */
async function startProcess(file: string, task: string, lines: number): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('store-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, join(folder, file), task], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (let seen = 0; seen < lines; seen++) {
    const { done } = await said.next();
    if (done === true) throw new Error('the process ended early');
  }
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('calls side by side share one instance, by whatever name the file goes', async () => {
  await use('a.duckdb', (store) => store.put([row(0)]));
  symlinkSync(join(folder, 'a.duckdb'), join(folder, 'b.duckdb'));
  const puts = Array.from({ length: 20 }, (_, i) =>
    use(i % 2 ? 'a.duckdb' : 'b.duckdb', (store) => store.put([row(i + 1)])),
  );
  const reads = Array.from({ length: 20 }, () =>
    use('a.duckdb', (store) => store.asOf({ features: ['f'], points: [{ entity: 'x', asOf: 0 }] })),
  );
  expect((await Promise.all(puts)).every(({ inserted }) => inserted === 1)).toBe(true);
  expect((await Promise.all(reads)).every(({ values }) => values[0]?.value === 0)).toBe(true);
  expect(await use('b.duckdb', (store) => store.describe())).toMatchObject([{ rows: 21 }]);
});

test('a refused put does not stop the ones that wait behind it', async () => {
  await use('c.duckdb', (store) => store.put([row(1)]));
  const results = await Promise.allSettled([
    use('c.duckdb', (store) => store.put([{ ...row(1), value: 5 }])),
    use('c.duckdb', (store) => store.put([row(2)])),
  ]);
  expect(results).toMatchObject([
    { status: 'rejected', reason: { code: 'BadInput', place: { path: 'rows[0]' } } },
    { status: 'fulfilled', value: { inserted: 1 } },
  ]);
});

test('another process that has the file open is named, and the store is there once it ended', async () => {
  const other = await startProcess('d.duckdb', 'hold', 1);
  await expect(use('d.duckdb', (store) => store.describe())).rejects.toMatchObject({
    code: 'StoreUnavailable',
    message: 'another process has this feature store open',
    place: { file: expect.stringMatching(/d\.duckdb$/), found: expect.stringContaining('Could not set lock on file') },
  });
  await kill(other);
  expect(await use('d.duckdb', (store) => store.describe())).toMatchObject([{ rows: 1 }]);
});

test('a writer that is killed in the middle leaves whole batches, and a store that takes more', async () => {
  const writer = await startProcess('e.duckdb', 'fill', 3);
  await kill(writer);
  const [summary] = await use('e.duckdb', (store) => store.describe());
  expect(summary.rows % 2_000).toBe(0);
  expect(summary.rows).toBeGreaterThanOrEqual(3 * 2_000);
  expect(await use('e.duckdb', (store) => store.put([row(1)]))).toEqual({ inserted: 1, unchanged: 0 });
});

test('a store of a newer version is refused', async () => {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(join(folder, 'f.duckdb'));
  const connection = await instance.connect();
  await connection.run('create table meta as select 2 as schema_version');
  connection.closeSync();
  instance.closeSync();
  await expect(use('f.duckdb', (store) => store.describe())).rejects.toMatchObject({
    code: 'StoreTooNew',
    place: { found: '2' },
  });
});

test('no thread opens a store', async () => {
  const adapter = new URL('../../../adapters/feature-store/duckdb-feature-stores.ts', import.meta.url).href;
  const place = JSON.stringify({ path: join(folder, 'g.duckdb'), ...limits });
  const code = `const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(adapter)}).then(({ duckDbFeatureStores }) =>
      duckDbFeatureStores.use(${place}, (store) => store.describe()).catch((thrown) => parentPort.postMessage(thrown.code)));`;
  const worker = new Worker(code, { eval: true });
  const [message] = await once(worker, 'message');
  expect(message).toBe('Internal');
  await worker.terminate();
});
