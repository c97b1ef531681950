import { crc32 } from 'node:zlib';

/** A level as texts at the market's full decimals. */
export type TextLevel = readonly [price: string, quantity: string];

const digits = (text: string) => text.replace('.', '').replace(/^0+/, '');

/** CRC-32 over the ten best asks from low to high, then the ten best bids from high to low, digits only. */
export function bookChecksum(asks: readonly TextLevel[], bids: readonly TextLevel[]): number {
  const side = (levels: readonly TextLevel[]) =>
    levels
      .slice(0, 10)
      .map(([price, quantity]) => digits(price) + digits(quantity))
      .join('');
  return crc32(side(asks) + side(bids));
}
