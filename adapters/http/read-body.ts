import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DeskError } from '../../core/errors.ts';

/**
 * The text of an answer, of at most `maxBytes` as sent and as unpacked: a small answer that unpacks to a large one
 * stops as early as a large one. gzip is the only encoding that is asked for.
 */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const declared = Number(response.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes, `${declared} bytes announced`);
  const limited = (source: AsyncIterable<Buffer>) => limitBytes(source, maxBytes);
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return decode(await pipeline(response, limited, collect));
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new DeskError('SourceChanged', 'an answer in another encoding', {
      expected: 'gzip or none',
      found: encoding,
    });
  }
  try {
    return decode(await pipeline(response, limited, createGunzip(), limited, collect));
  } catch (thrown) {
    if (!isUnpackError(thrown)) throw thrown;
    throw new DeskError('SourceChanged', 'an answer that cannot be unpacked', { expected: 'gzip', cause: thrown });
  }
}

async function* limitBytes(source: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes, `more than ${maxBytes} bytes`);
    yield chunk;
  }
}

async function collect(source: AsyncIterable<Buffer> | Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new DeskError('SourceChanged', 'an answer that is no text', { expected: 'UTF-8', cause: thrown });
  }
}

const tooLarge = (maxBytes: number, found: string) =>
  new DeskError('ResourceExhausted', 'the answer is too large', { expected: `at most ${maxBytes} bytes`, found });

const isUnpackError = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_');
