import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { recentOrders, unsettledOrders } from '../../core/order-desk/open-records.ts';
import { askVenue } from '../../core/order-desk/venue-failures.ts';
import { type ArmedScopes, renewSwitch } from '../../core/order-desk/renew-switch.ts';
import { renewDeadManSwitchMs } from '../../core/orders/dead-man-switch.ts';
import type { OrderRecord } from '../../core/ports/order-store.ts';
import type { VenueOrder } from '../../core/orders/types.ts';

/** What a venue had open, and when it was asked (host time, ms). */
export type OpenSeen = Readonly<{ open: readonly VenueOrder[]; atMs: number }>;

export type SwitchKeeping = Readonly<{
  isEnabled(): boolean;
  /** Of the reconciliation beside it; where that is late, or was never, the venue is asked from here. */
  seen(): OpenSeen | undefined;
  everyMs(): number;
  /** What is armed, or what went wrong. */
  onState(state: string): void;
  signal: AbortSignal;
}>;

/**
 * Keeps the account's dead man's switch until it is stopped, beside its reconciliation: a look-up that takes a minute
 * must not let the switch strike. What a keeper before this one has armed is not known, so it begins by switching off
 * whatever must not be on.
 */
export async function keepSwitch(desk: OrderDesk, keeping: SwitchKeeping): Promise<void> {
  const { exchange, nowMs, pause } = desk;
  const { everyMs, onState, signal } = keeping;
  if (exchange.traits.deadManSwitch === 'none') return;
  let armed: ArmedScopes | undefined;
  let renewedMs = -Infinity;
  for (;;) {
    signal.throwIfAborted();
    const isDue = nowMs() - renewedMs >= renewDeadManSwitchMs;
    try {
      armed = await oneRenewal(desk, { ...keeping, armed, isDue });
      if (isDue) renewedMs = nowMs();
      onState(armed.length === 0 ? 'not armed' : `armed for ${armed.join(', ')}`);
    } catch (thrown) {
      signal.throwIfAborted();
      armed = undefined; // some may have been, some not
      onState(thrown instanceof Error ? thrown.message : String(thrown));
    }
    await pause(everyMs(), signal);
  }
}

type Renewal = Pick<SwitchKeeping, 'isEnabled' | 'seen' | 'signal'> &
  Readonly<{ armed: ArmedScopes | undefined; isDue: boolean }>;

async function oneRenewal(desk: OrderDesk, { isEnabled, seen, signal, armed, isDue }: Renewal): Promise<ArmedScopes> {
  const { account, orders, exchange, nowMs } = desk;
  const last = seen();
  const isFresh = last !== undefined && nowMs() - last.atMs < renewDeadManSwitchMs;
  const resting = isFresh ? last.open : await askVenue(exchange.openOrders(undefined, { signal }));
  const stopsOf = async () => stopSymbols(await unsettledOrders(orders, account));
  const recent = armed === undefined ? await recentOrders(orders, account, nowMs()) : [];
  const traded = [...new Set(recent.map(({ intent }) => intent.symbol))];
  const needs = { enabled: isEnabled(), traded };
  const before = await renewSwitch(desk, resting, { ...needs, armed, isDue, protectedSymbols: await stopsOf() });
  // A stop that came meanwhile has switched it off before it was armed.
  return renewSwitch(desk, resting, { ...needs, armed: before, isDue: false, protectedSymbols: await stopsOf() });
}

const stopSymbols = (records: readonly OrderRecord[]): string[] => [
  ...new Set(records.filter(({ intent }) => intent.type === 'stopMarket').map(({ intent }) => intent.symbol)),
];
