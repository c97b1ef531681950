import type { VenueFailure } from '../../../core/ports/exchange.ts';
import { type AccountKeys, keyDigest } from '../account-keys.ts';
import type { Attempt } from '../ccxt/attempt.ts';
import type { Purpose } from '../ccxt/session.ts';
import type { Charge } from './meters.ts';

/** A request as far as its price goes. */
export type PricedCall = Readonly<{
  api: string;
  method: string;
  path: string;
  params: Readonly<Record<string, unknown>>;
  purpose: Purpose;
  /** Weight that the caller knows, in place of the table's; for venues that weigh requests. */
  weight?: number;
}>;

/** Whose meters: those of the address that all keys share, and those of the key; and how far its clock is from ours. */
export type Scopes = Readonly<{ address: string; key: string; shiftMs: number }>;

export type Correction = Readonly<{ charge: Omit<Charge, 'amount'>; used: number }>;

/** The name of an address's meters: all processes of a desk that reach a venue at one root count together. */
export const addressOf = (venue: string, baseUrl: string | undefined): string =>
  `${venue} ${baseUrl === undefined ? '' : new URL(baseUrl).host}`;

/** The name of a key's meters. */
export const keyOf = (venue: string, keys: AccountKeys): string => `${venue} ${keyDigest(keys)}`;

/** What a venue's requests cost, what its answers say about it, and which scope is to keep still after a refusal. */
export type RateRules = Readonly<{
  charges(call: PricedCall, scopes: Scopes): readonly Charge[];
  corrections(headers: Attempt['headers'], scopes: Scopes): readonly Correction[];
  pausedScope(failure: VenueFailure, call: PricedCall, scopes: Scopes): string;
}>;
