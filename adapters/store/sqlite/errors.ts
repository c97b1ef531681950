import { DeskError } from '../../../core/errors.ts';

/** Primary result codes of SQLite that people meet (sqlite.org/rescode.html). */
const meanings: Readonly<Record<number, string>> = {
  5: 'another process held it for too long',
  6: 'a table is locked',
  8: 'it may not be written',
  10: 'the disk failed to read or write it',
  11: 'it is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened',
  26: 'the file is no store',
};

/** SQLite's refusal as StoreUnavailable; what SQLite did not say (a defect of ours) is thrown as it is. */
export function storeFailure(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return thrown;
  const meaning = meanings[thrown.errcode & 0xff];
  if (meaning === undefined) return thrown;
  return new DeskError('StoreUnavailable', `the store did not answer: ${meaning}`, {
    file,
    expected: 'a file that can be read and written, with room on its disk',
    found: thrown.message,
    cause: thrown,
  });
}
