import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { duckDbFeatureStores } from '../../../adapters/feature-store/duckdb-feature-stores.ts';
import type { FeatureRow, FeatureStore } from '../../../core/ports/feature-store.ts';
import { mountTinyDisk } from '../../tiny-disk.ts';

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

/** Starts the process; `line` gives what it says next. A limit in KiB is one for each of its files. */
function startProcess(file: string, task: string, limitKib?: number) {
  const script = fileURLToPath(new URL('store-process.ts', import.meta.url));
  const command = [process.execPath, script, join(folder, file), task];
  // Beyond its limit a write fails like one on a full disk, once the signal is ignored that would end the process.
  const limited = ['bash', '-c', `trap '' XFSZ; ulimit -f ${limitKib}; exec "$@"`, 'bash', ...command];
  const [program = '', ...args] = limitKib === undefined ? command : limited;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { done, value } = await said.next();
    if (done === true) throw new Error('the process ended early');
    return value;
  };
  return { child, line };
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
  const { child: other, line } = startProcess('d.duckdb', 'hold');
  await line();
  await expect(use('d.duckdb', (store) => store.describe())).rejects.toMatchObject({
    code: 'StoreUnavailable',
    message: 'another process has this feature store open',
    place: { file: expect.stringMatching(/d\.duckdb$/), found: expect.stringContaining('Could not set lock on file') },
  });
  await kill(other);
  expect(await use('d.duckdb', (store) => store.describe())).toMatchObject([{ rows: 1 }]);
});

test('a writer that is killed in the middle leaves whole batches, and a store that takes more', async () => {
  const { child: writer, line } = startProcess('e.duckdb', 'fill');
  for (let batches = 0; batches < 3; batches++) await line();
  await kill(writer);
  const [summary] = await use('e.duckdb', (store) => store.describe());
  expect(summary.rows % 2_000).toBe(0);
  expect(summary.rows).toBeGreaterThanOrEqual(3 * 2_000);
  expect(await use('e.duckdb', (store) => store.put([row(1)]))).toEqual({ inserted: 1, unchanged: 0 });
});

test('a disk that is full refuses the batch by name, and leaves the batches before it', async () => {
  const { child: writer, line } = startProcess('h.duckdb', 'fill', 1_000);
  let [put, last] = [0, await line()];
  for (; last.startsWith('put'); last = await line()) put += 1;
  expect(last).toBe('refused ResourceExhausted: the disk is full; nothing was changed');
  await kill(writer);
  expect(await use('h.duckdb', (store) => store.describe())).toMatchObject([{ rows: put * 2_000 }]);
  expect(await use('h.duckdb', (store) => store.put([row(-1)]))).toEqual({ inserted: 1, unchanged: 0 });
});

test('memory that is too small for a put refuses it by its setting, and the store goes on', async () => {
  const place = { path: join(folder, 'i.duckdb'), threads: 1, memoryLimitMb: 64 };
  const many = Array.from({ length: 600_000 }, (_, i) => ({ ...row(i), entity: `a name of some length ${i * 7919}` }));
  await expect(duckDbFeatureStores.use(place, (store) => store.put(many))).rejects.toMatchObject({
    code: 'ResourceExhausted',
    place: { path: 'params.memoryLimitMb' },
  });
  expect(await duckDbFeatureStores.use(place, (store) => store.put([row(1)]))).toEqual({ inserted: 1, unchanged: 0 });
});

const tiny = mkdtempSync(join(tmpdir(), 'feature-disk-'));
const disk = mountTinyDisk(tiny, 64_000);
afterAll(async () => {
  await duckDbFeatureStores.close();
  disk?.unmount();
  rmSync(tiny, { recursive: true });
});

// DuckDB gives its instance up when a checkpoint fails, and refuses every later call of it.
test.skipIf(disk === undefined)('a checkpoint without room: the same process goes on once there is some', async () => {
  const place = { path: join(tiny, 'store.duckdb'), ...limits };
  const ballast = join(tiny, 'ballast');
  writeFileSync(ballast, Buffer.alloc(41_000_000));
  const put = (batch: number) => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ ...row(batch), entity: `${i}`, value: Math.sin(i) }));
    return duckDbFeatureStores.use(place, (store) => store.put(rows));
  };
  let batches = 0;
  const fill = async () => {
    for (; ; batches++) await put(batches);
  };
  await expect(fill()).rejects.toMatchObject({ code: 'ResourceExhausted', place: { found: expect.any(String) } });
  const held = { rows: batches * 20_000 };
  expect(await duckDbFeatureStores.use(place, (store) => store.describe())).toMatchObject([held]);
  rmSync(ballast);
  expect(await put(batches)).toMatchObject({ inserted: 20_000 });
});

test('a snapshot can be read while its store is written: always a whole one, never an older one', async () => {
  const { child: writer, line } = startProcess('j.duckdb', 'export');
  await line();
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const counts: number[] = [];
  const seen = async () => {
    const file = join(folder, 's.parquet');
    const read = await connection.runAndReadAll(`select count(*), max(event_at) from read_parquet('${file}')`);
    const [rows, last] = [Number(read.value(0, 0)), Number(read.value(1, 0))];
    expect(rows).toBe((last + 1) * 2_000);
    counts.push(rows);
    return new Set(counts).size;
  };
  await expect.poll(seen, { timeout: 30_000, interval: 1 }).toBeGreaterThanOrEqual(4);
  await kill(writer);
  connection.closeSync();
  instance.closeSync();
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
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
