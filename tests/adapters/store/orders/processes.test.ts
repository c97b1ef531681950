import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openPostgresOrderStore } from '../../../../adapters/store/postgres/index.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { sumText } from '../../../../core/orders/amount.ts';
import type { OrderStore } from '../../../../core/ports/order-store.ts';
import { account, idOf, stored, submitted } from '../../../contracts/order-fixtures.ts';
import { needsPostgres } from '../../../needs-postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-order-writers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = fileURLToPath(new URL('order-writer.ts', import.meta.url));

type Writer = Readonly<{ child: ChildProcess; ready: Promise<void>; said: string[]; ended: Promise<unknown> }>;

/** A process that has the store open and waits for `go`. */
function writer(place: string, what: 'submit' | 'fill', count: number, onLine: () => void = () => {}): Writer {
  const child = spawn(process.execPath, [entry, place, what, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: string[] = [];
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  if (child.stdout === null) throw new Error('no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') return resolve();
    said.push(line);
    onLine();
  });
  return { child, ready, said, ended: once(child, 'close').then(([code]: unknown[]) => code) };
}

const go = ({ child }: Writer) => child.stdin?.end('go\n');

/** What processes that work on one store at the same time, or die while they do, leave in it. */
function processContract(newPlace: () => Promise<string>, open: (place: string) => Promise<OrderStore>): void {
  test('fifty orders that two processes submit at once are each won by one of them', async () => {
    const orders = 50;
    const place = await newPlace();
    const store = await open(place);
    for (let n = 0; n < orders; n++) await stored(store, `race ${n}`);
    const writers = [writer(place, 'submit', orders), writer(place, 'submit', orders)];
    await Promise.all(writers.map(({ ready }) => ready));
    writers.forEach(go);
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0]);
    const said = writers.flatMap((each) => each.said);
    const of = (kind: string) =>
      said
        .filter((line) => line.startsWith(kind))
        .map((line) => Number(line.split(' ')[1]))
        .toSorted((a, b) => a - b);
    const each = Array.from({ length: orders }, (_, n) => n);
    expect(of('won')).toEqual(each);
    expect(of('lost')).toEqual(each);
    expect((await store.decisions({ limit: 1_000 })).filter(({ what }) => what === 'submitted')).toHaveLength(orders);
    store.close();
  });

  test('a process that is killed while it applies fills leaves whole ones, and the next one ends with each once', async () => {
    const fills = 60;
    const place = await newPlace();
    const store = await open(place);
    await submitted(store, 'to fill', { amount: '1' });
    for (const after of [1, 9, 31]) {
      const killed: Writer = writer(place, 'fill', fills, () => {
        if (killed.said.length >= after) killed.child.kill('SIGKILL');
      });
      await killed.ready;
      go(killed);
      await killed.ended;
      const shown = await store.fills({ account });
      const record = await store.order(idOf('to fill'));
      // What it said it had done is there, and nothing is there by halves.
      expect(shown.length).toBeGreaterThanOrEqual(killed.said.length);
      expect(record?.appliedExecuted).toBe(sumText(...shown.map(({ amount }) => amount)));
      expect(await store.entriesOf(idOf('to fill'))).toHaveLength(6 * shown.length);
      const traded = (await store.ledgerTotals(account)).find(
        ({ ledgerAccount, asset }) => ledgerAccount === 'trading' && asset === 'BTC',
      );
      expect(traded?.amount).toBe(`-${record?.appliedExecuted}`);
    }
    const last = writer(place, 'fill', fills);
    await last.ready;
    go(last);
    expect(await last.ended).toBe(0);
    expect(await store.fills({ account })).toHaveLength(fills);
    expect(await store.order(idOf('to fill'))).toMatchObject({ appliedExecuted: '0.6' });
    expect(await store.alerts({})).toEqual([]);
    store.close();
  });
}

describe('processes on one SQLite file', () => {
  let files = 0;
  processContract(
    async () => join(folder, `orders-${files++}.sqlite`),
    async (file) => openSqliteOrderStore(file),
  );
});

describe('processes on one PostgreSQL database', () => {
  const server = needsPostgres({ durable: true });
  processContract(() => server().newDatabase(), openPostgresOrderStore);
});
