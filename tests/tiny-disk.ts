import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Why tests on a full disk are skipped where they are. */
export const noTinyDisk = 'a tmpfs can only be mounted by root';

/** A file system of so many kilobytes at `folder`; undefined where this process may not mount one. */
export function mountTinyDisk(folder: string, kilobytes: number): { unmount(): void } | undefined {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined; // not root, or a container that may not mount
  }
  return { unmount: () => void execFileSync('umount', [folder], { stdio: 'ignore' }) };
}
