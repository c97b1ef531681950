import { randomBytes } from 'node:crypto';

/** A name for a run that sorts by time and is its folder's name too: `20261126-023512-9f3a`. */
export const newRunId = (now = new Date()): string =>
  `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${randomBytes(2).toString('hex')}`;
