import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { replaceFile } from '../../adapters/market-data/atomic-file.ts';
import { notice } from '../cli/output.ts';

/**
 * Writes a file that the command was asked for, and says so; folders on the way to it are made and said too, so that a
 * misspelt one is seen.
 */
export async function writeOutput(file: string, text: string, what: string): Promise<void> {
  const folder = dirname(resolve(file));
  const isNew = !existsSync(folder);
  await replaceFile(file, (temporary) => writeFile(temporary, text));
  notice(`${what} written to ${file}${isNew ? ` in a new folder: ${folder}` : ''}`);
}
