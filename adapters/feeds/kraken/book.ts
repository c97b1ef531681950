import { crc32 } from 'node:zlib';
import { createBookSide, isCrossed, type Level } from '../book-side.ts';

/** How a pair's figures are written for its checksum. */
export type BookDecimals = Readonly<{ priceDecimals: number; quantityDecimals: number }>;

export type KrakenBook = Readonly<{
  bids: readonly Level[];
  asks: readonly Level[];
  /** Takes a snapshot or an update; what falls out of the depth is let go. */
  apply(rows: BookRows, replace: boolean): void;
  /** CRC-32 over the ten best levels of each side, as Kraken makes it. */
  checksum(): number;
  isCrossed(): boolean;
}>;

export type BookRows = Readonly<{ bids: readonly Level[]; asks: readonly Level[] }>;

const checkedLevels = 10;

const digits = (value: number, decimals: number): string => value.toFixed(decimals).replace('.', '').replace(/^0+/, '');

export function createKrakenBook(depth: number, { priceDecimals, quantityDecimals }: BookDecimals): KrakenBook {
  const bids = createBookSide('bids', Infinity);
  const asks = createBookSide('asks', Infinity);
  const text = (levels: readonly Level[]) =>
    levels
      .slice(0, checkedLevels)
      .map(([price, amount]) => digits(price, priceDecimals) + digits(amount, quantityDecimals))
      .join('');
  return {
    bids: bids.levels,
    asks: asks.levels,
    apply: (rows, replace) => {
      for (const [side, levels] of [
        [bids, rows.bids],
        [asks, rows.asks],
      ] as const) {
        if (replace) side.replace(levels);
        else for (const [price, amount] of levels) side.set(price, amount);
        // Only after the whole message: a level may leave the depth and come back within it.
        if (side.levels.length > depth) side.levels.length = depth;
      }
    },
    checksum: () => crc32(text(asks.levels) + text(bids.levels)),
    isCrossed: () => isCrossed(bids.levels, asks.levels),
  };
}
