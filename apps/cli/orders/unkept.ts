import { deadManSwitchMs, planDeadManSwitch } from '../../../core/orders/dead-man-switch.ts';
import type { VenueOrder } from '../../../core/orders/types.ts';
import type { VenueTraits } from '../../../core/ports/exchange.ts';

/** Orders that rest at a venue, ours among them, while no worker keeps their account. */
export type Unkept = Readonly<{
  account: string;
  orders: number;
  /** How many of them are of other programs and people: the switch strikes these too. */
  ofOthers: number;
  /** In words: whether the dead man's switch cancels them, and why not. */
  deadManSwitch: string;
}>;

/** `2 orders rest at the venue and no worker keeps the account; switch not armed: the venue has none` */
export function unkeptText({ orders, ofOthers, deadManSwitch }: Omit<Unkept, 'account'>): string {
  const subject = orders === 1 ? '1 order rests' : `${orders} orders rest`;
  const others = ofOthers === 0 ? '' : ` (${ofOthers} of others)`;
  return `${subject} at the venue${others} and no worker keeps the account; ${deadManSwitch}`;
}

type Situation = Readonly<{
  traits: Pick<VenueTraits, 'deadManSwitch'>;
  enabled: boolean;
  open: readonly VenueOrder[];
  /** Where it is known: scopes that are armed now. */
  armed?: readonly string[];
}>;

/** Without `armed`, what a worker that has ended may have armed is not known. */
export function switchText({ traits, enabled, open, armed }: Situation): string {
  if (traits.deadManSwitch === 'none') return 'switch not armed: the venue has none';
  if (!enabled) return 'switch not armed: off in config/orders.yaml';
  const stops = open.filter(({ type }) => type === 'stopMarket');
  const { arm, unguarded } = planDeadManSwitch(traits, symbolsOf(open), symbolsOf(stops));
  const seconds = deadManSwitchMs / 1_000;
  const without = unguarded.length === 0 ? '' : `not armed for ${unguarded.join(', ')}: a protective stop rests there`;
  if (arm.length === 0) return `switch ${without}`;
  const scopes = arm.join(', ');
  const state =
    armed === undefined
      ? `switch not armed, unless a worker ended less than ${seconds} s ago`
      : `switch armed for ${scopes}: the venue cancels in ${seconds} s what no worker takes over`;
  return without === '' ? state : `${state}; ${without}`;
}

const symbolsOf = (orders: readonly VenueOrder[]): string[] => orders.map(({ symbol }) => symbol);
