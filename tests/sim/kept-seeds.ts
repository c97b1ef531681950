import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Seeds that once broke a rule, kept for ever: a line each, with what it was after a #. */
export const keptSeedsFile = fileURLToPath(new URL('seeds.txt', import.meta.url));

export function keptSeeds(): number[] {
  const lines = readFileSync(keptSeedsFile, 'utf8').split('\n');
  return lines.map((line) => line.replace(/#.*/, '').trim()).flatMap((text) => (text === '' ? [] : [Number(text)]));
}
