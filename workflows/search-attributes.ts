import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';

type DeskStatus = 'VALIDATING' | 'ESCALATED' | 'DONE' | 'CANCELLED' | 'PASS' | 'FAIL' | 'TIMEOUT' | 'ERROR';

type Values = Readonly<{ StrategyId?: string; Tier?: string; DeskStatus?: DeskStatus }>;

/** Pairs for those that the server knows: an unknown one would fail the workflow's task for ever. */
export const searchPairs = (values: Values, known: readonly string[]): SearchAttributePair[] =>
  Object.entries(values)
    .filter(([name]) => known.includes(name))
    .map(([name, value]) => ({ key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value }));

export function setSearchAttributes(values: Values, known: readonly string[]): void {
  const pairs = searchPairs(values, known);
  if (pairs.length > 0) upsertSearchAttributes(pairs);
}
