import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'ignore' });

/**
 * Makes `folder` a file system of `kib` KiB (a Linux tmpfs, which only root can mount) and returns how to take it away
 * again, or why there can be none here.
 */
export function mountSmallDisk(folder: string, kib: number): (() => void) | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'a small file system can be mounted by root on Linux only';
  }
  try {
    mkdirSync(folder, { recursive: true });
    run('mount', '-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', folder);
  } catch {
    return 'mounting is not allowed here';
  }
  return () => void run('umount', folder);
}
