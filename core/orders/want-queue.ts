import type { NettedGroup } from '../ports/order-store.ts';
import { refusedWant, sameWant, type Want, type WantResult } from './want.ts';

/** Wants of an account between being taken and their end. Plain JSON: carried over continue-as-new as it is. */
export type WantQueue = Readonly<{
  /** In no group yet, oldest first. */
  waiting: readonly Want[];
  /** Stored groups whose end is not booked yet. */
  underWay: readonly NettedGroup[];
  /** Newest last. Who asks for an older one finds its group in the store. */
  ended: readonly WantResult[];
}>;

export const emptyQueue: WantQueue = { waiting: [], underWay: [], ended: [] };

/** Wants that wait at once; more are refused. */
export const mostWaiting = 1_000;

/** About 400 kB of a payload's 2 MB. */
const endedKept = 1_000;

/** Where a want stands. */
export type WantStatus =
  | Readonly<{ state: 'waiting' | 'unknown' }>
  | Readonly<{ state: 'underWay'; groupId: string }>
  | Readonly<{ state: 'ended'; result: WantResult }>;

export function statusOfWant({ waiting, underWay, ended }: WantQueue, intentId: string): WantStatus {
  const result = ended.find((each) => each.intentId === intentId);
  if (result !== undefined) return { state: 'ended', result };
  const group = underWay.find(({ members }) => members.some((member) => member.intentId === intentId));
  if (group !== undefined) return { state: 'underWay', groupId: group.groupId };
  return { state: waiting.some((want) => want.intentId === intentId) ? 'waiting' : 'unknown' };
}

/** Why a want cannot be taken; undefined where it can, also when it has been already. */
export function refusalOf(queue: WantQueue, want: Want): string | undefined {
  const known = knownAs(queue, want.intentId);
  if (known !== undefined) return sameWant(known, want) ? undefined : 'intentId: known with another content';
  return queue.waiting.length >= mostWaiting ? `${mostWaiting} wants wait already` : undefined;
}

function knownAs({ waiting, underWay, ended }: WantQueue, intentId: string) {
  const members = underWay.flatMap(({ symbol, members: all }) => all.map((member) => ({ ...member, symbol })));
  return [...waiting, ...members, ...ended].find((each) => each.intentId === intentId);
}

/** One that is known already changes nothing. */
export const takeWant = (queue: WantQueue, want: Want): WantQueue =>
  knownAs(queue, want.intentId) === undefined ? { ...queue, waiting: [...queue.waiting, want] } : queue;

/** What a decision made of wants that waited. */
export type FormedGroups = Readonly<{
  groups: readonly NettedGroup[];
  refused: readonly Readonly<{ intentId: string; reason: string }>[];
}>;

/** Those that are in a group, or refused, wait no more; the others go on waiting. */
export function takeGroups(queue: WantQueue, { groups, refused }: FormedGroups): WantQueue {
  const known = new Set(queue.underWay.map(({ groupId }) => groupId));
  const grouped = new Set(groups.flatMap(({ members }) => members.map(({ intentId }) => intentId)));
  const ends = queue.waiting.flatMap((want) => {
    const refusal = refused.find(({ intentId }) => intentId === want.intentId);
    return refusal === undefined ? [] : [refusedWant(want, refusal.reason)];
  });
  const over = new Set(ends.map(({ intentId }) => intentId));
  return {
    waiting: queue.waiting.filter(({ intentId }) => !grouped.has(intentId) && !over.has(intentId)),
    underWay: [...queue.underWay, ...groups.filter(({ groupId }) => !known.has(groupId))],
    ended: keptOf([...queue.ended, ...ends]),
  };
}

/** A group has ended and is booked. */
export function endGroup(queue: WantQueue, groupId: string, results: readonly WantResult[]): WantQueue {
  const again = new Set(results.map(({ intentId }) => intentId));
  return {
    ...queue,
    underWay: queue.underWay.filter((group) => group.groupId !== groupId),
    ended: keptOf([...queue.ended.filter(({ intentId }) => !again.has(intentId)), ...results]),
  };
}

const keptOf = (ended: readonly WantResult[]) => ended.slice(-endedKept);

/** Markets with wants that wait, by the first one that does. */
export const waitingSymbols = ({ waiting }: WantQueue): string[] => [...new Set(waiting.map(({ symbol }) => symbol))];
