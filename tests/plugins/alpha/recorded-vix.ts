import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../../../config/paths.ts';

/** 300 recorded closes of the VIX until 2025-06-30, as fractions (tests/fixtures/sources). */
export const recordedVix = (): number[] =>
  readFileSync(join(projectFolder, 'tests/fixtures/sources/cboe-VIX_History.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[4]) / 100);
