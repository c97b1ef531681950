import type { Market } from '../ports/exchange.ts';
import { notionalOf, oneUnit, units, unitText } from './amount.ts';
import type { Side } from './types.ts';

/** What an order takes of an account at worst. */
export type Spend = Readonly<{
  asset: string;
  /** Decimal text; on a perpetual whose leverage nobody told, undefined. */
  amount?: string;
}>;

export type Spending = Readonly<{
  side: Side;
  amount: string;
  /** What it costs at worst. */
  worstPrice: string;
  /** Of a perpetual, where the venue says it. */
  leverage?: string;
  /** It only makes a position smaller, which takes no margin. */
  reduces: boolean;
}>;

type Terms = Pick<Market, 'base' | 'quote' | 'settle' | 'takerFeeInQuote'>;

/** Spot: quote with the fee that comes on top for a buy, base for a sale; perpetual: margin of what it opens. */
export function spendOf({ base, quote, settle, takerFeeInQuote = '0' }: Terms, order: Spending): Spend {
  const { side, amount, worstPrice, leverage, reduces } = order;
  if (settle === undefined && side === 'sell') return { asset: base, amount };
  const notional = notionalOf(units(worstPrice), units(amount));
  if (settle === undefined) {
    return { asset: quote, amount: unitText(notional + notionalOf(notional, units(takerFeeInQuote))) };
  }
  if (reduces) return { asset: settle, amount: '0' };
  if (leverage === undefined) return { asset: settle };
  return { asset: settle, amount: unitText((notional * oneUnit + units(leverage) - 1n) / units(leverage)) };
}
