import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import { sampledTrialsPerFamily } from '../../../core/validation/family-history.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-ledger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = fileURLToPath(new URL('ledger-writer.ts', import.meta.url));
const keys = 60;

const writer = (file: string, who: string): ChildProcess =>
  spawn(process.execPath, [entry, file, who, String(keys)], { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[0];

async function ledgerOf(file: string) {
  const store = openSqliteStore(file);
  const ledger = await store.family({ strategyId: 'STR-001' }, 1_000);
  store.close();
  return ledger;
}

describe('writers of one ledger', () => {
  test('at the same time count each trial once', async () => {
    const file = join(folder, 'together.sqlite');
    const codes = await Promise.all(['ada', 'bob', 'eve'].map((who) => ended(writer(file, who))));
    expect(codes).toEqual([0, 0, 0]);
    const ledger = await ledgerOf(file);
    expect(ledger).toMatchObject({ trials: 3 * keys, sampledTrials: sampledTrialsPerFamily });
    expect(ledger?.entries).toHaveLength(keys);
    expect(new Set(ledger?.entries.flatMap(({ by }) => by.toSorted().join()))).toEqual(new Set(['ada,bob,eve']));
    expect(ledger?.seen.map(({ toMs }) => toMs)).toEqual([1_059, 1_059, 1_059]);
  });

  test('that are killed in the middle leave whole trials, and the next one ends with the same', async () => {
    const file = join(folder, 'killed.sqlite');
    for (const after of [1, 7, 20]) {
      const child = writer(file, 'ada');
      let written = 0;
      child.stdout?.on('data', (dots: Buffer) => {
        written += dots.length;
        if (written >= after) child.kill('SIGKILL');
      });
      await ended(child);
      const ledger = await ledgerOf(file);
      expect(ledger?.trials).toBe(3 * (ledger?.entries.length ?? NaN)); // none half counted
      expect(ledger?.entries.length).toBeGreaterThanOrEqual(Math.min(after, keys));
      expect(ledger?.seen).toHaveLength(1);
    }
    expect(await ended(writer(file, 'ada'))).toBe(0);
    expect(await ledgerOf(file)).toMatchObject({ trials: 3 * keys, sampledTrials: sampledTrialsPerFamily });
  });
});
