/** Takes the lock, says so, and keeps it until it is killed: `node hold-lock-in-child.ts <file>`. */
import { exclusively } from '../../../adapters/temporal/exclusive.ts';

const foreverMs = 2 ** 31 - 1;

await exclusively(process.argv[2] ?? '', async () => {
  process.stdout.write('held');
  // The timer holds the promise: one that nothing holds is collected, and the lock's database with it.
  await new Promise((resolve) => setTimeout(resolve, foreverMs));
});
