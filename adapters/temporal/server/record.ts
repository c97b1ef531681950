import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolder } from '../../../config/paths.ts';
import { startToken } from '../process.ts';

/** What is written down about a running server beside its database, so that the next start finds it. */
export type ServerRecord = Readonly<{
  /** The server's process, and when it started: a pid alone may be given to another. */
  pid: number;
  startToken: string;
  address: string;
  uiAddress: string | undefined;
  serverVersion: string;
}>;

/** The database of the desk's server. */
export const defaultDatabase = (): string => join(stateFolder(), 'temporal', 'desk.db');

/** The file that says which server runs on a database. */
export const recordFileOf = (dbFile: string): string => `${dbFile}.server`;

/** The server that runs on this desk's database, whatever its port. */
export const findRunningServer = (): Promise<ServerRecord | undefined> =>
  readLiveRecord(recordFileOf(defaultDatabase()));

/** Writes the record in one step. */
export async function writeRecord(file: string, record: ServerRecord): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(record)}\n`);
  await rename(unfinished, file);
}

/** The record whose process still runs; a stale or unreadable one is removed. */
export async function readLiveRecord(file: string): Promise<ServerRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = parseRecord(text);
  if (record !== undefined && (await startToken(record.pid)) === record.startToken) return record;
  await rm(file, { force: true });
  return undefined;
}

function parseRecord(text: string): ServerRecord | undefined {
  try {
    const { pid, startToken: token, address, uiAddress, serverVersion } = JSON.parse(text);
    const complete = Number.isInteger(pid) && [token, address, serverVersion].every((part) => typeof part === 'string');
    return complete ? { pid, startToken: token, address, uiAddress, serverVersion } : undefined;
  } catch {
    return undefined;
  }
}
