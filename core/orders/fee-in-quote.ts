import { oneUnit, units, unitText } from './amount.ts';
import type { Fill } from './types.ts';

/** At the fill's own price; empty for a fee in a third asset, whose price nobody has told us. */
export function feeInQuote({
  symbol,
  fee,
  feeAsset,
  price,
}: Pick<Fill, 'symbol' | 'fee' | 'feeAsset' | 'price'>): string {
  const [pair = ''] = symbol.split(':');
  const [base, quote] = pair.split('/');
  if (feeAsset === quote) return fee;
  return feeAsset === base ? unitText((units(fee) * units(price)) / oneUnit) : '';
}
