import { notionalOf, units, unitText } from '../../../core/orders/amount.ts';

/** price x amount, rounded up, as a decimal text. */
export const notionalText = (price: string, amount: string): string =>
  unitText(notionalOf(units(price), units(amount)));
