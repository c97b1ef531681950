import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Code that one process of a test run has compiled is there for the others: a command, a worker and a test file each
 * start in half the processor time.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'nightdesk-test-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = folder;
  // A process that ends now may still be writing.
  return () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
