import { candlesOf, closeOf, openOf, type Candle, type Timeframe } from '../../../../core/venue/candles.ts';
import type { PublicTrade, VenueEvent } from '../../../../core/venue/events.ts';
import { formatDecimal } from '../../../../core/venue/decimal.ts';
import { marketOf } from '../../../../core/venue/state.ts';
import { fundingRate } from '../../../../core/venue/world.ts';
import { day24 } from '../day-statistics.ts';
import type { SimulatedMarket } from '../markets.ts';
import { createDepthStreams, type DepthStreams } from './depth-streams.ts';
import { marketsOf, tapeOf, type BinanceHost } from './host.ts';
import { best, intervals } from './market-data.ts';
import { averageMinutes, recentlyTraded } from './percent-price.ts';
import { createStreamHub, isHeard, publish, type StreamHub } from './stream-hub.ts';
import { styleOf } from './text.ts';

/** Publishes one Binance API's market events to whoever subscribes. */
export function createStreams(host: BinanceHost): StreamHub {
  const hub = createStreamHub(host);
  const depths = new Map(marketsOf(host).map((market) => [market.market.id, createDepthStreams(hub, market)]));
  const bests = new Map<string, string>();
  const { simulation } = host;
  simulation.onEvent(host.name, (event) => onEvent(hub, { event, depths, bests }));
  let lastMs = simulation.world.clock.nowMs;
  simulation.onStep((nowMs) => {
    for (const depth of depths.values()) depth.beat(lastMs, nowMs);
    if (Math.floor(lastMs / 1000) !== Math.floor(nowMs / 1000)) everySecond(hub, lastMs, nowMs);
    lastMs = nowMs;
  });
  return hub;
}

type Told = Readonly<{ event: VenueEvent; depths: ReadonlyMap<string, DepthStreams>; bests: Map<string, string> }>;

function onEvent(hub: StreamHub, { event, depths, bests }: Told): void {
  if (event.type === 'trade') return publishTrade(hub, event.trade);
  if (event.type === 'level') return depths.get(event.market)?.change(event);
  if (event.type === 'settled') publishBest(hub, event.market, bests);
}

function publishTrade(hub: StreamHub, trade: PublicTrade): void {
  const { market: id, tradeId, price, quantity, timeMs, takerSide } = trade;
  const name = id.toLowerCase();
  const spot = hub.host.name === 'binanceSpot';
  const style = styleOf(hub.host, marketOf(hub.host.venue, id).market);
  const fields = { s: id, p: style.price(price), q: style.quantity(quantity) };
  const end = { T: timeMs, m: takerSide === 'sell', ...(spot && { M: true }) };
  publish(hub, `${name}@trade`, id, () => ({
    e: 'trade',
    E: timeMs,
    ...fields,
    t: tradeId,
    ...(!spot && { X: 'MARKET' }),
    ...end,
  }));
  publish(hub, `${name}@aggTrade`, id, () => ({
    e: 'aggTrade',
    E: timeMs,
    ...fields,
    a: tradeId,
    f: tradeId,
    l: tradeId,
    ...end,
  }));
}

/** The best prices, when one of them or its size is another than before. */
function publishBest(hub: StreamHub, id: string, bests: Map<string, string>): void {
  const one = `${id.toLowerCase()}@bookTicker`;
  if (!isHeard(hub, one) && !isHeard(hub, '!bookTicker')) return;
  const { host } = hub;
  const market = marketsOf(host).find((known) => known.market.id === id);
  if (market === undefined) return;
  const { bidPrice, bidQty, askPrice, askQty } = best(host, market);
  const now = `${bidPrice} ${bidQty} ${askPrice} ${askQty}`;
  if (bests.get(id) === now) return;
  bests.set(id, now);
  const crossed = host.simulation.faults.strike(['crossed-book'], { venue: host.name, stream: one, symbol: id });
  const { updateId } = marketOf(host.venue, id);
  const timeMs = host.venue.nowMs;
  const event = {
    ...(host.name === 'binanceUsdm' && { e: 'bookTicker', T: timeMs, E: timeMs }),
    u: updateId,
    s: id,
    b: crossed === undefined ? bidPrice : askPrice,
    B: bidQty,
    a: crossed === undefined ? askPrice : bidPrice,
    A: askQty,
  };
  for (const stream of [one, '!bookTicker']) publish(hub, stream, id, () => event);
}

/** Tickers, mark prices and candles go out on the second. */
function everySecond(hub: StreamHub, lastMs: number, nowMs: number): void {
  const { host } = hub;
  const markets = marketsOf(host);
  const threeSeconds = Math.floor(lastMs / 3000) !== Math.floor(nowMs / 3000);
  for (const market of markets) {
    const { id } = market.market;
    const name = id.toLowerCase();
    publish(hub, `${name}@ticker`, id, () => tickerEvent(host, market, nowMs));
    publish(hub, `${name}@miniTicker`, id, () => miniTickerEvent(host, market, nowMs));
    if (host.name === 'binanceSpot') publish(hub, `${name}@avgPrice`, id, () => averageEvent(host, market, nowMs));
    if (host.name === 'binanceUsdm') {
      publish(hub, `${name}@markPrice@1s`, id, () => markPriceEvent(host, market, nowMs));
      if (threeSeconds) publish(hub, `${name}@markPrice`, id, () => markPriceEvent(host, market, nowMs));
    }
    for (const [interval, timeframe] of Object.entries(intervals)) {
      const stream = `${name}@kline_${interval}`;
      if (isHeard(hub, stream)) publishCandles(hub, { stream, market, interval, timeframe, lastMs, nowMs });
    }
  }
  const all = (describe: (host: BinanceHost, market: SimulatedMarket, nowMs: number) => unknown) => () =>
    markets.map((market) => describe(host, market, nowMs));
  publish(hub, '!ticker@arr', '', all(tickerEvent));
  publish(hub, '!miniTicker@arr', '', all(miniTickerEvent));
  if (host.name !== 'binanceUsdm') return;
  publish(hub, '!markPrice@arr@1s', '', all(markPriceEvent));
  if (threeSeconds) publish(hub, '!markPrice@arr', '', all(markPriceEvent));
}

type CandleBeat = Readonly<{
  stream: string;
  market: SimulatedMarket;
  interval: string;
  timeframe: Timeframe;
  lastMs: number;
  nowMs: number;
}>;

/** The candle that closed since the last beat, if one did, and the running one. */
function publishCandles(hub: StreamHub, { stream, market, interval, timeframe, lastMs, nowMs }: CandleBeat): void {
  const { minutes } = tapeOf(hub.host, market.market.id);
  const running = openOf(timeframe, nowMs);
  const fromMs = Math.min(openOf(timeframe, lastMs), running);
  for (const candle of candlesOf(minutes, timeframe, { fromMs, toMs: nowMs, limit: 10 })) {
    const closed = candle.openMs < running;
    publish(hub, stream, market.market.id, () =>
      candleEvent(hub.host, market, { candle, interval, timeframe, closed, nowMs }),
    );
  }
}

function candleEvent(
  host: BinanceHost,
  { market }: SimulatedMarket,
  {
    candle,
    interval,
    timeframe,
    closed,
    nowMs,
  }: Readonly<{ candle: Candle; interval: string; timeframe: Timeframe; closed: boolean; nowMs: number }>,
) {
  const style = styleOf(host, market);
  return {
    e: 'kline',
    E: nowMs,
    s: market.id,
    k: {
      t: candle.openMs,
      T: closeOf(timeframe, candle.openMs),
      s: market.id,
      i: interval,
      f: candle.firstTradeId,
      L: candle.lastTradeId,
      o: style.price(candle.open),
      c: style.price(candle.close),
      h: style.price(candle.high),
      l: style.price(candle.low),
      v: style.quantity(candle.volume),
      n: candle.trades,
      x: closed,
      q: style.notional(candle.notional),
      V: style.quantity(candle.takerBuyVolume),
      Q: style.notional(candle.takerBuyNotional),
      B: '0',
    },
  };
}

function miniTickerEvent(host: BinanceHost, { market }: SimulatedMarket, nowMs: number) {
  const style = styleOf(host, market);
  const stats = day24(tapeOf(host, market.id), nowMs);
  return {
    e: '24hrMiniTicker',
    E: nowMs,
    s: market.id,
    c: style.price(stats.close),
    o: style.price(stats.open),
    h: style.price(stats.high),
    l: style.price(stats.low),
    v: style.quantity(stats.volume),
    q: style.notional(stats.notional),
  };
}

function tickerEvent(host: BinanceHost, simulated: SimulatedMarket, nowMs: number) {
  const { market } = simulated;
  const style = styleOf(host, market);
  const stats = day24(tapeOf(host, market.id), nowMs);
  const { bidPrice, bidQty, askPrice, askQty } = best(host, simulated);
  const spot = host.name === 'binanceSpot';
  return {
    ...miniTickerEvent(host, simulated, nowMs),
    e: '24hrTicker',
    p: style.price(stats.close - stats.open),
    P: stats.changePercent.toFixed(3),
    w: style.average(stats.notional, stats.volume),
    ...(spot && { x: style.price(stats.open), b: bidPrice, B: bidQty, a: askPrice, A: askQty }),
    Q: style.quantity(stats.lastQuantity),
    O: stats.openMs,
    C: nowMs,
    F: stats.firstTradeId,
    L: stats.lastTradeId,
    n: stats.trades,
  };
}

function averageEvent(host: BinanceHost, { market }: SimulatedMarket, nowMs: number) {
  const { notional, quantity } = recentlyTraded(host, market);
  const w = styleOf(host, market).average(notional, quantity);
  const T = tapeOf(host, market.id).trades.at(-1)?.timeMs ?? nowMs;
  return { e: 'avgPrice', E: nowMs, s: market.id, i: `${averageMinutes}m`, w, T };
}

export function markPriceEvent(host: BinanceHost, { market }: SimulatedMarket, nowMs: number) {
  const state = marketOf(host.venue, market.id);
  const mark = styleOf(host, market).price(state.markPrice);
  return {
    e: 'markPriceUpdate',
    E: nowMs,
    s: market.id,
    p: mark,
    i: mark,
    P: mark,
    r: formatDecimal(fundingRate(state), 8),
    T: host.simulation.world.clock.nextFundingMs,
  };
}
