import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import { replaceFile } from '../market-data/atomic-file.ts';

const snapshot = z.strictObject({ t: z.int().nonnegative(), values: z.record(z.string(), z.number()) });

/** What a provider said on a day, as it keeps no history itself: named numbers. */
type Snapshot = Readonly<z.output<typeof snapshot>>;

export type SnapshotStore = Readonly<{
  /** Oldest first. */
  read: (key: string) => readonly Snapshot[];
  /** Adds today's; one a UTC day is kept, the latest, and 400 of them. */
  add: (key: string, taken: Snapshot) => Promise<void>;
}>;

const mostKept = 400;
const utcDay = (t: number) => Math.floor(t / 86_400_000);

/** Snapshots in a folder, a JSON file a key. */
export function openSnapshots(folder: string): SnapshotStore {
  const fileOf = (key: string) => join(folder, `${encodeURIComponent(key)}.json`);
  const read = (key: string): Snapshot[] => {
    const file = fileOf(key);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
      throw new DeskError('StoreUnavailable', 'snapshots cannot be read', { file, cause: thrown });
    }
    try {
      return z.array(snapshot).parse(JSON.parse(text));
    } catch (thrown) {
      const expected = 'what the desk wrote; move it away to start again';
      throw new DeskError('StoreUnavailable', 'no snapshots', { file, expected, cause: thrown });
    }
  };
  return {
    read,
    add: async (key, taken) => {
      const others = read(key).filter(({ t }) => utcDay(t) !== utcDay(taken.t));
      const kept = [...others, taken].toSorted((a, b) => a.t - b.t).slice(-mostKept);
      await replaceFile(fileOf(key), (temporary) => writeFileSync(temporary, JSON.stringify(kept)));
    },
  };
}
