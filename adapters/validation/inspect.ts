import { resolve } from 'node:path';
import { strategiesFolder } from '../../config/paths.ts';
import { DeskError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest.ts';
import type { StrategyRecord } from '../../core/ports/store.ts';
import type { Inspection, InspectionRequest } from '../../core/ports/validation-compute.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { loadNoPlugins, type LoadPlugins } from '../../core/strategy/strategy-plugins.ts';
import type { FileProblem } from '../../core/validation/plan.ts';
import { checkDataRequest } from '../market-data/check-request.ts';
import { type CheckedFile, checkStrategyFolder, readStrategy } from '../strategy-files/read-strategy.ts';
import { strategyHash } from '../strategy-files/strategy-hash.ts';
import { strategyShape } from '../strategy-files/strategy-shape.ts';
import { problemLine } from '../strategy-files/yaml-document.ts';

const idPattern = /^STR-\d{3,6}$/i;

/**
 * Finds and checks the strategies that a run is asked for. Without names: every file of the strategies folder, broken
 * ones as problems. With names (ids of the folder, or files anywhere): exactly those; a broken or unknown one throws, and so do bars
 * that are named and not there.
 */
export async function inspectStrategies(
  { strategies: names, data }: InspectionRequest,
  folder = strategiesFolder(),
  load: LoadPlugins = loadNoPlugins,
): Promise<Inspection> {
  if (data !== undefined) checkDataRequest(data);
  if (names.length === 0) return inspectFolder(await checkStrategyFolder(folder, load));
  const known = names.some((name) => idPattern.test(name)) ? await checkStrategyFolder(folder, load) : [];
  const records = new Map<string, StrategyRecord>();
  for (const name of names) {
    const record = idPattern.test(name)
      ? recordById(name.toUpperCase(), known, folder)
      : recordOf(resolve(name), await readStrategy(resolve(name), load));
    const other = records.get(record.strategyId);
    if (other !== undefined && other.file !== record.file) {
      throw new DeskError('BadInput', `${record.strategyId} is in two files`, { file: record.file, found: other.file });
    }
    records.set(record.strategyId, record);
  }
  return { strategies: [...records.values()], problems: [] };
}

function inspectFolder(files: readonly CheckedFile[]): Inspection {
  const strategies: StrategyRecord[] = [];
  const problems: FileProblem[] = [];
  for (const { file, strategy, errors } of files) {
    const [first] = errors;
    if (strategy !== undefined) strategies.push(recordOf(file, strategy));
    else if (first !== undefined) problems.push({ file, message: problemLine(file, first) });
  }
  strategies.sort((a, b) => (a.strategyId < b.strategyId ? -1 : 1));
  return { strategies, problems };
}

function recordById(id: string, known: readonly CheckedFile[], folder: string): StrategyRecord {
  const found = known.find(({ strategyId }) => strategyId === id);
  if (found === undefined) {
    const nearest = nearestName(
      id,
      known.flatMap(({ strategyId }) => strategyId ?? []),
    );
    throw new DeskError('NotFound', `no strategy ${id}`, {
      file: folder,
      expected: 'an id of nightdesk strategies list, or a file',
      ...(nearest === undefined ? {} : { nearest }),
    });
  }
  const { file, strategy, errors } = found;
  if (strategy !== undefined) return recordOf(file, strategy);
  throw new DeskError('BadInput', errors.map((problem) => problemLine(file, problem)).join('\n'));
}

/** A strategy as the store knows it. */
export const recordOf = (file: string, strategy: Strategy): StrategyRecord => ({
  strategyId: strategy.id,
  name: strategy.name,
  file,
  strategyHash: strategyHash(strategy),
  shape: strategyShape(strategy),
  ...(strategy.lineage.parent === undefined ? {} : { parent: strategy.lineage.parent }),
});
