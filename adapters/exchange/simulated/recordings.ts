import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { DeskError } from '../../../core/errors.ts';
import type { SourceTrade } from '../../../core/venue/price-source.ts';

/** One recorded trade: time in epoch milliseconds, price, quantity, whether the buyer was the maker. */
const row = z.strictObject({
  t: z.int().nonnegative(),
  p: z.number().positive(),
  q: z.number().positive(),
  m: z.boolean(),
});

/** Reads `BTC=file` arguments, one an underlying: JSON lines, gzip where the name ends in .gz, times rising. */
export async function readRecordings(
  named: readonly string[],
  underlyings: readonly string[],
): Promise<Record<string, SourceTrade[]>> {
  const entries = await Promise.all(
    named.map(async (argument) => {
      const [, underlying, file] = /^(\w+)=(.+)$/.exec(argument) ?? [];
      if (underlying === undefined || file === undefined) {
        throw new DeskError('Usage', 'not a recording', { path: '--recording', expected: 'BTC=file', found: argument });
      }
      if (!underlyings.includes(underlying)) {
        throw new DeskError('Usage', 'nothing is traded on this underlying', {
          path: '--recording',
          expected: underlyings.join(', '),
          found: underlying,
        });
      }
      return [underlying, readTrades(file, await readText(file))] as const;
    }),
  );
  return Object.fromEntries(entries);
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new DeskError('BadInput', 'the recording cannot be read', { file, cause });
  }
}

function readTrades(file: string, text: string): SourceTrade[] {
  let lastMs = 0;
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  return lines.flatMap(({ line, number }) => {
    if (line.trim() === '') return [];
    const refuse = (message: string) =>
      new DeskError('BadInput', message, {
        file,
        line: number,
        expected: '{"t":…,"p":…,"q":…,"m":…}',
        found: line.slice(0, 80),
      });
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      throw refuse('not JSON');
    }
    const { success, data } = row.safeParse(json);
    if (!success) throw refuse('not a recorded trade');
    if (data.t < lastMs) throw refuse('the time falls');
    lastMs = data.t;
    return [{ timeMs: data.t, price: data.p, quantity: data.q, buyerIsMaker: data.m }];
  });
}
