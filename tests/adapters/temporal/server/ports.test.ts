import { createServer, type AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, isFree, isListening, whoListens } from '../../../../adapters/temporal/server/ports.ts';

async function listening(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('ports', () => {
  test('a free one', async () => {
    const port = await freePort();
    expect(await isFree(port)).toBe(true);
    expect(await isListening(port)).toBe(false);
    expect(await whoListens(port)).toBe(undefined);
  });

  test('one that is taken, and by whom', async () => {
    const port = await listening();
    expect(await isFree(port)).toBe(false);
    expect(await isListening(port)).toBe(true);
    expect(await whoListens(port)).toMatch(
      new RegExp(`^(.*${basename(process.execPath)}.*|.+) \\(pid ${process.pid}\\)$`),
    );
  });
});
