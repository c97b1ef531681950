import type { OrderSettings } from '../../config/orders.ts';
import type { AccountGuards } from '../../core/ports/account-guards.ts';
import type { Accounts } from '../../core/ports/accounts.ts';
import type { OrderStore } from '../../core/ports/order-store.ts';

/** What the activities of the order path use of the outside world. */
export type OrderActivityPorts = Readonly<{
  orders: OrderStore;
  accounts: Accounts;
  guards: AccountGuards;
  /** Read anew for every order: a change in the file needs no restart. */
  settingsOf(account: string): OrderSettings;
  nowMs(): number;
}>;
