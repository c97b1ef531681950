import type { BookSide } from '../../../../core/venue/book.ts';
import { toNumber } from '../../../../core/venue/decimal.ts';
import { marketOf } from '../../../../core/venue/state.ts';
import type { SimulatedMarket } from '../markets.ts';
import { priceText, quantityText } from '../numbers.ts';
import { bookChecksum, type TextLevel } from './checksum.ts';
import type { KrakenHost } from './host.ts';
import { krakenNames } from './names.ts';

export const bookDepths: readonly number[] = [10, 25, 100, 500, 1000];

/** One depth of one book as its listeners have it. */
export type BookChannel = Readonly<{
  market: SimulatedMarket;
  depth: number;
  bids: Map<bigint, bigint>;
  asks: Map<bigint, bigint>;
}>;

export const createBookChannel = (host: KrakenHost, market: SimulatedMarket, depth: number): BookChannel => {
  const channel: BookChannel = { market, depth, bids: new Map(), asks: new Map() };
  changes(host, channel);
  return channel;
};

const top = (side: BookSide, depth: number) =>
  new Map(side.levels.slice(0, depth).map(({ price, total }) => [price, total]));

/** What changed since the last call within the depth, as rows; a level that left the depth alone is the client's to drop. */
function changes(host: KrakenHost, channel: BookChannel) {
  const { book } = marketOf(host.venue, channel.market.market.id);
  return {
    bids: sideChanges(book.bids, channel.bids, channel.depth),
    asks: sideChanges(book.asks, channel.asks, channel.depth),
  };
}

function sideChanges(side: BookSide, sent: Map<bigint, bigint>, depth: number): [bigint, bigint][] {
  const now = top(side, depth);
  const rows: [bigint, bigint][] = [];
  for (const price of sent.keys()) {
    if (!now.has(price) && !side.byPrice.has(price)) rows.push([price, 0n]);
  }
  for (const [price, total] of now) if (sent.get(price) !== total) rows.push([price, total]);
  sent.clear();
  for (const [price, total] of now) sent.set(price, total);
  return rows;
}

const rowsAs = ({ market }: SimulatedMarket, rows: Iterable<readonly [bigint, bigint]>) =>
  [...rows].map(([price, total]) => ({
    price: toNumber(price, market.priceDecimals),
    qty: toNumber(total, market.quantityDecimals),
  }));

function checksum({ market: { market }, bids, asks }: BookChannel): number {
  const side = (levels: ReadonlyMap<bigint, bigint>): TextLevel[] =>
    [...levels].slice(0, 10).map(([price, total]) => [priceText(market, price), quantityText(market, total)]);
  return bookChecksum(side(asks), side(bids));
}

const message = (
  channel: BookChannel,
  type: 'snapshot' | 'update',
  rows: Readonly<{ bids: unknown; asks: unknown }>,
  extra: object,
) => ({
  channel: 'book',
  type,
  data: [{ symbol: krakenNames(channel.market).symbol, ...rows, checksum: checksum(channel), ...extra }],
});

/** The book as the listeners of this depth have it by now. */
export const bookSnapshot = (channel: BookChannel): unknown =>
  message(
    channel,
    'snapshot',
    { bids: rowsAs(channel.market, channel.bids), asks: rowsAs(channel.market, channel.asks) },
    {},
  );

/** The next update, or undefined where nothing changed. */
export function bookUpdate(host: KrakenHost, channel: BookChannel): unknown {
  const { bids, asks } = changes(host, channel);
  if (bids.length === 0 && asks.length === 0) return undefined;
  const rows = { bids: rowsAs(channel.market, bids), asks: rowsAs(channel.market, asks) };
  const timestamp = new Date(host.venue.nowMs).toISOString();
  if (
    host.simulation.faults.strike(['crossed-book'], {
      venue: 'krakenSpot',
      stream: 'book',
      symbol: krakenNames(channel.market).symbol,
    })
  ) {
    const [best] = channel.asks;
    if (best !== undefined) rows.bids.push(...rowsAs(channel.market, [best]));
  }
  return message(channel, 'update', rows, { timestamp });
}
