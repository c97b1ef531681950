import { absolute, sumText, units, unitText } from '../../../core/orders/amount.ts';
import { type Dust, dustOf } from '../../../core/orders/dust.ts';
import type { Market } from '../../../core/ports/exchange.ts';

/** What an order that makes a holding smaller leaves of it, where no other order can sell that any more. */
export type LeftDust = Dust & Readonly<{ amount: string; where: string }>;

type Reducing = Readonly<{
  market: Market;
  /** Signed: below zero for a sale. */
  amount: string;
  price: string;
}>;

/** `held`: signed amounts by where they are, as `the account` or `book STR-001`; of equal ones the first is told. */
export function leftAsDust(
  held: readonly Readonly<{ where: string; amount: string }>[],
  { market, amount, price }: Reducing,
): readonly LeftDust[] {
  const left = held.flatMap((before): LeftDust[] => {
    const rest = sumText(before.amount, amount);
    const isReduced = units(before.amount) !== 0n && absolute(units(rest)) < absolute(units(before.amount));
    // Turned round, it is another position and no rest.
    const isRest = units(rest) > 0n === units(before.amount) > 0n;
    const dust = isReduced && isRest ? dustOf(rest, market, price) : undefined;
    return dust === undefined ? [] : [{ ...dust, where: before.where, amount: unitText(absolute(units(rest))) }];
  });
  return left.filter(({ amount: rest }, place) => left.findIndex((other) => other.amount === rest) === place);
}
