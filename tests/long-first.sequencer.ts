import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { projectFolder } from '../config/paths.ts';

/** Where the files are that take longest: they mostly wait for servers and processes. Most of the time first. */
const longest = [
  'tests/chaos/',
  'tests/workflows/',
  'tests/workers/',
  'tests/apps/',
  'tests/sim/',
  'tests/plugins/fuzz',
];

/** Long files first, so that no worker ends with one alone; those that share a process last. */
export default class LongFirstSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- vitest's own word for the order of files
    const bySize = await super.sort(files);
    return bySize.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId, project }: TestSpecification): number {
  const place = longest.findIndex((folder) => relative(projectFolder, moduleId).startsWith(folder));
  const isShared = project.config.isolate ? 0 : 1;
  return isShared * (longest.length + 1) + (place === -1 ? longest.length : place);
}
