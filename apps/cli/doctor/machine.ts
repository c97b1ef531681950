import { randomUUID } from 'node:crypto';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { listBarFiles, sampleFolder, storeFolder } from '../../../adapters/market-data/bar-folders.ts';
import { cacheFolder, projectFolder, stateFolder } from '../../../config/paths.ts';
import { type Check, messageOf } from './check.ts';

const neededNode = 24;
const gib = 1024 ** 3;
/** Below this a run of a thousand strategies may not fit; a fifth of it holds no database and no download. */
const comfortableDiskBytes = gib;

export function checkNode(): Check {
  const { node } = process.versions;
  const found = `${node}, ${process.platform} ${process.arch}`;
  return Number(node.split('.')[0]) >= neededNode
    ? { name: 'node', state: 'ok', found }
    : { name: 'node', state: 'broken', found, advice: 'run `npm install` in the checkout: it brings its own Node' };
}

export function checkMachine(): Check {
  const found = `${availableParallelism()} cores, ${(totalmem() / gib).toFixed(1)} GB, ${(freemem() / gib).toFixed(1)} GB free`;
  return { name: 'machine', state: 'ok', found };
}

/** Whether a file can be written there, and how much room there is. */
export async function checkFolder(name: string, folder: string, setting: string): Promise<Check> {
  const probe = join(folder, `.doctor-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, 'x');
    await rm(probe);
  } catch (error) {
    return { name, state: 'broken', found: messageOf(error), advice: `make ${folder} writable, or set ${setting}` };
  }
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const found = `${shown(folder)} can be written, ${(freeBytes / gib).toFixed(1)} GB free`;
  if (freeBytes >= comfortableDiskBytes) return { name, state: 'ok', found };
  const state = freeBytes * 5 >= comfortableDiskBytes ? 'warn' : 'broken';
  return { name, state, found, advice: `make room on its disk, or set ${setting} to a folder on another` };
}

export const checkFolders = (): Promise<Check[]> =>
  Promise.all([
    checkFolder('state folder', stateFolder(), 'NIGHTDESK_HOME'),
    checkFolder('cache folder', cacheFolder(), 'NIGHTDESK_CACHE'),
  ]);

export function checkBars(): Check {
  const imported = listBarFiles(storeFolder());
  const sample = listBarFiles(sampleFolder);
  const found = `${imported.length} imported series, ${sample.length} of the sample`;
  if (imported.length + sample.length > 0) return { name: 'bars', state: 'ok', found };
  return { name: 'bars', state: 'warn', found, advice: 'import some: nightdesk data import <file>' };
}

/** Folders of the checkout by their short name. */
function shown(folder: string): string {
  return folder.startsWith(projectFolder) ? folder.slice(projectFolder.length) || '.' : folder;
}
