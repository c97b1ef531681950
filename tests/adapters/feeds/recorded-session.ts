import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { projectFolder } from '../../../config/paths.ts';

const folder = join(projectFolder, 'tests/fixtures/messages');

/** Single messages by the name that their source gave them. */
export const singleMessages = (name: 'binance' | 'kraken'): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(join(folder, `nautilus-${name}.json`), 'utf8')) as Record<string, unknown>;

const lines = (name: string) =>
  gunzipSync(readFileSync(join(folder, `${name}.txt.gz`)))
    .toString('utf8')
    .split('\n');

/** Frames that a session received, in their order. */
export const recordedFrames = (name: 'BINANCE' | 'BINANCE_FUTURES' | 'KRAKEN'): string[] =>
  lines(`${name}.ws`).flatMap((line) => {
    const [, frame] = /^[\d.]+: (.+)$/.exec(line) ?? [];
    return frame === undefined ? [] : [frame];
  });

/** Answers of REST to the same session, by the address that was asked. */
export const recordedAnswers = (name: 'BINANCE' | 'BINANCE_FUTURES'): ReadonlyMap<string, string> =>
  new Map(
    lines(`${name}.rest`).flatMap((line) => {
      const [, address, answer] = /^(\S+) -> [\d.]+: (.+)$/.exec(line) ?? [];
      return address === undefined || answer === undefined ? [] : [[address, answer] as const];
    }),
  );
