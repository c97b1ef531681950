import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes the database file fit for a server of that version. The development server migrates nothing, so a file that
 * another version wrote (or that nobody says who wrote) is set aside with its -wal and -shm, never deleted. The version
 * stands in `<file>.version`, written before the server that creates the file starts. Returns the new name of what was
 * set aside.
 */
export async function prepareDatabase(dbFile: string, serverVersion: string): Promise<string | undefined> {
  await mkdir(dirname(dbFile), { recursive: true });
  const versionFile = `${dbFile}.version`;
  const writtenBy = (await readFile(versionFile, 'utf8').catch(() => undefined))?.trim();
  if (writtenBy === serverVersion) return undefined;
  const aside = existsSync(dbFile) ? await setAside(dbFile, writtenBy ?? 'unknown') : undefined;
  await writeFile(`${versionFile}.new`, `${serverVersion}\n`);
  await rename(`${versionFile}.new`, versionFile);
  return aside;
}

/** The -wal first: a database without its -wal would look whole and miss what was written last. */
async function setAside(dbFile: string, writtenBy: string): Promise<string> {
  const base = `${dbFile}.server-${writtenBy}`;
  let aside = base;
  for (let n = 2; existsSync(aside); n += 1) aside = `${base}-${n}`;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(dbFile + suffix)) await rename(dbFile + suffix, aside + suffix);
  }
  return aside;
}
