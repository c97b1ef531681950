import type { VenueOrder } from '../orders/types.ts';
import type { Exchange } from './exchange.ts';

/** An account of config/api-keys.yaml. `paper` never reaches a real venue's trading. */
export type AccountInfo = Readonly<{ account: string; venue: string; mode: 'paper' | 'live' }>;

/** Told what an account's own stream says: never more than a reason to look, since it may be silent, late or wrong. */
export type OwnOrderListener = Readonly<{
  order(order: VenueOrder): void;
  /** The stream is up, for the first time or again: what was before may not have been told. */
  connected(): void;
}>;

/** The accounts that this process may trade on; each is opened at its first use and kept. */
export type Accounts = Readonly<{
  list(): readonly AccountInfo[];
  /** NotFound where no such account is set up, NotAuthorized where its key is not there or may withdraw. */
  exchange(account: string): Promise<Exchange>;
  /**
   * Opens the account's own stream and tells of it until `close`; false where there is none for this venue. Throws as
   * `exchange` does. Left out where nobody listens.
   */
  hearOrders?(account: string, listener: OwnOrderListener): Promise<boolean>;
  /** Ends the streams too. */
  close(): Promise<void>;
}>;
