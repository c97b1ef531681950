import { z } from 'zod';
import type { KeyedProvider, SourceSettings } from '../../config/sources.ts';
import { DeskError } from '../../core/errors.ts';
import type { HttpRequest, Provider } from '../http/provider.ts';
import type { Secret } from '../http/secret.ts';
import type { SnapshotStore } from './snapshots.ts';

/** What a fetch half works with. */
export type FetchContext = Readonly<{
  /** Asks within the provider's limits and returns the text of the answer. */
  get: (provider: Provider, request: HttpRequest) => Promise<string>;
  /** The cookies that an answer of whatever status sets, as the next request sends them. */
  cookiesOf: (provider: Provider, request: HttpRequest) => Promise<string>;
  /** @throws DeskError NotAuthorized with the name of the variable and where a key can be had */
  keyOf: (provider: KeyedProvider) => Secret;
  /** The same for a key that is named elsewhere in the settings. */
  keyIn: (key: Readonly<{ provider: string; name: string; origin: string }>) => Secret;
  settings: SourceSettings;
  snapshots: SnapshotStore;
  nowMs: number;
}>;

/** The half of a source plugin that gets its payload: what it is asked, and how it finds it. */
export type SourceHalf = Readonly<{
  /** Strict; each field described. */
  query: z.ZodType;
  /** A query to start from. */
  example: unknown;
  fetch: (query: unknown, context: FetchContext) => Promise<unknown>;
}>;

/** Ties the type of the query to what fetches by it; a wrong query is refused by path (`query.symbol`). */
export function defineHalf<Query extends z.ZodType>(
  half: Readonly<{
    query: Query;
    example: z.input<Query>;
    fetch: (query: z.output<Query>, context: FetchContext) => Promise<unknown>;
  }>,
): SourceHalf {
  const fetch = (query: unknown, context: FetchContext) => {
    const read = half.query.safeParse(query);
    if (read.success) return half.fetch(read.data, context);
    const [issue] = read.error.issues;
    const keys = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    const path = ['query', ...keys.map(String)].join('.');
    throw new DeskError('BadInput', issue.message, { path, expected: `as ${JSON.stringify(half.example)}` });
  };
  return { query: half.query, example: half.example, fetch };
}

export const dayMs = 86_400_000;

/** The moment that a query is about; now, where it says none. */
export const asOf = () => z.int().nonnegative().optional().describe('epoch milliseconds UTC; now by default');
