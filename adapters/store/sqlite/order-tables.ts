import type { FileSchema } from './migrations.ts';

/**
 * The order store's schema, step by step: entry n takes version n to n + 1. A step that has been released never
 * changes; a new one goes below it. Amounts are TEXT: decimal strings, as everywhere outside a reducer.
 */
const steps: readonly string[] = [
  `CREATE TABLE orders (
     client_order_id TEXT PRIMARY KEY, account TEXT NOT NULL, venue TEXT NOT NULL, symbol TEXT NOT NULL,
     side TEXT NOT NULL, type TEXT NOT NULL, amount TEXT NOT NULL, price TEXT, stop_price TEXT,
     time_in_force TEXT NOT NULL, reduce_only INTEGER NOT NULL, book TEXT NOT NULL, intent_reason TEXT NOT NULL,
     seed TEXT NOT NULL, leg TEXT NOT NULL, intent_number INTEGER NOT NULL,
     state TEXT NOT NULL, version INTEGER NOT NULL, timestamp_ms INTEGER, deadline_ms INTEGER,
     reservation_id TEXT, granted_ms INTEGER, venue_order_id TEXT, venue_executed TEXT NOT NULL,
     applied_executed TEXT NOT NULL, reason TEXT NOT NULL, owner_workflow_id TEXT NOT NULL,
     adopted INTEGER NOT NULL, last_change TEXT NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL) STRICT;
   CREATE INDEX orders_by_account ON orders (account, created_ms);
   CREATE INDEX orders_by_time ON orders (created_ms);
   CREATE INDEX orders_by_state ON orders (account, state);
   CREATE INDEX orders_unsettled ON orders (account, created_ms) WHERE state NOT IN
     ('denied', 'rejected', 'filled', 'canceled', 'expired', 'notSent') OR venue_executed <> applied_executed;
   CREATE INDEX orders_by_venue_id ON orders (venue_order_id);
   CREATE TABLE order_steps (
     client_order_id TEXT NOT NULL REFERENCES orders, version INTEGER NOT NULL, state TEXT NOT NULL,
     venue_executed TEXT NOT NULL, applied_executed TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
     PRIMARY KEY (client_order_id, version)) STRICT, WITHOUT ROWID;
   CREATE TABLE fills (
     venue TEXT NOT NULL, symbol TEXT NOT NULL, trade_id TEXT NOT NULL, account TEXT NOT NULL,
     client_order_id TEXT NOT NULL, venue_order_id TEXT NOT NULL, venue_ms INTEGER NOT NULL, fill TEXT NOT NULL,
     PRIMARY KEY (account, venue, symbol, trade_id)) STRICT, WITHOUT ROWID;
   CREATE INDEX fills_by_order ON fills (client_order_id);
   CREATE INDEX fills_by_venue_order ON fills (venue_order_id);
   CREATE INDEX fills_by_time ON fills (account, venue_ms);
   CREATE TABLE ledger_entries (
     seq INTEGER PRIMARY KEY, account TEXT NOT NULL, transaction_id TEXT NOT NULL, line INTEGER NOT NULL,
     ledger_account TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, book TEXT NOT NULL, symbol TEXT NOT NULL,
     source TEXT NOT NULL, client_order_id TEXT NOT NULL, venue_ms INTEGER NOT NULL) STRICT;
   CREATE UNIQUE INDEX ledger_entries_by_transaction ON ledger_entries (account, transaction_id, line);
   CREATE INDEX ledger_entries_by_source ON ledger_entries (account, source);
   CREATE INDEX ledger_entries_by_order ON ledger_entries (client_order_id);
   CREATE TABLE ledger_totals (
     account TEXT NOT NULL, ledger_account TEXT NOT NULL, asset TEXT NOT NULL, book TEXT NOT NULL,
     symbol TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (account, ledger_account, asset, book, symbol)) STRICT, WITHOUT ROWID;
   CREATE TABLE account_modes (
     account TEXT PRIMARY KEY, mode TEXT NOT NULL, reason TEXT NOT NULL, changed_by TEXT NOT NULL,
     changed_ms INTEGER NOT NULL, halted_venue_ms INTEGER, restored_safe_ms INTEGER) STRICT, WITHOUT ROWID;
   CREATE TABLE symbol_halts (
     account TEXT NOT NULL, symbol TEXT NOT NULL, reason TEXT NOT NULL, since_ms INTEGER NOT NULL,
     PRIMARY KEY (account, symbol)) STRICT, WITHOUT ROWID;
   CREATE TABLE netted_groups (
     group_id TEXT PRIMARY KEY, account TEXT NOT NULL, symbol TEXT NOT NULL, members TEXT NOT NULL,
     at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE netted_members (
     intent_id TEXT PRIMARY KEY, group_id TEXT NOT NULL REFERENCES netted_groups) STRICT, WITHOUT ROWID;
   CREATE TABLE decisions (
     seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, account TEXT NOT NULL, client_order_id TEXT NOT NULL,
     what TEXT NOT NULL, why TEXT NOT NULL, decided_by TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
   CREATE INDEX decisions_by_order ON decisions (client_order_id);
   CREATE INDEX decisions_by_account ON decisions (account);
   CREATE TABLE alerts (
     seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, account TEXT NOT NULL, symbol TEXT NOT NULL,
     client_order_id TEXT NOT NULL, severity TEXT NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
   CREATE INDEX alerts_by_order ON alerts (client_order_id);
   CREATE INDEX alerts_by_account ON alerts (account);`,
  `ALTER TABLE netted_groups ADD COLUMN seed TEXT NOT NULL DEFAULT '';
   ALTER TABLE netted_groups ADD COLUMN middle TEXT NOT NULL DEFAULT '';
   ALTER TABLE netted_groups ADD COLUMN settled_ms INTEGER;
   CREATE INDEX netted_groups_unsettled ON netted_groups (account, at_ms) WHERE settled_ms IS NULL;`,
  `ALTER TABLE netted_members ADD COLUMN book TEXT NOT NULL DEFAULT '';
   UPDATE netted_members SET book = COALESCE((
     SELECT member.value ->> 'book' FROM netted_groups g, json_each(g.members) member
     WHERE g.group_id = netted_members.group_id AND member.value ->> 'intentId' = netted_members.intent_id), '');
   CREATE INDEX netted_members_by_book ON netted_members (book, group_id);`,
  `ALTER TABLE orders ADD COLUMN rest_ms INTEGER;`,
  `CREATE TABLE store_identity (id TEXT NOT NULL) STRICT;
   INSERT INTO store_identity VALUES (lower(hex(randomblob(8))));`,
];

/** A file of its own beside the store's ("NDOR"). */
export const orderSchema: FileSchema = { steps, applicationId: 0x4e444f52 };
