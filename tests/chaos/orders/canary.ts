import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './judge.ts';
import type { Stage } from './stage.ts';

/** Invariant 12: the account's keys are in no file of the episode (store, histories, logs) and no line of a process. */
export function secretFindings({ folder, keys }: Stage, lines: readonly string[]): Finding[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const places = [
    ...files.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name))] as const),
    ['lines of the processes', Buffer.from(lines.join('\n'))] as const,
  ];
  return places.flatMap(([where, bytes]) =>
    Object.entries(keys)
      .filter(([, secret]) => bytes.includes(secret))
      .map(([which]): Finding => ({ invariant: 'E12', what: `${which} is in ${where}` })),
  );
}
