import { closeSync, copyFileSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

/** A log takes at most about twice this: the file and one older beside it (`.1`). */
const logLimitBytes = 5 * 1024 * 1024;
/** How often its size is looked at while somebody watches it. */
const lookEveryMs = 10_000;
const tailLimitBytes = 2_000;

/** A log file that other processes write to, by a descriptor that we open: it outlives us, and so do its writers. */
export type LogFile = Readonly<{
  /** For `stdio` of a process. Every write appends, whoever else writes and whenever the file is emptied. */
  descriptor: number;
  /** The last lines that were written since it was opened, at most 2,000 bytes. */
  tail(): string;
  close(): void;
}>;

/**
 * Opens a log whose size is limited from now until `close`: when it is above the limit, at the opening or at a look
 * every ten seconds, what it holds is copied to `<file>.1` (over the one before) and it starts anew. A line that is
 * written between copy and start is lost. Nobody looks after its watchers have died: the next opening does.
 */
export function openLog(file: string, limitBytes: number = logLimitBytes, everyMs: number = lookEveryMs): LogFile {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a+');
  limitSize(file, descriptor, limitBytes);
  let startByte = fstatSync(descriptor).size;
  const looks = setInterval(() => {
    if (limitSize(file, descriptor, limitBytes)) startByte = 0;
  }, everyMs).unref();
  return {
    descriptor,
    tail() {
      const { size } = fstatSync(descriptor);
      const bytes = Buffer.alloc(Math.max(0, Math.min(size - startByte, tailLimitBytes)));
      const length = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString('utf8', 0, length).trim();
    },
    close() {
      clearInterval(looks);
      closeSync(descriptor);
    },
  };
}

/** Empties a log above the limit; true when it did. Where the older part cannot be kept (a full disk), it is lost. */
function limitSize(file: string, descriptor: number, limitBytes: number): boolean {
  if (fstatSync(descriptor).size <= limitBytes) return false;
  try {
    copyFileSync(file, `${file}.1`);
  } catch {
    // The limit holds all the same: a log that grows for good would fill the disk of what it tells about.
  }
  ftruncateSync(descriptor);
  return true;
}
