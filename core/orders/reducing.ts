import { absolute, units } from './amount.ts';
import type { GuardState, ReservationRequest } from './guard-types.ts';
import { holdingOf } from './holding.ts';

/**
 * Whether an order only makes the position smaller, with every order of its side that is under way counted before it:
 * two reducers that are each small enough may not turn the position round together.
 */
export function reduces(
  state: Pick<GuardState, 'positions' | 'reservations'>,
  { symbol, side, amount, clientOrderId }: Pick<ReservationRequest, 'symbol' | 'side' | 'amount' | 'clientOrderId'>,
): boolean {
  const position = positionIn(state, symbol);
  if (position === 0n || position > 0n === (side === 'buy')) return false;
  const underWay = state.reservations
    .filter(
      (held) =>
        holdingOf(held.symbol) === holdingOf(symbol) && held.side === side && held.clientOrderId !== clientOrderId,
    )
    .reduce((sum, held) => sum + units(held.amount), 0n);
  return underWay + units(amount) <= absolute(position);
}

/** Of all symbols that are the same holding. */
export const positionIn = ({ positions }: Pick<GuardState, 'positions'>, symbol: string): bigint =>
  Object.entries(positions)
    .filter(([each]) => holdingOf(each) === holdingOf(symbol))
    .reduce((sum, [, amount]) => sum + units(amount), 0n);
