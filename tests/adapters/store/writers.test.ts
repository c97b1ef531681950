import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openPostgresStore } from '../../../adapters/store/postgres/index.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import type { Store } from '../../../core/ports/store.ts';
import { sampledTrialsPerFamily } from '../../../core/validation/family-history.ts';
import { runStart } from '../../contracts/store.ts';
import { needsPostgres } from '../../needs-postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-writers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = fileURLToPath(new URL('writer.ts', import.meta.url));
const keys = 60;

const writer = (place: string, who: string, what = 'trials'): ChildProcess =>
  spawn(process.execPath, [entry, place, who, String(keys), what], { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[0];

/** What processes that write to one store at the same time, or die while they do, leave in it. */
function writersContract(newPlace: () => Promise<string>, open: (place: string) => Promise<Store>): void {
  async function ledgerOf(place: string) {
    const store = await open(place);
    const ledger = await store.family({ strategyId: 'STR-001' }, 1_000);
    store.close();
    return ledger;
  }

  test('at the same time count each trial once', async () => {
    const place = await newPlace();
    const codes = await Promise.all(['ada', 'bob', 'eve'].map((who) => ended(writer(place, who))));
    expect(codes).toEqual([0, 0, 0]);
    const ledger = await ledgerOf(place);
    expect(ledger).toMatchObject({ trials: 3 * keys, sampledTrials: sampledTrialsPerFamily });
    expect(ledger?.entries).toHaveLength(keys);
    expect(new Set(ledger?.entries.flatMap(({ by }) => by.toSorted().join()))).toEqual(new Set(['ada,bob,eve']));
    expect(ledger?.seen.map(({ toMs }) => toMs)).toEqual([1_059, 1_059, 1_059]);
  });

  test('that judge the same strategies at the same time leave one verdict of each, and all get that one', async () => {
    const place = await newPlace();
    const store = await open(place);
    const ids = Array.from({ length: keys }, (_, n) => `STR-${n}`);
    await store.beginRun(runStart('shared', ids));
    const outputs = await Promise.all(
      ['ada', 'bob', 'eve'].map(async (who) => {
        const child = writer(place, who, 'verdicts');
        const [output, code] = await Promise.all([child.stdout === null ? '' : text(child.stdout), ended(child)]);
        return { output, code };
      }),
    );
    const verdicts = await store.verdicts('shared');
    const kept = verdicts.map(({ verdict }) => `${verdict.strategyId} ${verdict.codeVersion}`);
    expect(kept).toHaveLength(keys);
    for (const { output, code } of outputs) {
      expect(code).toBe(0);
      expect(output.trim().split('\n').toSorted()).toEqual(kept.toSorted());
    }
    expect(await Promise.all(ids.map((id) => store.trials(id)))).toEqual(ids.map(() => 1));
    store.close();
  });

  test('that are killed in the middle leave whole trials, and the next one ends with the same', async () => {
    const place = await newPlace();
    for (const after of [1, 7, 20]) {
      const child = writer(place, 'ada');
      let written = 0;
      child.stdout?.on('data', (dots: Buffer) => {
        written += dots.length;
        if (written >= after) child.kill('SIGKILL');
      });
      await ended(child);
      const ledger = await ledgerOf(place);
      expect(ledger?.trials).toBe(3 * (ledger?.entries.length ?? NaN)); // none half counted
      expect(ledger?.entries.length).toBeGreaterThanOrEqual(Math.min(after, keys));
      expect(ledger?.seen).toHaveLength(1);
    }
    expect(await ended(writer(place, 'ada'))).toBe(0);
    expect(await ledgerOf(place)).toMatchObject({ trials: 3 * keys, sampledTrials: sampledTrialsPerFamily });
  });
}

describe('writers of one SQLite file', () => {
  let files = 0;
  writersContract(
    async () => join(folder, `desk-${files++}.sqlite`),
    async (file) => openSqliteStore(file),
  );
});

describe('writers of one PostgreSQL database', () => {
  const server = needsPostgres();
  writersContract(() => server().newDatabase(), openPostgresStore);
});
