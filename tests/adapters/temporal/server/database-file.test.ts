import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareDatabase } from '../../../../adapters/temporal/server/database-file.ts';
import { temporaryFolder } from '../fake-programs.ts';

/** A database with its -wal and -shm, each with a content of its own. */
async function database(writtenBy?: string): Promise<string> {
  const file = join(await temporaryFolder(), 'desk.db');
  for (const suffix of ['', '-wal', '-shm']) writeFileSync(file + suffix, `content${suffix}`);
  if (writtenBy !== undefined) writeFileSync(`${file}.version`, `${writtenBy}\n`);
  return file;
}

const expectAside = (aside: string | undefined) => {
  for (const suffix of ['', '-wal', '-shm']) expect(readFileSync(aside + suffix, 'utf8')).toBe(`content${suffix}`);
};

describe('prepareDatabase', () => {
  test('a new file: the folder and the version are there', async () => {
    const file = join(await temporaryFolder(), 'deep', 'desk.db');
    expect(await prepareDatabase(file, '1.32.0')).toBe(undefined);
    expect(readFileSync(`${file}.version`, 'utf8')).toBe('1.32.0\n');
  });

  test('the same version goes on with its file', async () => {
    const file = await database('1.32.0');
    expect(await prepareDatabase(file, '1.32.0')).toBe(undefined);
    expectAside(file);
  });

  test.each([
    ['1.31.2', '1.31.2'],
    [undefined, 'unknown'],
  ])('a file of %s is set aside whole', async (writtenBy, name) => {
    const file = await database(writtenBy);
    const aside = await prepareDatabase(file, '1.32.0');
    expect(aside).toBe(`${file}.server-${name}`);
    expectAside(aside);
    expect(existsSync(file)).toBe(false);
    expect(readFileSync(`${file}.version`, 'utf8')).toBe('1.32.0\n');
  });

  test('nothing that was set aside before is overwritten', async () => {
    const file = await database('1.31.2');
    writeFileSync(`${file}.server-1.31.2`, 'older');
    const aside = await prepareDatabase(file, '1.32.0');
    expect(aside).toBe(`${file}.server-1.31.2-2`);
    expectAside(aside);
    expect(readFileSync(`${file}.server-1.31.2`, 'utf8')).toBe('older');
  });

  test('interrupted between two files, the next start finishes', async () => {
    const file = await database('1.31.2');
    await prepareDatabase(file, '1.32.0');
    // As if it had been killed after the -wal: the database is still there under its name, without a version of now.
    writeFileSync(file, 'content');
    writeFileSync(`${file}.version`, '1.31.2\n');
    const aside = await prepareDatabase(file, '1.32.0');
    expect(readFileSync(`${aside}`, 'utf8')).toBe('content');
    expect(readdirSync(join(file, '..')).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});
