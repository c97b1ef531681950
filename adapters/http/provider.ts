import type { Answer } from './exchange.ts';
import type { RateLimit } from './rate-limiter.ts';
import type { Secret } from './secret.ts';

/** Whom the desk may ask, and how. */
export type Provider = Readonly<{
  name: string;
  /** The only hosts that are ever connected to for it. */
  hosts: readonly string[];
  limit: RateLimit;
  /** How long the provider asks to wait, in ms, where its answer says so in the body. */
  waitAskedMs?: (answer: Answer) => number | undefined;
  /** Statuses that mean too many requests, beside 429. */
  limitedStatuses?: readonly number[];
}>;

export type AcceptedType = 'json' | 'csv' | 'text';

/** A GET; `{key}` in the path stands for the secret. */
export type HttpRequest = Readonly<{
  host: string;
  path: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  secret?: Readonly<{ value: Secret; place: 'path' | Readonly<{ query: string }> | Readonly<{ header: string }> }>;
  accept: AcceptedType;
  maxBytes?: number;
}>;

/** The request as people may see it: without query, headers and key. */
export const requestLabel = ({ host, path }: HttpRequest): string => `GET https://${host}${path}`;
