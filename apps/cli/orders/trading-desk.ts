import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Connection } from '@temporalio/client';
import { openAccounts } from '../../../adapters/credentials/open-accounts.ts';
import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import { createAccountGuards } from '../../../adapters/temporal/client/account-guards.ts';
import { connectTemporal } from '../../../adapters/temporal/client/connect.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import type { AccountGuards } from '../../../core/ports/account-guards.ts';
import type { Accounts } from '../../../core/ports/accounts.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';

/** Store and venues, for a command that works without Temporal too. */
export type TradingDesk = Readonly<{
  orders: OrderStore;
  accounts: Accounts;
  of(account: string): Promise<OrderDesk>;
  close(): Promise<void>;
}>;

export async function openTradingDesk(): Promise<TradingDesk> {
  const accounts = accountsWhenAsked();
  const orders = await openOrderStore();
  return {
    orders,
    accounts,
    of: async (account) => ({
      account,
      orders,
      exchange: await accounts.exchange(account),
      nowMs: Date.now,
      pause: (ms, signal) => sleep(ms, undefined, signal && { signal }),
    }),
    async close() {
      await accounts.close();
      orders.close();
    },
  };
}

/** Reads the file of accounts at its first use: what needs no venue works although that file is damaged. */
function accountsWhenAsked(): Accounts {
  let opened: Accounts | undefined;
  const read = () => (opened ??= openAccounts());
  return {
    list: () => read().list(),
    exchange: async (account) => read().exchange(account),
    close: async () => opened?.close(),
  };
}

export type Reached = Readonly<{
  client: Client;
  connection: Connection;
  namespace: string;
  guards: AccountGuards;
  close(): Promise<void>;
}>;

/** A desk whose server does not answer soon is one that the command goes on without. */
const connectLimitMs = 2_000;

/** The Temporal server where it is reachable, else undefined. */
export async function reachTemporal(): Promise<Reached | undefined> {
  try {
    const { connection, namespace } = await connectTemporal({ limitMs: connectLimitMs });
    const client = new Client({ connection, namespace });
    const guards = createAccountGuards({ client, taskQueue: 'orders' });
    return { client, connection, namespace, guards, close: () => connection.close() };
  } catch {
    return undefined;
  }
}
