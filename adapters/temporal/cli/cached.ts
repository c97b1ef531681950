import { existsSync } from 'node:fs';
import { goModuleVersion } from './go-module.ts';
import { placedPath } from './place.ts';
import type { CliSource } from './source.ts';
import { providedVersion, readCliVersion } from './version.ts';

/** What an earlier run placed in the user's cache folder, the version we would provide today first. */
export const cacheSource: CliSource = {
  name: 'cache',
  title: "the user's cache folder",
  async provide({ folder, signal }) {
    const reasons: string[] = [];
    for (const version of [providedVersion, goModuleVersion]) {
      const path = placedPath(folder, version, 'temporal');
      if (!existsSync(path)) continue;
      const answer = await readCliVersion(path, signal);
      if ('is' in answer) return { cli: { path, source: 'cache', ...answer.is } };
      reasons.push(answer.unusable);
    }
    return { unavailable: reasons.join('; ') || `nothing in ${folder}` };
  },
};
