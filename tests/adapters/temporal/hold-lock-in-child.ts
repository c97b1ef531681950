/** Takes the lock, says so, and keeps it until it is killed: `node hold-lock-in-child.ts <file>`. */
import { exclusively } from '../../../adapters/temporal/exclusive.ts';

await exclusively(process.argv[2] ?? '', async () => {
  process.stdout.write('held');
  await new Promise((resolve) => process.stdin.once('never', resolve).resume());
});
