import type { Window } from '../verdict.ts';
import type { TierOutcome } from './tier-rule.ts';

/** Under half of the history that is asked: nothing may be concluded, and no fix of the strategy changes that. */
export const refusedForData = (window: Window): TierOutcome => ({
  passed: false,
  gates: [
    {
      name: 'data',
      threshold: 'at least half of the history that is asked',
      passed: false,
      fixable: false,
      errorType: 'data_unavailable',
      ...(window.note !== undefined && { note: window.note }),
    },
  ],
  metrics: {},
  windows: [window],
  used: [],
  trials: 0,
  warnings: [],
});

/** What a tier says of its windows before anything else: less history than asked, markets without bars. */
export const windowWarnings = ({ name, note }: Window, missing: readonly string[] = []): readonly string[] => [
  ...(note === undefined ? [] : [`${name}: ${note}`]),
  ...(missing.length === 0 ? [] : [`${name}: no bars of ${missing.join(', ')} in the window, left out`]),
];
