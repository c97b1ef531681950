import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: the folder that holds package.json. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url));

/** Where a desk keeps what it writes: NIGHTDESK_HOME, else `.nightdesk` in the checkout. */
export const stateFolder = (): string => process.env['NIGHTDESK_HOME'] ?? join(projectFolder, '.nightdesk');

/** Where a user keeps strategy files: NIGHTDESK_STRATEGIES, else `strategies` in the checkout. */
export const strategiesFolder = (): string => process.env['NIGHTDESK_STRATEGIES'] ?? join(projectFolder, 'strategies');

/** Where the desk's YAML settings live: NIGHTDESK_CONFIG, else `config` in the checkout. */
export const configFolder = (): string => process.env['NIGHTDESK_CONFIG'] ?? join(projectFolder, 'config');

/** The user's cache folder for programs that several checkouts share (the Temporal CLI). */
export function cacheFolder(): string {
  const { env, platform } = process;
  if (env['NIGHTDESK_CACHE'] !== undefined) return env['NIGHTDESK_CACHE'];
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'nightdesk');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'nightdesk');
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nightdesk');
}

/** The PostgreSQL database that several machines share, as `postgres://user:password@host/database`; undefined where each desk has its own. */
export const databaseUrl = (): string | undefined => process.env['DATABASE_URL'] || undefined;
