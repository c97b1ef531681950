import { deadManSwitchMs, planDeadManSwitch } from '../orders/dead-man-switch.ts';
import type { OrderIntent, VenueOrder } from '../orders/types.ts';
import type { OrderDesk } from './desk.ts';
import { askVenue } from './venue-failures.ts';

/** What rests at the venue, as far as the switch is about it. */
export type Resting = Pick<VenueOrder, 'symbol' | 'type'>;

/** Scopes whose switch is on: symbols, or `account`. */
export type ArmedScopes = readonly string[];

export type SwitchNeeds = Readonly<{
  /** Left out where nobody knows: a keeper that has died may have armed any symbol of `traded`. */
  armed?: ArmedScopes | undefined;
  enabled: boolean;
  /** Symbols of protective stops that are under way and need not be shown as resting yet. */
  protectedSymbols?: readonly string[];
  /** Symbols of recent orders. */
  traded?: readonly string[];
  /** Between two renewals only what is not armed yet is. */
  isDue?: boolean;
}>;

/**
 * Renews the venue's dead man's switch where orders rest, and switches it off where none does any more or a protective
 * stop has come: it would be cancelled too. Returns what is armed now.
 */
export async function renewSwitch(
  { exchange }: OrderDesk,
  resting: readonly Resting[],
  { armed, enabled, protectedSymbols = [], traded = [], isDue = true }: SwitchNeeds,
): Promise<ArmedScopes> {
  const { deadManSwitch } = exchange.traits;
  if (deadManSwitch === 'none') return [];
  const stops = resting.filter(({ type }) => type === 'stopMarket');
  const guarded = [...new Set([...protectedSymbols, ...symbolsOf(stops)])];
  const plan = planDeadManSwitch(exchange.traits, symbolsOf(resting), guarded);
  const wanted = enabled ? plan.arm : [];
  const perhaps = deadManSwitch === 'account' ? ['account'] : [...new Set([...traded, ...plan.disarm])];
  for (const scope of armed ?? perhaps) {
    if (!wanted.includes(scope)) await askVenue(exchange.armDeadManSwitch(0, symbolOf(scope)));
  }
  const renewed = isDue ? wanted : wanted.filter((scope) => armed?.includes(scope) !== true);
  for (const scope of renewed) await askVenue(exchange.armDeadManSwitch(deadManSwitchMs, symbolOf(scope)));
  return wanted;
}

/**
 * Switches it off before a protective stop is sent. Who keeps the account hears of the stop by the store only after its
 * next look, and until then the switch would strike the stop too, should the desk die.
 */
export async function clearSwitchFor(
  { exchange }: Pick<OrderDesk, 'exchange'>,
  { type, symbol }: Pick<OrderIntent, 'type' | 'symbol'>,
): Promise<void> {
  const { deadManSwitch } = exchange.traits;
  if (type !== 'stopMarket' || deadManSwitch === 'none') return;
  await askVenue(exchange.armDeadManSwitch(0, deadManSwitch === 'account' ? undefined : symbol));
}

const symbolsOf = (orders: readonly Resting[]): string[] => [...new Set(orders.map(({ symbol }) => symbol))];

const symbolOf = (scope: string): string | undefined => (scope === 'account' ? undefined : scope);
