import { placeProgram } from './place.ts';
import type { CliAnswer, CliSourceContext, CliSourceName } from './source.ts';
import { readCliVersion, type CliVersion } from './version.ts';

class WrongProgram extends Error {}

/**
 * Places a CLI that `make` writes, after it ran and printed the version that was asked for. Errors of `make` pass
 * through: a source turns its own into its reason.
 */
export async function placeCli(
  { folder, signal }: CliSourceContext,
  wanted: Readonly<{ source: CliSourceName; version: string }>,
  make: (unfinished: string) => Promise<string>,
): Promise<CliAnswer> {
  let found: CliVersion | undefined;
  try {
    const path = await placeProgram({ folder, version: wanted.version, name: 'temporal' }, make, async (made) => {
      const answer = await readCliVersion(made, signal);
      if ('unusable' in answer) throw new WrongProgram(answer.unusable);
      if (answer.is.version !== wanted.version) {
        throw new WrongProgram(`it prints version ${answer.is.version}, expected ${wanted.version}`);
      }
      found = answer.is;
    });
    return found === undefined
      ? { unavailable: 'it was not checked' }
      : { cli: { path, source: wanted.source, ...found } };
  } catch (error) {
    if (error instanceof WrongProgram) return { unavailable: error.message };
    throw error;
  }
}
