/**
 * Keeps a worker in a process of its own, which a test can kill: `node keep-in-child.ts <address>`. Prints the worker's
 * pid when it polls, and `stopping` when it was told on standard input to stop it.
 */
import { keepWorkerProcess } from '../../../../apps/cli/desk/worker-process.ts';

const [address = ''] = process.argv.slice(2);
const kept = keepWorkerProcess({ address, onLine: () => {} });
await kept.whenReady;
process.stdout.write(`${kept.current().pid}\n`);
process.stdin.once('data', () => {
  void kept.stop();
  process.stdout.write('stopping\n');
});
