import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';

/** A log takes at most twice this: the file and one older beside it (`.1`). */
export const logLimitBytes = 5 * 1024 * 1024;

/** A log file that is set aside as `<file>.1` (over the one before) when it passes its limit. */
export function rotatingLog(file: string, limitBytes: number = logLimitBytes): Writable {
  mkdirSync(dirname(file), { recursive: true });
  let descriptor = openSync(file, 'a');
  let size = statSync(file).size;
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        if (size + chunk.byteLength > limitBytes && size > 0) {
          closeSync(descriptor);
          renameSync(file, `${file}.1`);
          descriptor = openSync(file, 'a');
          size = 0;
        }
        size += writeSync(descriptor, chunk);
        done();
      } catch (error) {
        // A full disk must not stop the server: what cannot be logged is lost, and the server's pipe goes on being read.
        done(null);
        void error;
      }
    },
    final(done) {
      closeSync(descriptor);
      done();
    },
  });
}
