import { copyFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { workflowBundle } from '../adapters/temporal-worker/workflow-bundle.ts';

/** The file with all workflow code, built once for all tests of this machine (2 s of processor time). */
export const testBundle = (): Promise<{ codePath: string }> => workflowBundle(join(tmpdir(), 'nightdesk-test-bundles'));

/** Puts it where a worker process with this NIGHTDESK_HOME looks for it, so that it does not build its own. */
export async function giveBundle(home: string): Promise<void> {
  const { codePath } = await testBundle();
  mkdirSync(join(home, 'cache'), { recursive: true });
  copyFileSync(codePath, join(home, 'cache', basename(codePath)));
}
