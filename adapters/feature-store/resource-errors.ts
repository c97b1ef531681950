import { DeskError } from '../../core/errors.ts';

const diskFull = /no space left on device|file too large|disk quota exceeded/i;
const outOfMemory = /out of memory|failed to allocate data/i;

/** What DuckDB says of a full disk or of its memory limit, as a refusal of ours; anything else stays as it is. */
export function resourceError(thrown: unknown, file: string): unknown {
  if (thrown instanceof DeskError || !(thrown instanceof Error)) return thrown;
  const { message: found } = thrown;
  if (diskFull.test(found)) {
    const expected = 'room for the rows and for the log beside the file';
    return new DeskError('ResourceExhausted', 'the disk is full; nothing was changed', {
      file,
      expected,
      found,
      cause: thrown,
    });
  }
  if (outOfMemory.test(found)) {
    const expected = 'more memory (params.memoryLimitMb), or fewer rows at once';
    return new DeskError('ResourceExhausted', 'the store may use no more memory', {
      file,
      path: 'params.memoryLimitMb',
      expected,
      found,
      cause: thrown,
    });
  }
  return thrown;
}

/** Whether DuckDB gave its instance up, as it does when a checkpoint fails: the file is whole and can be opened again. */
export const isInvalidated = (thrown: unknown): boolean =>
  thrown instanceof Error && /database has been invalidated|^FATAL Error/i.test(thrown.message);
