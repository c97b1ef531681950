import type { OrderStore } from '../../../core/ports/order-store.ts';
import type { Database } from '../sql/database.ts';
import { accountMethods } from './accounts.ts';
import { adoptionMethods } from './adoption.ts';
import { changeMethods } from './changes.ts';
import { groupMethods } from './groups.ts';
import { identityMethods } from './identity.ts';
import { intentMethods } from './intents.ts';
import { ledgerMethods } from './ledger.ts';
import { queryMethods } from './queries.ts';
import { recordMethods } from './records.ts';

/** The order store on a database: what the desk knows of its orders, in SQL that SQLite and PostgreSQL both speak. */
export const orderStore = (database: Database): OrderStore => ({
  ...identityMethods(database),
  ...intentMethods(database),
  ...changeMethods(database),
  ...adoptionMethods(database),
  ...queryMethods(database),
  ...ledgerMethods(database),
  ...accountMethods(database),
  ...groupMethods(database),
  ...recordMethods(database),
  close: () => database.close(),
});
