import { existsSync } from 'node:fs';
import { openStore } from '../../../adapters/store/open-store.ts';
import { storeFile } from '../../../adapters/store/places.ts';
import { databaseUrl } from '../../../config/paths.ts';
import { brokenStore } from './broken-store.ts';
import type { Check } from './check.ts';

/** Whether the store can be opened and read by this version; none is made here but in a database that was asked for. */
export async function checkStore(): Promise<Check> {
  const name = 'store';
  const isShared = databaseUrl() !== undefined;
  if (!isShared && !existsSync(storeFile())) return { name, state: 'ok', found: 'none yet: the first run makes one' };
  try {
    const store = await openStore();
    const runs = await store.runs(1);
    store.close();
    const where = isShared ? 'PostgreSQL (DATABASE_URL)' : 'SQLite in the state folder';
    const [newest] = runs;
    return {
      name,
      state: 'ok',
      found: `${where}, ${newest === undefined ? 'no run yet' : `newest run ${newest.runId}`}`,
    };
  } catch (thrown) {
    return brokenStore(name, thrown, {
      shared: 'mend DATABASE_URL or its server, or unset it to use a file of your own',
      file: 'mend or move the file away; a new one is made',
    });
  }
}
