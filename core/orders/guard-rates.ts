import { notionalOf, units, unitText } from './amount.ts';
import type { GuardState, ReservationRequest } from './guard-types.ts';
import { notionalSum } from './notional-by-minute.ts';

/** So many orders more a minute are kept for what reduces: a quarter of the limit, 5 at least. */
export const minuteReserve = (maxOrdersPerMinute: number): number => Math.max(5, Math.ceil(maxOrdersPerMinute / 4));

/**
 * Why orders a minute or notional a day forbid the order, or undefined. Whoever spends them on entries must not be kept
 * from getting out: what reduces passes the day's limit, and has orders a minute of its own.
 */
export function rateRefusal(
  { limits, recentGrantsMs, notionalByMinute, restored }: GuardState,
  { price, amount }: Pick<ReservationRequest, 'price' | 'amount'>,
  reduces: boolean,
): string | undefined {
  const { maxOrdersPerMinute: most, maxNotionalPerDay } = limits;
  const orders = recentGrantsMs.length + 1;
  if (!reduces && orders > most) return `orders a minute: the limit is ${most}`;
  const reserve = minuteReserve(most);
  if (orders > most + reserve) return `orders a minute: the limit is ${most}, and ${reserve} for what reduces`;
  if (reduces) return undefined;
  const before = notionalSum(notionalByMinute) + notionalSum(restored?.forgotten ?? []);
  return above('notional a day', before + notionalOf(units(price), units(amount)), maxNotionalPerDay);
}

export const above = (what: string, value: bigint, most: string): string | undefined =>
  value > units(most) ? `${what} would be ${unitText(value)}, the limit is ${most}` : undefined;
