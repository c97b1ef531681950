import { isTerminal } from '../orders/order-machine.ts';
import { isOrderId } from '../orders/store-rules.ts';
import type { VenueOrder } from '../orders/types.ts';
import type { OrderDesk } from './desk.ts';
import { recentOrders } from './open-records.ts';
import { type ArmedScopes, renewSwitch } from './renew-switch.ts';

/** Orders of this desk; what other programs and people have there is none of its business to guard. */
export const ourOrders = (open: readonly VenueOrder[]): readonly VenueOrder[] =>
  open.filter(({ clientOrderId }) => clientOrderId !== undefined && isOrderId(clientOrderId));

/**
 * Brings the dead man's switch to where a keeper's round would have it, for who leaves an account that nobody keeps any
 * more: whether a keeper that has just ended came to arm it is chance. What is under way by the store counts as resting
 * too, since the venue may show it a moment later. Where nothing of ours rests it is switched off: it would strike the
 * orders of others. Returns what is armed now.
 */
export async function lastSwitch(
  desk: OrderDesk,
  open: readonly VenueOrder[],
  { enabled }: Readonly<{ enabled: boolean }>,
): Promise<ArmedScopes> {
  const recent = (await recentOrders(desk.orders, desk.account, desk.nowMs())).map(({ intent, state }) => ({
    ...intent,
    mayRest: state !== 'initialized' && !isTerminal(state) && isOrderId(intent.clientOrderId),
  }));
  const underWay = recent.filter(({ mayRest }) => mayRest);
  const traded = [...new Set([...recent, ...open].map(({ symbol }) => symbol))];
  const isOurs = ourOrders(open).length > 0 || underWay.length > 0;
  return renewSwitch(desk, [...open, ...underWay], { enabled: enabled && isOurs, traded });
}
