import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import { artifactFileName, type ValidationArtifact } from '../../core/validation/artifact.ts';
import type { Tier } from '../../core/validation/verdict.ts';
import { runsFolder } from './places.ts';

/** The output folder of a run. */
export const runFolder = (runId: string, state?: string): string => join(runsFolder(state), runId);

/** Writes an artifact into its run's folder: all of it or nothing; twice gives the same file. Returns its path. */
export function writeArtifact(artifact: ValidationArtifact, state?: string): string {
  const folder = runFolder(artifact.runId, state);
  const file = join(folder, artifactFileName(artifact.strategyId, artifact.tier));
  try {
    mkdirSync(folder, { recursive: true });
    writeWhole(file, JSON.stringify(artifact));
    return file;
  } catch (thrown) {
    const found = String(thrown);
    throw new DeskError('StoreUnavailable', 'the result cannot be written', { file, found, cause: thrown });
  }
}

function writeWhole(file: string, text: string): void {
  const half = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(half, text);
    renameSync(half, file);
  } finally {
    rmSync(half, { force: true });
  }
}

/** Reads an artifact; undefined where the run left none for the strategy. */
export function readArtifact(
  { runId, strategyId, tier }: Readonly<{ runId: string; strategyId: string; tier: Tier }>,
  state?: string,
): ValidationArtifact | undefined {
  const file = join(runFolder(runId, state), artifactFileName(strategyId, tier));
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ValidationArtifact;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw new DeskError('StoreUnavailable', 'the result cannot be read', {
      file,
      found: String(thrown),
      cause: thrown,
    });
  }
}
