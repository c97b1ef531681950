import { DeskError } from '../../../core/errors.ts';
import type { Database } from '../sql/database.ts';

/** What 2,000 orders under way may still write (3 KB each with their fills), twice (WAL and file), and cancels beside. */
const reservedBytes = 16 * 1024 * 1024;

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/**
 * Refuses what would add to what has to be written later, while there is still room to write down how everything that
 * is under way ends. A store that is on another machine says itself when it is full.
 */
export function requireReserve({ freeBytes }: Pick<Database, 'freeBytes'>): void {
  const free = freeBytes?.() ?? Infinity;
  if (free >= reservedBytes) return;
  throw new DeskError('StoreUnavailable', 'the disk of the order store is nearly full: only what reduces is sent', {
    expected: `${megabytes(reservedBytes)} free`,
    found: megabytes(free),
  });
}
