import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runProgram } from '../run-program.ts';
import { placeCli } from './place-cli.ts';
import type { CliSource, CliSourceContext } from './source.ts';
import { firstLine, providedVersion } from './version.ts';

/** Closed networks must fail fast: so long may the first answer take. */
const answerLimitMs = 2_500;
/** A download that brings nothing for so long has stopped. */
const stallLimitMs = 20_000;
const archiveLimitBytes = 500 * 1024 * 1024;
const progressMs = 1_000;

class DownloadFailed extends Error {}

/** What temporal.download answers about one version and platform. */
type ArchivePlace = Readonly<{ archiveUrl: string; fileToExtract: string }>;

/**
 * Upstream's own download service, which the SDK uses too: trusted by TLS, checked by the version that the program
 * prints. `baseUrl` is for tests.
 */
export const downloadSource = ({ baseUrl = 'https://temporal.download' } = {}): CliSource => ({
  name: 'download',
  title: `the official download from ${baseUrl}`,
  async provide(context) {
    const { onProgress, signal } = context;
    try {
      const place = await askForPlace(baseUrl, signal);
      onProgress(`downloading the Temporal CLI ${providedVersion} from ${new URL(place.archiveUrl).host}`);
      return await placeCli(context, { source: 'download', version: providedVersion }, (unfinished) =>
        fetchArchive(place, unfinished, context),
      );
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (error instanceof DownloadFailed) return { unavailable: error.message };
      throw error;
    }
  },
});

async function askForPlace(baseUrl: string, signal: AbortSignal | undefined): Promise<ArchivePlace> {
  const { host } = new URL(baseUrl);
  const url = new URL(`/cli/v${providedVersion}`, baseUrl);
  url.searchParams.set('arch', process.arch === 'arm64' ? 'arm64' : 'amd64');
  url.searchParams.set('platform', process.platform === 'win32' ? 'windows' : process.platform);
  const limit = AbortSignal.timeout(answerLimitMs);
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, limit]) : limit });
    if (!response.ok) throw new DownloadFailed(`${host} answers ${response.status}`);
    const place: unknown = await response.json();
    if (!isArchivePlace(place)) throw new DownloadFailed(`${host} answers something else than where the archive is`);
    return place;
  } catch (error) {
    if (error instanceof DownloadFailed) throw error;
    throw new DownloadFailed(limit.aborted ? `${host} gives no answer in ${answerLimitMs / 1_000} s` : reasonOf(error));
  }
}

/** A name in the archive, never a path that could leave the folder it is unpacked in; an address with TLS, or loopback. */
function isArchivePlace(value: unknown): value is ArchivePlace {
  if (typeof value !== 'object' || value === null || !('archiveUrl' in value) || !('fileToExtract' in value))
    return false;
  const { archiveUrl, fileToExtract } = value;
  if (typeof archiveUrl !== 'string' || typeof fileToExtract !== 'string') return false;
  if (!URL.canParse(archiveUrl) || !/^[\w.-]+$/.test(fileToExtract)) return false;
  const { protocol, hostname } = new URL(archiveUrl);
  return protocol === 'https:' || hostname === '127.0.0.1';
}

async function fetchArchive(
  { archiveUrl, fileToExtract }: ArchivePlace,
  folder: string,
  context: CliSourceContext,
): Promise<string> {
  const archive = join(folder, 'archive');
  try {
    await download(archiveUrl, archive, context);
  } catch (error) {
    throw new DownloadFailed(`the download broke off: ${reasonOf(error)}`);
  }
  // tar unpacks tar.gz everywhere, and on Windows (bsdtar) zip as well.
  const tar = await runProgram('tar', ['-xf', archive, '-C', folder, fileToExtract], { signal: context.signal });
  if (tar.code !== 0) throw new DownloadFailed(`the archive cannot be unpacked: ${firstLine(tar.stderr)}`);
  return join(folder, fileToExtract);
}

async function download(url: string, file: string, { onProgress, signal }: CliSourceContext): Promise<void> {
  const stalled = new AbortController();
  const onStall = () => stalled.abort(new Error(`nothing came for ${stallLimitMs / 1_000} s`));
  let watchdog = setTimeout(onStall, stallLimitMs);
  const stop = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal;
  try {
    const response = await fetch(url, { signal: stop });
    if (!response.ok || response.body === null) throw new Error(`${new URL(url).host} answers ${response.status}`);
    const totalBytes = Number(response.headers.get('content-length') ?? 0);
    let bytes = 0;
    let saidMs = performance.now();
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(watchdog);
        watchdog = setTimeout(onStall, stallLimitMs);
        bytes += chunk.byteLength;
        if (bytes > archiveLimitBytes) return done(new Error(`more than ${archiveLimitBytes / 1024 / 1024} MB`));
        if (performance.now() - saidMs >= progressMs) {
          saidMs = performance.now();
          onProgress(downloadLine(bytes, totalBytes));
        }
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(file), { signal: stop });
    if (totalBytes > 0 && bytes !== totalBytes) throw new Error(`${bytes} of ${totalBytes} bytes came`);
  } finally {
    clearTimeout(watchdog);
  }
}

/** `downloading Temporal 41 MB of 140`. */
export function downloadLine(bytes: number, totalBytes: number): string {
  const done = `downloading Temporal ${Math.floor(bytes / 1e6)} MB`;
  return totalBytes > 0 ? `${done} of ${Math.ceil(totalBytes / 1e6)}` : done;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
