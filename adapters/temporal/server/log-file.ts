import { closeSync, copyFileSync, ftruncateSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';

/** A log takes at most twice this: the file and one older beside it (`.1`). */
const logLimitBytes = 5 * 1024 * 1024;

/** A log file that starts anew when it would pass its limit; what it held is then in `<file>.1` (over the one before). */
export function rotatingLog(file: string, limitBytes: number = logLimitBytes): Writable {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a');
  let size = statSync(file).size;
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        if (size > 0 && size + chunk.byteLength > limitBytes) {
          copyFileSync(file, `${file}.1`);
          ftruncateSync(descriptor);
          size = 0;
        }
        size += writeSync(descriptor, chunk);
      } catch {
        // A full disk must not stop the server: the line is lost, and its pipe goes on being read.
      }
      done();
    },
    final(done) {
      closeSync(descriptor);
      done();
    },
  });
}
