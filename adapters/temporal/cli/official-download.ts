import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runProgram } from '../run-program.ts';
import { isListening } from '../server/ports.ts';
import { placeCli } from './place-cli.ts';
import type { CliSource, CliSourceContext } from './source.ts';
import { firstLine, providedVersion } from './version.ts';

/** Closed networks must fail fast: so long may a connection take. */
const connectLimitMs = 2_500;
/** A download that brings nothing for so long has stopped. */
const stallLimitMs = 15_000;
const archiveLimitBytes = 500 * 1024 * 1024;
const progressMs = 1_000;

class DownloadFailed extends Error {}

type Upstream = Readonly<{ baseUrl: string; stallLimitMs: number }>;

/**
 * Upstream's own download service, trusted by TLS and checked by the version that the program prints. Another address
 * and limit are for tests.
 */
export const downloadSource = (options: Partial<Upstream> = {}): CliSource => {
  const upstream: Upstream = { baseUrl: 'https://temporal.download', stallLimitMs, ...options };
  return {
    name: 'download',
    title: `the official download from ${upstream.baseUrl}`,
    async provide(context) {
      try {
        await requireReachable(new URL(upstream.baseUrl));
        return await placeCli(context, { source: 'download', version: providedVersion }, (unfinished) =>
          fetchProgram(upstream, unfinished, context),
        );
      } catch (error) {
        if (context.signal?.aborted === true || !(error instanceof DownloadFailed)) throw error;
        return { unavailable: error.message };
      }
    },
  };
};

/** A connection of its own before the request, as `fetch` has no limit for connecting alone. */
async function requireReachable({ hostname, port, protocol }: URL): Promise<void> {
  const reached = await isListening(Number(port) || (protocol === 'https:' ? 443 : 80), hostname, connectLimitMs);
  if (!reached) throw new DownloadFailed(`${hostname} cannot be reached from here`);
}

async function fetchProgram(upstream: Upstream, folder: string, context: CliSourceContext): Promise<string> {
  const archive = join(folder, 'archive');
  try {
    await download(upstream, archive, context);
  } catch (error) {
    throw new DownloadFailed(`the download broke off: ${reasonOf(error)}`);
  }
  const program = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  // tar unpacks tar.gz everywhere, and on Windows (bsdtar) zip as well. Only the program, whatever else is in it.
  const tar = await runProgram('tar', ['-xf', archive, '-C', folder, program], { signal: context.signal });
  if (tar.code !== 0) throw new DownloadFailed(`the archive cannot be unpacked: ${firstLine(tar.stderr)}`);
  return join(folder, program);
}

/** The address of the archive for this platform, as https://docs.temporal.io/cli documents it. */
function archiveUrl(baseUrl: string): URL {
  const url = new URL(`/cli/archive/v${providedVersion}`, baseUrl);
  url.searchParams.set('platform', process.platform === 'win32' ? 'windows' : process.platform);
  url.searchParams.set('arch', process.arch === 'arm64' ? 'arm64' : 'amd64');
  return url;
}

async function download(upstream: Upstream, file: string, { onProgress, signal }: CliSourceContext): Promise<void> {
  const url = archiveUrl(upstream.baseUrl);
  const stalled = new AbortController();
  const onStall = () => stalled.abort(new Error(`nothing came for ${upstream.stallLimitMs / 1_000} s`));
  const watchdog = setTimeout(onStall, upstream.stallLimitMs);
  const stop = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal;
  try {
    const response = await fetch(url, { signal: stop });
    if (!response.ok || response.body === null) throw new Error(`${url.host} answers ${response.status}`);
    // A redirect may lead to another host, but never out of TLS.
    if (!response.url.startsWith(url.protocol)) throw new Error(`${url.host} leads to ${response.url}`);
    const totalBytes = Number(response.headers.get('content-length') ?? 0);
    let bytes = 0;
    let saidMs = -Infinity;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        watchdog.refresh();
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
