import type { VenueEvent } from '../../../../core/venue/events.ts';
import { marketOf } from '../../../../core/venue/state.ts';
import type { SimulatedMarket } from '../markets.ts';
import { isHeard, publish, type StreamHub } from './stream-hub.ts';
import { styleOf } from './text.ts';

type LevelEvent = Extract<VenueEvent, { type: 'level' }>;

export type DepthStreams = Readonly<{
  change(event: LevelEvent): void;
  /** Market time went from `lastMs` to `nowMs`: streams whose beat lies between send what changed. */
  beat(lastMs: number, nowMs: number): void;
}>;

/** One speed of differences: what changed since update id `firstId`. */
type Differences = {
  readonly streams: readonly string[];
  readonly everyMs: number;
  firstId: number;
  lastSentId: number;
  readonly bids: Map<bigint, bigint>;
  readonly asks: Map<bigint, bigint>;
};

/** Depth differences and partial books of one market, as both Binance APIs speed them. */
export function createDepthStreams(hub: StreamHub, { market }: SimulatedMarket): DepthStreams {
  const name = market.id.toLowerCase();
  const spot = hub.host.name === 'binanceSpot';
  const { updateId } = marketOf(hub.host.venue, market.id);
  const differences = (streams: readonly string[], everyMs: number): Differences => ({
    streams,
    everyMs,
    firstId: updateId + 1,
    lastSentId: updateId,
    bids: new Map(),
    asks: new Map(),
  });
  const all = spot
    ? [differences([`${name}@depth@100ms`], 100), differences([`${name}@depth`, `${name}@depth@1000ms`], 1000)]
    : [
        differences([`${name}@depth@100ms`, `${name}@depth@0ms`], 100),
        differences([`${name}@depth`, `${name}@depth@250ms`], 250),
        differences([`${name}@depth@500ms`], 500),
      ];
  return {
    change: ({ side, price, total }) => {
      for (const { bids, asks } of all) (side === 'buy' ? bids : asks).set(price, total);
    },
    beat: (lastMs, nowMs) => {
      const due = (everyMs: number) => Math.floor(lastMs / everyMs) !== Math.floor(nowMs / everyMs);
      for (const each of all) if (due(each.everyMs)) sendDifferences(hub, market, each);
      for (const levels of [5, 10, 20]) {
        for (const [suffix, everyMs] of [
          ['@100ms', 100],
          ['@500ms', 500],
          ['', spot ? 1000 : 250],
        ] as const) {
          const stream = `${name}@depth${levels}${suffix}`;
          if (isHeard(hub, stream) && due(everyMs)) sendPartial(hub, market, { stream, levels });
        }
      }
    },
  };
}

function sendDifferences(hub: StreamHub, market: SimulatedMarket['market'], each: Differences): void {
  const { host } = hub;
  const { updateId } = marketOf(host.venue, market.id);
  if (each.bids.size === 0 && each.asks.size === 0) return;
  const style = styleOf(host, market);
  const rows = (side: ReadonlyMap<bigint, bigint>) =>
    [...side].map(([price, total]) => [style.price(price), style.quantity(total)]);
  for (const stream of each.streams) {
    if (!isHeard(hub, stream)) continue;
    const crossed = host.simulation.faults.strike(['crossed-book'], { venue: host.name, stream, symbol: market.id });
    const best = marketOf(host.venue, market.id).book.asks.levels[0];
    publish(hub, stream, market.id, () => ({
      e: 'depthUpdate',
      E: host.venue.nowMs,
      ...(host.name === 'binanceUsdm' && { T: host.venue.nowMs }),
      s: market.id,
      U: each.firstId,
      u: updateId,
      ...(host.name === 'binanceUsdm' && { pu: each.lastSentId }),
      b:
        crossed === undefined || best === undefined
          ? rows(each.bids)
          : [[style.price(best.price), '1.00000000'], ...rows(each.bids)],
      a: rows(each.asks),
    }));
  }
  each.firstId = updateId + 1;
  each.lastSentId = updateId;
  each.bids.clear();
  each.asks.clear();
}

function sendPartial(
  hub: StreamHub,
  market: SimulatedMarket['market'],
  { stream, levels }: Readonly<{ stream: string; levels: number }>,
): void {
  const { host } = hub;
  const { book, updateId } = marketOf(host.venue, market.id);
  const style = styleOf(host, market);
  const rows = (side: typeof book.bids.levels) =>
    side.slice(0, levels).map(({ price, total }) => [style.price(price), style.quantity(total)]);
  const bids = rows(book.bids.levels);
  const asks = rows(book.asks.levels);
  const timeMs = host.venue.nowMs;
  publish(hub, stream, market.id, () =>
    host.name === 'binanceSpot'
      ? { lastUpdateId: updateId, bids, asks }
      : {
          e: 'depthUpdate',
          E: timeMs,
          T: timeMs,
          s: market.id,
          U: updateId,
          u: updateId,
          pu: updateId,
          b: bids,
          a: asks,
        },
  );
}
