import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startToken } from '../../../../adapters/temporal/process.ts';
import { readLiveRecord, type ServerRecord, writeRecord } from '../../../../adapters/temporal/server/record.ts';
import { temporaryFolder } from '../fake-programs.ts';

const record = async (change: Partial<ServerRecord> = {}): Promise<ServerRecord> => ({
  pid: process.pid,
  startToken: (await startToken(process.pid)) ?? '',
  address: '127.0.0.1:7233',
  uiAddress: undefined,
  serverVersion: '1.32.0',
  ...change,
});

describe('the record of a running server', () => {
  test('is read back while its process runs', async () => {
    const file = join(await temporaryFolder(), 'desk.db.server');
    await writeRecord(file, await record({ uiAddress: 'http://127.0.0.1:8233' }));
    expect(await readLiveRecord(file)).toEqual(await record({ uiAddress: 'http://127.0.0.1:8233' }));
    await writeRecord(file, await record());
    expect(await readLiveRecord(file)).toEqual(await record());
  });

  test.each<[string, Partial<ServerRecord>]>([
    ['whose process is gone', { pid: 2 ** 22 + 1 }],
    ['whose pid was given to another process', { startToken: 'another' }],
  ])('one %s is stale and removed', async (_what, change) => {
    const file = join(await temporaryFolder(), 'desk.db.server');
    await writeRecord(file, await record(change));
    expect(await readLiveRecord(file)).toBe(undefined);
    expect(existsSync(file)).toBe(false);
  });

  test.each(['', '{', '[]', 'null', '{"pid": "1"}', '{"pid": 1}'])('%j is no record and removed', async (text) => {
    const file = join(await temporaryFolder(), 'desk.db.server');
    writeFileSync(file, text);
    expect(await readLiveRecord(file)).toBe(undefined);
    expect(existsSync(file)).toBe(false);
  });

  test('none', async () => {
    expect(await readLiveRecord(join(await temporaryFolder(), 'none'))).toBe(undefined);
  });
});
