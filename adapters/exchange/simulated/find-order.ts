import { isOpen, type VenueOrder } from '../../../core/venue/order.ts';
import { accountOf, type VenueState } from '../../../core/venue/state.ts';
import type { Simulation } from './simulation.ts';

/** How a client names an order. */
export type OrderName = Readonly<{ id?: number; clientId?: string }>;

/**
 * The order that a query sees: the newest with that client id, if the venue's read lag has passed and it does not
 * forget the ids of filled orders. Cancels go to the engine and see everything.
 */
export function visibleOrder(
  simulation: Simulation,
  venue: VenueState,
  { account, market, name }: Readonly<{ account: string; market?: string; name: OrderName }>,
): VenueOrder | undefined {
  const order = namedOrder(venue, { account, ...(market !== undefined && { market }), name });
  return order !== undefined && isVisible(simulation, venue, order, name) ? order : undefined;
}

/** The same for the engine, which never lags. */
export function namedOrder(
  venue: VenueState,
  { account: accountId, market, name }: Readonly<{ account: string; market?: string; name: OrderName }>,
): VenueOrder | undefined {
  const account = accountOf(venue, accountId);
  const fits = (order: VenueOrder | undefined) =>
    order !== undefined && (market === undefined || order.market === market) ? order : undefined;
  if (name.id !== undefined) return fits(account.orders.get(name.id));
  if (name.clientId === undefined) return undefined;
  return fits(account.openByClientId.get(name.clientId)) ?? fits(account.newestByClientId.get(name.clientId));
}

/** Whether what happened at a market time is older than the read lag: queries see it. */
export const isOld = ({ options }: Pick<Simulation, 'options'>, { nowMs }: VenueState, ms: number): boolean =>
  nowMs - ms >= (options.readLagMs ?? 0);

export function isVisible(
  { options }: Simulation,
  venue: VenueState,
  order: VenueOrder,
  name: OrderName = {},
): boolean {
  if (!isOld({ options }, venue, order.createdMs)) return false;
  return !(
    options.forgetsFilledIds === true &&
    name.id === undefined &&
    name.clientId !== undefined &&
    order.status === 'filled'
  );
}

/** An account's orders that a query sees, oldest first. */
export function visibleOrders(
  simulation: Simulation,
  venue: VenueState,
  { account, market, open }: Readonly<{ account: string; market?: string; open?: boolean }>,
): VenueOrder[] {
  const { orders, open: resting } = accountOf(venue, account);
  return [...(open === true ? resting : orders).values()].filter(
    (order) =>
      (market === undefined || order.market === market) &&
      (open === undefined || isOpen(order) === open) &&
      isVisible(simulation, venue, order),
  );
}
