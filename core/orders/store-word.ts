import type { SyncMessage } from './guard-messages.ts';
import type { GuardEvent, GuardState } from './guard-types.ts';

type Word = Pick<SyncMessage, 'mode' | 'reason' | 'changedMs'>;

/**
 * The store's mode over the guard's: somebody may have halted without Temporal. Nothing where the guard knows it or a
 * newer one: whoever stood still between reading and telling ends no halt, and begins none. A keeper of before does not
 * say which word it read.
 */
export function storeWord(state: GuardState, { mode, reason, changedMs }: Word): GuardEvent | undefined {
  const isKnown = changedMs === undefined ? mode === state.mode : changedMs <= (state.modeChangedMs ?? -1);
  return isKnown ? undefined : { type: 'setMode', mode, reason, person: true, venueMs: 0, changedMs };
}

/** Whether all that was read with it is older than what the guard knows. */
export const isOldWord = (state: GuardState, { changedMs }: Pick<Word, 'changedMs'>): boolean =>
  changedMs !== undefined && changedMs < (state.modeChangedMs ?? -1);
