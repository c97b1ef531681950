import { expect, test } from 'vitest';
import { stepGuard } from '../../../core/orders/guard.ts';
import type { GuardState } from '../../../core/orders/guard-types.ts';
import { isOldWord, storeWord } from '../../../core/orders/store-word.ts';
import { guardOf } from './guard-fixtures.ts';

const after = (state: GuardState, mode: GuardState['mode'], changedMs?: number) => {
  const event = storeWord(state, { mode, reason: 'by hand', ...(changedMs !== undefined && { changedMs }) });
  return event === undefined ? { state } : stepGuard(state, event);
};

type Case = Readonly<{
  guard: Partial<GuardState>;
  mode: GuardState['mode'];
  changedMs?: number;
  becomes: GuardState['mode'];
  haltNow?: true;
}>;

const active = { mode: 'ACTIVE', modeChangedMs: 20 } as const;
const halted = { mode: 'HALTED', modeChangedMs: 20 } as const;

test.each<[string, Case]>([
  ['an old ACTIVE ends no halt', { guard: halted, mode: 'ACTIVE', changedMs: 10, becomes: 'HALTED' }],
  ['an old HALTED begins none', { guard: active, mode: 'HALTED', changedMs: 10, becomes: 'ACTIVE' }],
  ['a halt on its way is not taken back', { guard: halted, mode: 'ACTIVE', changedMs: 20, becomes: 'HALTED' }],
  ['a newer HALTED halts', { guard: active, mode: 'HALTED', changedMs: 21, becomes: 'HALTED', haltNow: true }],
  ['a newer ACTIVE resumes', { guard: halted, mode: 'ACTIVE', changedMs: 21, becomes: 'ACTIVE' }],
  ['another halt begins anew', { guard: halted, mode: 'HALTED', changedMs: 22, becomes: 'HALTED', haltNow: true }],
  ['a guard of before takes any', { guard: {}, mode: 'HALTED', changedMs: 0, becomes: 'HALTED', haltNow: true }],
  ['a keeper of before says what differs', { guard: halted, mode: 'HALTED', becomes: 'HALTED' }],
  ['and is heard', { guard: active, mode: 'HALTED', becomes: 'HALTED', haltNow: true }],
])('%s', (_, { guard, mode, changedMs, becomes, haltNow }) => {
  const step = after(guardOf({ reason: 'x', ...guard }), mode, changedMs);
  expect([step.state.mode, 'haltNow' in step]).toEqual([becomes, haltNow === true]);
  expect(step.state.modeChangedMs ?? -1).toBe(Math.max(guard.modeChangedMs ?? -1, changedMs ?? -1));
});

test('what was read with an older word is old too', () => {
  const state = guardOf({ modeChangedMs: 20 });
  expect([19, 20, 21, undefined].map((changedMs) => isOldWord(state, { changedMs }))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
