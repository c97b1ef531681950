import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { searchAttributes, type SearchAttributeName } from '../server/arguments.ts';

/** Which of the desk's search attributes a server has. */
export type SearchAttributeState = Readonly<{
  /** May be set on workflows. */
  usable: readonly SearchAttributeName[];
  /** Were not there and have been added just now. */
  added: readonly SearchAttributeName[];
  /** Must be left out, with the reason for people: `Tier: of type Text, expected Keyword`. */
  leftOut: readonly string[];
}>;

type IndexedValueType = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
const typeNames: Readonly<Record<IndexedValueType, string>> = {
  0: 'Unspecified',
  1: 'Text',
  2: 'Keyword',
  3: 'Int',
  4: 'Double',
  5: 'Bool',
  6: 'Datetime',
  7: 'KeywordList',
};
const keyword = 2;
const callLimitMs = 5_000;
const appearLimitMs = 10_000;
const pollMs = 100;

/** What the server has of the desk's search attributes, without changing anything. */
async function readSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<Readonly<{ usable: SearchAttributeName[]; missing: SearchAttributeName[]; leftOut: string[] }>> {
  const { customAttributes } = await connection.withDeadline(Date.now() + callLimitMs, () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  const typeOf = (name: string) => customAttributes[name] as IndexedValueType | undefined;
  const wrong = searchAttributes.filter((name) => typeOf(name) !== undefined && typeOf(name) !== keyword);
  return {
    usable: searchAttributes.filter((name) => typeOf(name) === keyword),
    missing: searchAttributes.filter((name) => typeOf(name) === undefined),
    leftOut: wrong.map((name) => `${name}: of type ${typeNames[typeOf(name) ?? 0]}, expected Keyword`),
  };
}

/**
 * Adds those of the desk's search attributes that the server lacks. Where that is not allowed (or a name has another
 * type) it says which must be left out: workflows run without them, only searching by them does not work.
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<SearchAttributeState> {
  let before;
  try {
    before = await readSearchAttributes(connection, namespace);
  } catch (error) {
    return { usable: [], added: [], leftOut: searchAttributes.map((name) => `${name}: ${reasonOf(error)}`) };
  }
  if (before.missing.length === 0) return { usable: before.usable, added: [], leftOut: before.leftOut };
  try {
    const wanted = Object.fromEntries(before.missing.map((name) => [name, keyword]));
    await connection.withDeadline(Date.now() + callLimitMs, () =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes: wanted }),
    );
  } catch (error) {
    // Two who add at once: the second is refused, and finds them there.
    const reason = reasonOf(error);
    return settle(connection, namespace, { missing: before.missing, reason, limitMs: 0 });
  }
  return settle(connection, namespace, { missing: before.missing, reason: 'not there yet', limitMs: appearLimitMs });
}

/** A server may take a moment until what was added can be used. */
async function settle(
  connection: Connection,
  namespace: string,
  { missing, reason, limitMs }: Readonly<{ missing: SearchAttributeName[]; reason: string; limitMs: number }>,
): Promise<SearchAttributeState> {
  const until = performance.now() + limitMs;
  let now = await readSearchAttributes(connection, namespace);
  while (now.missing.length > 0 && performance.now() < until) {
    await pause(pollMs);
    now = await readSearchAttributes(connection, namespace);
  }
  const usable = now.usable;
  return {
    usable,
    added: missing.filter((name) => usable.includes(name)),
    leftOut: [...now.leftOut, ...now.missing.map((name) => `${name}: ${reason}`)],
  };
}

const reasonOf = (error: unknown): string => {
  if (error instanceof Error && 'details' in error && typeof error.details === 'string') return error.details;
  return error instanceof Error ? error.message : String(error);
};
