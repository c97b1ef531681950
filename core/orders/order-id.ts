import { sha256Hex } from './sha256.ts';

/** What an intent's id is made of (orders.md 2). */
export type OrderIdParts = Readonly<{
  /** Keeps desks that trade through one account apart: the Temporal namespace. */
  namespace: string;
  /** The top workflow's id and its first execution's run id, handed down as input and never read in a child. */
  seed: string;
  /** Which leg of the plan, as `1` or `BTC/USDT`. */
  leg: string;
  /** Counts the intents of the leg; carried over continue-as-new, never falls. */
  intentNumber: number;
}>;

/** `seed` of a top workflow's orders: stays over continue-as-new and resets, differs when the id is used again. */
export const orderSeed = (workflowId: string, firstExecutionRunId: string): string =>
  `${workflowId}/${firstExecutionRunId}`;

/**
 * 32 lower-case hex digits: fits Binance (36), Kraken (32 hex) and OKX (32). The parts are hashed as a JSON array, so
 * that no two lists of parts give one text.
 */
export function clientOrderId({ namespace, seed, leg, intentNumber }: OrderIdParts): string {
  return sha256Hex(JSON.stringify([namespace, seed, leg, intentNumber])).slice(0, 32);
}

/** A deterministic id of something that has no id of its own, as a synthetic fill: hash of what it explains. */
export const derivedId = (kind: string, ...parts: readonly (string | number)[]): string =>
  `${kind}-${sha256Hex(JSON.stringify([kind, ...parts])).slice(0, 32)}`;
