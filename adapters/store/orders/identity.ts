import { DeskError } from '../../../core/errors.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import type { Database } from '../sql/database.ts';

/** Who the store is, as it was made: nothing of the machine or the place that it lies in. Read once: each order asks. */
export function identityMethods({ read }: Database): Pick<OrderStore, 'identity'> {
  let known: string | undefined;
  return {
    identity: async () => {
      known ??= await read(async (sql) => {
        const id = (await sql.row('SELECT id FROM store_identity'))?.['id'];
        if (typeof id !== 'string') throw new DeskError('StoreUnavailable', 'the order store does not say which it is');
        return id;
      });
      return known;
    },
  };
}
