import type { VenueTraits } from '../ports/exchange.ts';

/** After it without renewal the venue cancels what rests; renewed each quarter of it (orders.md 6). */
export const deadManSwitchMs = 60_000;
export const renewDeadManSwitchMs = 15_000;

export type DeadManSwitchPlan = Readonly<{
  /** Scopes to renew: symbols, or `account` alone. */
  arm: readonly string[];
  /** Scopes to switch off: a protective stop rests there, and it would be canceled too. */
  disarm: readonly string[];
  /** Symbols whose resting orders outlive a dead desk; `doctor` says so. */
  unguarded: readonly string[];
}>;

/** Which switches may be armed, from the symbols that are traded and those where a protective stop rests. */
export function planDeadManSwitch(
  { deadManSwitch }: Pick<VenueTraits, 'deadManSwitch'>,
  traded: readonly string[],
  protectedSymbols: readonly string[],
): DeadManSwitchPlan {
  const symbols = [...new Set([...traded, ...protectedSymbols])].toSorted();
  if (deadManSwitch === 'none') return { arm: [], disarm: [], unguarded: symbols };
  if (deadManSwitch === 'account') {
    if (protectedSymbols.length > 0) return { arm: [], disarm: ['account'], unguarded: symbols };
    return { arm: symbols.length > 0 ? ['account'] : [], disarm: [], unguarded: [] };
  }
  const disarm = symbols.filter((symbol) => protectedSymbols.includes(symbol));
  return { arm: symbols.filter((symbol) => !disarm.includes(symbol)), disarm, unguarded: disarm };
}
