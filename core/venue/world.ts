import type { Prng } from '../math/prng.ts';
import { openMinutes, type Candles } from './candles.ts';
import { pow10 } from './decimal.ts';
import type { VenueEvent } from './events.ts';
import { createQuotes, printTrade, requote, takeAtRandom, type Quotes, type Quoting } from './market-maker.ts';
import { nextFundingMs, payFunding, type FundingPayment } from './perpetuals.ts';
import type { PriceSource } from './price-source.ts';
import { marketOf, type MarketState, type VenueState } from './state.ts';
import { createTape, print, type Tape } from './tape.ts';

/** One market of the world: which venue trades it, which price it follows and how far off. */
export type WorldMarket = Readonly<{
  venue: string;
  market: string;
  /** Name of the price source. */
  underlying: string;
  /** Distance to the source's price in millionths. */
  basisPpm: number;
  quoting: Quoting;
}>;

export type WorldSettings = Readonly<{
  venues: ReadonlyMap<string, VenueState>;
  markets: readonly WorldMarket[];
  sources: ReadonlyMap<string, PriceSource>;
  prng: Prng;
  startMs: number;
  /** Market time between two moves of the makers. */
  stepMs: number;
  /** Minutes that happened before the start, by market key. */
  history: ReadonlyMap<string, Candles>;
  listen(venue: string, event: VenueEvent): void;
  /** After each step: what is sent on a beat (depth differences, candles) is due. */
  onStep(nowMs: number): void;
}>;

export type FundingRate = Readonly<{ timeMs: number; ratePer1e8: bigint; markPrice: bigint }>;

export type World = Readonly<{
  settings: WorldSettings;
  tapes: ReadonlyMap<string, Tape>;
  quotes: ReadonlyMap<string, Quotes>;
  fundingRates: ReadonlyMap<string, FundingRate[]>;
  fundingPayments: FundingPayment[];
  clock: { nowMs: number; nextFundingMs: number };
}>;

export const marketKey = (venue: string, market: string): string => `${venue} ${market}`;

/** Venues, makers and takers behind one set of prices. The same seed and the same calls give the same events. */
export function createWorld(settings: WorldSettings): World {
  const keys = settings.markets.map(({ venue, market }) => marketKey(venue, market));
  const tapes = new Map(keys.map((key) => [key, createTape()]));
  const world: World = {
    settings,
    tapes,
    quotes: new Map(keys.map((key) => [key, createQuotes()])),
    fundingRates: new Map(keys.map((key) => [key, []])),
    fundingPayments: [],
    clock: { nowMs: settings.startMs, nextFundingMs: nextFundingMs(settings.startMs) },
  };
  for (const [key, minutes] of settings.history)
    tapes.get(key)?.minutes.push(...minutes.map((minute) => ({ ...minute })));
  for (const [venue, state] of settings.venues) {
    state.nowMs = settings.startMs;
    state.emit = (event) => {
      if (event.type === 'trade') {
        const tape = tapes.get(marketKey(venue, event.trade.market));
        if (tape !== undefined) print(tape, event.trade);
      }
      settings.listen(venue, event);
    };
  }
  move(world, { nowMs: settings.startMs, dtMs: 0 });
  return world;
}

/** Steps over the grid up to `toMs`, then sets every venue's clock there. */
export function advanceTo(world: World, toMs: number): void {
  const { clock, settings } = world;
  const { stepMs } = settings;
  let stepAt = (Math.floor(clock.nowMs / stepMs) + 1) * stepMs;
  while (stepAt <= toMs) {
    setTime(world, stepAt);
    move(world, { nowMs: stepAt, dtMs: stepMs });
    if (stepAt >= clock.nextFundingMs) fund(world);
    settings.onStep(stepAt);
    stepAt += stepMs;
  }
  if (toMs > clock.nowMs) setTime(world, toMs);
}

function setTime({ clock, settings }: World, nowMs: number): void {
  clock.nowMs = nowMs;
  for (const state of settings.venues.values()) state.nowMs = nowMs;
}

function move(world: World, { nowMs, dtMs }: Readonly<{ nowMs: number; dtMs: number }>): void {
  const { settings } = world;
  const moved = new Map(
    [...settings.sources].map(([name, source]) => [name, { recorded: source.recorded, ...source.advance(nowMs) }]),
  );
  for (const entry of settings.markets) {
    const source = moved.get(entry.underlying);
    const state = settings.venues.get(entry.venue);
    const quotes = world.quotes.get(marketKey(entry.venue, entry.market));
    if (source === undefined || state === undefined || quotes === undefined) continue;
    const market = marketOf(state, entry.market);
    const making = { market, quotes, quoting: entry.quoting, prng: settings.prng };
    const priceAt = (price: number) => toPrice(market, price * (1 + entry.basisPpm / 1e6));
    for (const { price, quantity, buyerIsMaker } of source.trades) {
      const side = buyerIsMaker ? 'sell' : 'buy';
      printTrade(state, making, { price: priceAt(price), quantity: toQuantity(market, quantity), side });
    }
    const middle = priceAt(source.price);
    market.markPrice = middle;
    if (market.lastPrice === 0n) market.lastPrice = middle;
    requote(state, making, middle);
    if (!source.recorded) takeAtRandom(state, making, dtMs);
    const minutes = world.tapes.get(marketKey(entry.venue, entry.market))?.minutes;
    if (minutes !== undefined) openMinutes(minutes, nowMs);
  }
}

/** The next funding's rate: 0.01 % plus the premium of the last trade over the mark, at most 0.75 % either way. */
export function fundingRate({ lastPrice, markPrice }: MarketState): bigint {
  const premium = markPrice === 0n ? 0n : ((lastPrice - markPrice) * 100_000_000n) / markPrice;
  const rate = 10_000n + premium / 8n;
  return rate > 750_000n ? 750_000n : rate < -750_000n ? -750_000n : rate;
}

function fund(world: World): void {
  const timeMs = world.clock.nextFundingMs;
  world.clock.nextFundingMs = nextFundingMs(timeMs);
  for (const { venue, market: id } of world.settings.markets) {
    const state = world.settings.venues.get(venue);
    const market = state?.markets.get(id);
    if (state === undefined || market?.market.kind !== 'perpetual') continue;
    const ratePer1e8 = fundingRate(market);
    world.fundingPayments.push(...payFunding(state, market, ratePer1e8));
    world.fundingRates.get(marketKey(venue, id))?.push({ timeMs, ratePer1e8, markPrice: market.markPrice });
  }
}

/** Nearest tick, at least one. */
export function toPrice({ market }: MarketState, price: number): bigint {
  const units = BigInt(Math.round(price * Number(pow10(market.priceDecimals))));
  const whole = ((units + market.tick / 2n) / market.tick) * market.tick;
  return whole < market.minPrice ? market.minPrice : whole;
}

const toQuantity = ({ market }: MarketState, quantity: number) =>
  BigInt(Math.round(quantity * Number(pow10(market.quantityDecimals))));
