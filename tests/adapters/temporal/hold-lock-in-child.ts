/** Takes the lock, says so, and keeps it until it is killed: `node hold-lock-in-child.ts <file>`. */
import { exclusively } from '../../../adapters/temporal/exclusive.ts';

setInterval(() => {}, 60_000); // something to live for
await exclusively(process.argv[2] ?? '', () => {
  process.stdout.write('held');
  return new Promise(() => {});
});
