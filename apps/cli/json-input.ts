import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { DeskError } from '../../core/errors.ts';

/** The JSON of a file, or of standard input for `-`. */
export async function readJson(file: string): Promise<unknown> {
  const content = file === '-' ? await text(process.stdin) : await readText(file);
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new DeskError('BadInput', 'not JSON', { file, expected: 'one JSON document', found: String(cause), cause });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new DeskError('BadInput', 'cannot be read', { file, found: String(cause), cause });
  }
}
