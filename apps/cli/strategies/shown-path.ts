import { isAbsolute, relative, resolve } from 'node:path';

/** A file as people write it: relative to where they are when it lies below, absolute otherwise. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), resolve(file));
  return path === '' || path.startsWith('..') || isAbsolute(path) ? resolve(file) : path;
}
