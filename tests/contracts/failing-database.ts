import type { Database, Value } from '../../adapters/store/sql/database.ts';
import { DeskError } from '../../core/errors.ts';

/** A real database whose n-th write of a transaction fails, as a full or broken disk does (SQLite tests itself so). */
export const failingAt = (n: number, database: Database): Database => ({
  ...database,
  write: (work) => {
    let left = n;
    return database.write((sql) =>
      work({
        ...sql,
        async run(statement: string, ...values: Value[]) {
          if (--left === 0) throw new DeskError('StoreUnavailable', 'the disk failed at this write');
          await sql.run(statement, ...values);
        },
      }),
    );
  },
});
