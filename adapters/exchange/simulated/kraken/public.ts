import { candlesOf, openOf, type Candle, type Timeframe } from '../../../../core/venue/candles.ts';
import { marketOf } from '../../../../core/venue/state.ts';
import { day24 } from '../day-statistics.ts';
import type { SimulatedMarket } from '../markets.ts';
import { averageText, priceText, quantityText } from '../numbers.ts';
import { invalidArgument, KrakenError } from './errors.ts';
import { seconds, tapeOf, type KrakenCall, type KrakenHost } from './host.ts';
import { altAssetName, krakenNames, pairNamed } from './names.ts';

const minute = 60_000;

/** Minutes of the intervals that Kraken has. */
export const krakenIntervals: readonly number[] = [1, 5, 15, 30, 60, 240, 1440, 10_080, 21_600];

export const timeframeOf = (minutes: number): Timeframe => ({ ms: minutes * minute });

const rfc1123 = (ms: number) => new Date(ms).toUTCString();

function assets({ host }: KrakenCall): unknown {
  const rows = [...host.venue.assets.keys()].map((id) => [
    id,
    {
      aclass: 'currency',
      altname: altAssetName(id),
      decimals: 10,
      display_decimals: id === 'ZUSD' ? 2 : 5,
      status: 'enabled',
    },
  ]);
  return Object.fromEntries(rows);
}

const percent = (ppm: bigint) => Number(ppm) / 10_000;

export function pairInfo(simulated: SimulatedMarket): unknown {
  const { market } = simulated;
  const { altname, wsname } = krakenNames(simulated);
  return {
    altname,
    wsname,
    aclass_base: 'currency',
    base: market.base,
    aclass_quote: 'currency',
    quote: market.quote,
    lot: 'unit',
    cost_decimals: 5,
    pair_decimals: market.priceDecimals,
    lot_decimals: market.quantityDecimals,
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, percent(market.takerFeePpm)]],
    fees_maker: [[0, percent(market.makerFeePpm)]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: trimmed(quantityText(market, market.minQuantity)),
    costmin: '0.5',
    tick_size: priceText(market, market.tick),
    status: 'online',
  };
}

export const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** The pairs that `pair` lists, or all. */
function pairs({ host, get }: KrakenCall): readonly SimulatedMarket[] {
  const names = get('pair');
  return names === undefined || names === '' ? host.markets : names.split(',').map((name) => pairNamed(host, name));
}

const byId = (markets: readonly SimulatedMarket[], describe: (market: SimulatedMarket) => unknown): unknown =>
  Object.fromEntries(markets.map((market) => [market.market.id, describe(market)]));

function ticker(call: KrakenCall): unknown {
  return byId(pairs(call), ({ market }) => {
    const { host, nowMs } = call;
    const stats = day24(tapeOf(host, market.id), nowMs);
    const { book } = marketOf(host.venue, market.id);
    const price = (value: bigint) => priceText(market, value);
    const quantity = (value: bigint) => quantityText(market, value);
    const level = (of: (typeof book.bids.levels)[number] | undefined) => [
      price(of?.price ?? 0n),
      String(Math.ceil(Number(quantity(of?.total ?? 0n)))),
      quantity(of?.total ?? 0n),
    ];
    const vwap = averageText(market, stats.notional, stats.volume, market.priceDecimals);
    return {
      a: level(book.asks.levels[0]),
      b: level(book.bids.levels[0]),
      c: [price(stats.close), quantity(stats.lastQuantity)],
      v: [quantity(stats.volume), quantity(stats.volume)],
      p: [vwap, vwap],
      t: [stats.trades, stats.trades],
      l: [price(stats.low), price(stats.low)],
      h: [price(stats.high), price(stats.high)],
      o: price(stats.open),
    };
  });
}

const onePair = (call: KrakenCall): SimulatedMarket => {
  const name = call.get('pair');
  if (name === undefined || name === '') throw invalidArgument('pair');
  return pairNamed(call.host, name);
};

function depth(call: KrakenCall): unknown {
  const simulated = onePair(call);
  const { market } = simulated;
  const count = Math.min(500, Number(call.get('count') ?? 100));
  const { book } = marketOf(call.host.venue, market.id);
  const at = Math.floor(seconds(call.nowMs));
  const side = (levels: typeof book.bids.levels) =>
    levels.slice(0, count).map(({ price, total }) => [priceText(market, price), quantityText(market, total), at]);
  return byId([simulated], () => ({ asks: side(book.asks.levels), bids: side(book.bids.levels) }));
}

function trades(call: KrakenCall): unknown {
  const simulated = onePair(call);
  const { market } = simulated;
  const since = call.get('since');
  // `since` is in seconds, or nanoseconds as `last` gave it.
  const sinceMs = since === undefined ? 0 : since.length > 13 ? Number(since) / 1e6 : Number(since) * 1000;
  const count = Math.min(1000, Number(call.get('count') ?? 1000));
  const all = tapeOf(call.host, market.id).trades.filter(({ timeMs }) => timeMs > sinceMs);
  const rows = since === undefined ? all.slice(-count) : all.slice(0, count);
  const last = rows.at(-1)?.timeMs ?? call.nowMs;
  return {
    ...(byId([simulated], () =>
      rows.map(({ price, quantity, timeMs, takerSide, tradeId }) => [
        priceText(market, price),
        quantityText(market, quantity),
        seconds(timeMs),
        takerSide === 'buy' ? 'b' : 's',
        'm',
        '',
        tradeId,
      ]),
    ) as object),
    last: `${last}000000`,
  };
}

/** The best prices now, with the time to ask again from; past ones are not kept. */
function spread(call: KrakenCall): unknown {
  const simulated = onePair(call);
  const { market } = simulated;
  const { bids, asks } = marketOf(call.host.venue, market.id).book;
  const at = Math.floor(seconds(call.nowMs));
  const price = (levels: typeof bids.levels) => priceText(market, levels[0]?.price ?? 0n);
  return { ...(byId([simulated], () => [[at, price(bids.levels), price(asks.levels)]]) as object), last: at };
}

/** The newest 720 candles, or those after `since`; the last one is still open. */
function ohlc(call: KrakenCall): unknown {
  const simulated = onePair(call);
  const { market } = simulated;
  const interval = Number(call.get('interval') ?? 1);
  if (!krakenIntervals.includes(interval)) throw invalidArgument('interval');
  const timeframe = timeframeOf(interval);
  const newest = openOf(timeframe, call.nowMs);
  const fromMs = Math.max(newest - 719 * timeframe.ms, Number(call.get('since') ?? 0) * 1000 + 1);
  const candles = candlesOf(tapeOf(call.host, market.id).minutes, timeframe, { fromMs, toMs: call.nowMs, limit: 720 });
  return {
    ...(byId([simulated], () => candles.map((candle) => candleRow(simulated, candle))) as object),
    last: seconds(newest - timeframe.ms),
  };
}

function candleRow({ market }: SimulatedMarket, candle: Candle): unknown[] {
  const price = (value: bigint) => priceText(market, value);
  return [
    seconds(candle.openMs),
    price(candle.open),
    price(candle.high),
    price(candle.low),
    price(candle.close),
    averageText(market, candle.notional, candle.volume, market.priceDecimals),
    quantityText(market, candle.volume),
    candle.trades,
  ];
}

export const systemStatus = ({ state }: KrakenHost, wireMs: number): unknown => ({
  status: state.mode,
  timestamp: new Date(wireMs).toISOString(),
});

export const publicMethods: Readonly<Record<string, (call: KrakenCall) => unknown>> = {
  Time: ({ wireMs }) => ({ unixtime: Math.floor(seconds(wireMs)), rfc1123: rfc1123(wireMs) }),
  SystemStatus: ({ host, wireMs }) => systemStatus(host, wireMs),
  Assets: assets,
  AssetPairs: (call) => byId(pairs(call), pairInfo),
  Ticker: ticker,
  Depth: depth,
  Trades: trades,
  Spread: spread,
  OHLC: ohlc,
};

/** Refuses what the system's mode does not let through. */
export function checkMode({ state }: KrakenHost, { post }: Readonly<{ post: boolean }>): void {
  if (state.mode === 'maintenance') throw new KrakenError('EService:Unavailable');
  if (state.mode === 'cancel_only') throw new KrakenError('EService:Market in cancel_only mode');
  if (state.mode === 'post_only' && !post) throw new KrakenError('EService:Market in post_only mode');
}
