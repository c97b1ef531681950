import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { downloadLine, downloadSource } from '../../../../adapters/temporal/cli/official-download.ts';
import { httpServer, script, temporaryFolder, versionLine } from '../fake-programs.ts';

const inChild = fileURLToPath(new URL('provide-in-child.ts', import.meta.url));

/** A tar.gz as upstream's, with a script as the program, padded so that it arrives in more than one piece. */
async function archive(...lines: readonly string[]): Promise<Buffer> {
  const folder = await temporaryFolder();
  await script(join(folder, 'temporal'), ...lines);
  execFileSync('tar', ['-czf', 'archive.tar.gz', 'temporal'], { cwd: folder });
  return readFileSync(join(folder, 'archive.tar.gz'));
}

type Answers = Readonly<{ archive?: Buffer; status?: number; cut?: boolean; redirect?: string }>;

/** temporal.download on loopback. */
async function upstream({ archive: body = Buffer.alloc(0), status, cut, redirect }: Answers) {
  const asked: string[] = [];
  const base = await httpServer((request, response) => {
    asked.push(request.url ?? '');
    if (redirect !== undefined) return response.writeHead(302, { location: redirect }).end();
    if (status !== undefined) return response.writeHead(status).end();
    response.setHeader('content-length', body.byteLength);
    if (cut !== true) return response.end(body);
    response.write(body.subarray(0, body.byteLength / 2), () => response.destroy());
    return undefined;
  });
  return { base, asked };
}

async function provide(baseUrl: string, folder?: string) {
  const place = folder ?? (await temporaryFolder());
  const lines: string[] = [];
  const source = downloadSource({ baseUrl, stallLimitMs: 2_000 });
  const answer = await source.provide({ folder: place, onProgress: (line) => lines.push(line) });
  return { answer, lines, folder: place };
}

describe('the official download', () => {
  test('is placed, executable, after it printed its version', async () => {
    const { base, asked } = await upstream({ archive: await archive(`echo "${versionLine}"`) });
    const { answer, folder, lines } = await provide(base);
    const path = join(folder, '1.9.1', 'temporal');
    expect(answer).toEqual({ cli: { path, source: 'download', version: '1.9.1', serverVersion: '1.32.0' } });
    expect(execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()).toBe(versionLine);
    expect(asked[0]).toMatch(/^\/cli\/archive\/v1\.9\.1\?platform=(linux|darwin|windows)&arch=(amd64|arm64)$/);
    expect(lines).toEqual(['downloading Temporal 0 MB of 1']);
    expect(readdirSync(folder)).toEqual(['1.9.1']);
  });

  test.each<[string, () => Promise<Answers>, RegExp]>([
    ['the service refuses', async () => ({ status: 403 }), /^the download broke off: 127\.0\.0\.1:\d+ answers 403$/],
    ['a redirect into the void', async () => ({ redirect: 'http://127.0.0.1:9/' }), /^the download broke off/],
    ['no archive', async () => ({ archive: Buffer.from('not a tar') }), /^the archive cannot be unpacked/],
    [
      'the connection breaks',
      async () => ({ archive: await archive(`echo "${versionLine}"`), cut: true }),
      /^the download broke off/,
    ],
    [
      'another version',
      async () => ({ archive: await archive('echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"') }),
      /^it prints version 1\.5\.1, expected 1\.9\.1$/,
    ],
    ['a program that does not run', async () => ({ archive: await archive('exit 1') }), /does not run/],
  ])('%s: nothing is left', async (_what, answers, reason) => {
    const { base } = await upstream(await answers());
    const { answer, folder } = await provide(base);
    expect(answer).toEqual({ unavailable: expect.stringMatching(reason) });
    expect(existsSync(join(folder, '1.9.1'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('.unfinished'))).toEqual([]);
  });

  test('a service that never answers is given up', async () => {
    const base = await httpServer(() => {});
    expect((await provide(base)).answer).toEqual({ unavailable: 'the download broke off: nothing came for 2 s' });
  });

  test('nobody there', async () => {
    expect((await provide('http://127.0.0.1:9')).answer).toEqual({
      unavailable: '127.0.0.1 cannot be reached from here',
    });
    expect((await provide('https://nowhere.invalid')).answer).toEqual({
      unavailable: 'nowhere.invalid cannot be reached from here',
    });
  });

  test('killed in the middle, it leaves nothing half written, and the next run cleans up', async () => {
    const body = await archive(`echo "${versionLine}"`);
    let reachedMiddle = () => {};
    const middle = new Promise<void>((resolve) => (reachedMiddle = resolve));
    let whole = false;
    const base = await httpServer((_request, response) => {
      response.setHeader('content-length', body.byteLength);
      if (whole) return response.end(body);
      response.write(body.subarray(0, 100), reachedMiddle);
      return undefined;
    });
    const folder = await temporaryFolder();
    const child = spawn(process.execPath, [inChild, 'download', folder, base]);
    await middle;
    const unfinished = () => readdirSync(folder).filter((name) => name.startsWith('.unfinished'));
    await vi.waitFor(() => expect(unfinished()).toHaveLength(1));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(folder, '1.9.1'))).toBe(false);
    expect(unfinished()).toHaveLength(1);

    whole = true;
    expect((await provide(base, folder)).answer).toHaveProperty('cli');
    expect(unfinished()).toEqual([]);
  });
});

test('progress is said in megabytes', () => {
  expect(downloadLine(41_900_000, 139_100_000)).toBe('downloading Temporal 41 MB of 140');
  expect(downloadLine(41_900_000, 0)).toBe('downloading Temporal 41 MB');
});
