import { createClocks, type Clocks } from '../../../core/venue/clocks.ts';
import { minuteMs, type Candles } from '../../../core/venue/candles.ts';
import { decimal } from '../../../core/venue/decimal.ts';
import type { VenueEvent } from '../../../core/venue/events.ts';
import { historyCandles, synthesizeHistory } from '../../../core/venue/history.ts';
import {
  createRecordedSource,
  createSyntheticSource,
  tradesOfBars,
  type PriceSource,
} from '../../../core/venue/price-source.ts';
import { addAccount, createVenue, deposit, type VenueState } from '../../../core/venue/state.ts';
import { createSubstreams, mixSeed, type Substreams } from '../../../core/venue/substreams.ts';
import { createPrng } from '../../../core/math/prng.ts';
import { advanceTo, createWorld, marketKey, type World } from '../../../core/venue/world.ts';
import { createAlarms, type Alarms } from './alarms.ts';
import { createFaults, type Faults } from './faults.ts';
import {
  simulatedMarkets,
  startPrices,
  venueAssets,
  venueNames,
  volatilities,
  type SimulatedMarket,
  type VenueName,
} from './markets.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { fundedAccount, type MarketSource, type SimulatedAccount, type SimulationOptions } from './settings.ts';

/** Everything that is simulated, in one object; gateways translate it to the venues' words. */
export type Simulation = Readonly<{
  seed: number;
  options: SimulationOptions;
  names: readonly VenueName[];
  markets: readonly SimulatedMarket[];
  accounts: SimulatedAccount[];
  clocks: Clocks;
  world: World;
  streams: Substreams;
  faults: Faults;
  log: RequestLog;
  outbox: Outbox;
  alarms: Alarms;
  /** Until when each account's last request is in a venue's engine. */
  engineLanes: Map<string, number>;
  wireMs(): number;
  /** Brings the markets up to now; gives the market clock. */
  sync(): number;
  /** Time passes by hand, and what is due on the way happens at its moment; false where the clock takes no hand. */
  advance(ms: number): boolean;
  venue(name: VenueName): VenueState;
  onEvent(venue: VenueName, listener: (event: VenueEvent) => void): void;
  onStep(listener: (nowMs: number) => void): void;
  /** Adds money to an account of the settings. */
  openAccount(account: SimulatedAccount): void;
}>;

/** A day and an hour of candles: what 24-hour statistics need, and quick to make. */
const defaultHistoryMinutes = 1500;

/** Where a manual clock stands at first, when nothing is said. */
const manualStartMs = Date.UTC(2026, 0, 5, 12);

export function createSimulation(options: SimulationOptions, hostMs: () => number): Simulation {
  const seed = options.seed ?? 1;
  const { mode = 'real', speed = 1, skewMs = 0, startMs: given } = options.clock ?? {};
  const startMs = Math.floor(given ?? (mode === 'manual' ? manualStartMs : hostMs()));
  const clocks = createClocks({ mode, speed, skewMs, startMs });
  const streams = createSubstreams(seed);
  const names = options.venues ?? venueNames;
  const markets = simulatedMarkets.filter(({ venue }) => names.includes(venue));
  const venues = new Map(names.map((name) => [name, venueState(name, markets, { streams, options })]));
  const eventListeners = new Map<string, ((event: VenueEvent) => void)[]>(names.map((name) => [name, []]));
  const stepListeners: ((nowMs: number) => void)[] = [];
  const accounts: SimulatedAccount[] = [];
  const world = createWorld({
    ...prices(markets, { seed, startMs, options }),
    venues,
    markets: markets.map(({ market, bestQuantity, ...rest }) => ({
      ...rest,
      market: market.id,
      quoting: {
        levels: 20,
        spacing: spacing(market.tick, priceUnits(rest.underlying, market.priceDecimals)),
        quantity: bestQuantity,
        takersPerSecond: options.takersPerSecond ?? 2,
      },
    })),
    prng: streams.market,
    startMs,
    stepMs: options.stepMs ?? stepFor(speed),
    listen: (venue, event) => {
      for (const listener of eventListeners.get(venue) ?? []) listener(event);
    },
    onStep: (nowMs) => {
      for (const listener of stepListeners) listener(nowMs);
    },
  });
  const wireMs = () => clocks.wireMs(hostMs());
  const alarms = createAlarms(() => clocks.ownMs(hostMs()), { timers: mode !== 'manual' });
  const simulation: Simulation = {
    seed,
    options,
    names,
    markets,
    accounts,
    clocks,
    world,
    streams,
    faults: createFaults(streams.faults, wireMs),
    log: createRequestLog(),
    outbox: createOutbox(),
    alarms,
    engineLanes: new Map(),
    wireMs,
    sync: () => {
      const nowMs = clocks.marketMs(hostMs());
      advanceTo(world, nowMs);
      return nowMs;
    },
    advance: (ms) => advanceByHand(simulation, ms),
    venue: (name) => stateOf(venues, name),
    onEvent: (name, listener) => eventListeners.get(name)?.push(listener),
    onStep: (listener) => stepListeners.push(listener),
    openAccount: (account) => {
      accounts.push(account);
      for (const [name, state] of venues) fund(state, account, name);
    },
  };
  for (const account of options.accounts ?? [fundedAccount(seed, 'main')]) simulation.openAccount(account);
  for (const fault of options.faults ?? []) simulation.faults.add(fault);
  return simulation;
}

function stateOf(venues: ReadonlyMap<VenueName, VenueState>, name: VenueName): VenueState {
  const state = venues.get(name);
  if (state === undefined) throw new RangeError(`${name} is not simulated here`);
  return state;
}

/** Moves the clocks, with a stop at each moment for which something is set. */
function advanceByHand({ clocks, alarms, sync }: Simulation, ms: number): boolean {
  const untilMs = alarms.nowMs() + ms;
  const moveTo = (toMs: number) => clocks.advance(Math.max(0, toMs - alarms.nowMs()));
  if (!moveTo(alarms.nowMs())) return false;
  for (let dueMs = alarms.nextMs(); dueMs !== undefined && dueMs <= untilMs; dueMs = alarms.nextMs()) {
    moveTo(dueMs);
    sync();
    alarms.ringUntil(dueMs);
  }
  return moveTo(untilMs);
}

/** A step of 100 ms of market time, longer when the market runs fast, so that steps cost the same a second. */
const stepFor = (speed: number) => Math.min(minuteMs, Math.max(100, 10 * Math.ceil((20 * speed) / 10)));

const priceUnits = (underlying: string, decimals: number) => (startPrices[underlying] ?? 1) * 10 ** decimals;

/** Levels 0.3 bp apart, whole ticks. */
function spacing(tick: bigint, units: number): bigint {
  const wanted = BigInt(Math.max(1, Math.round(units * 0.3e-4)));
  return wanted < tick ? tick : (wanted / tick) * tick;
}

function venueState(
  name: VenueName,
  markets: readonly SimulatedMarket[],
  { streams, options }: Readonly<{ streams: Substreams; options: SimulationOptions }>,
): VenueState {
  const first = () => 1_000_000 + streams.ids.nextBelow(1_000_000_000);
  return createVenue({
    markets: markets.filter(({ venue }) => venue === name).map(({ market }) => market),
    assets: venueAssets[name],
    selfTrade: name === 'krakenSpot' ? 'expireTaker' : 'expireMaker',
    firstOrderId: first(),
    firstTradeId: first(),
    firstUpdateId: first(),
    ...(options.fillChunks !== undefined && { fillChunks: options.fillChunks }),
  });
}

function fund(state: VenueState, account: SimulatedAccount, name: VenueName): void {
  addAccount(state, account.id);
  for (const [asset, amount] of Object.entries(account.balances[name])) {
    const decimals = state.assets.get(asset)?.decimals;
    if (decimals === undefined) continue;
    deposit(state, { account: account.id, asset, amount: decimal(amount, decimals) });
  }
}

type PriceInputs = Readonly<{ seed: number; startMs: number; options: SimulationOptions }>;

/** A source and past minutes for each underlying; the chance in them is the seed's alone, whatever venues there are. */
function prices(
  markets: readonly SimulatedMarket[],
  { seed, startMs, options }: PriceInputs,
): Readonly<{ sources: Map<string, PriceSource>; history: Map<string, Candles> }> {
  const sources = new Map<string, PriceSource>();
  const history = new Map<string, Candles>();
  for (const underlying of new Set(markets.map((market) => market.underlying))) {
    const source = options.source ?? { kind: 'synthetic' };
    const prng = createPrng(mixSeed(seed, `price ${underlying}`));
    const volatility = volatilities[underlying] ?? 0.6;
    const recorded = source.kind === 'recorded' ? recording(source, underlying, { startMs, prng }) : undefined;
    const price = recorded?.[0]?.price ?? startPrices[underlying] ?? 100;
    const past = synthesizeHistory(createPrng(mixSeed(seed, `history ${underlying}`)), {
      startMs,
      minutes: options.historyMinutes ?? defaultHistoryMinutes,
      price,
      volatility,
    });
    const synthetic = { price, startMs, volatility: source.kind === 'scripted' ? 0 : volatility, prng };
    sources.set(underlying, recorded ? createRecordedSource(recorded) : createSyntheticSource(synthetic));
    for (const { venue, market, basisPpm, bestQuantity, underlying: of } of markets) {
      if (of !== underlying) continue;
      history.set(marketKey(venue, market.id), historyCandles(market, past, { basisPpm, quantity: bestQuantity }));
    }
  }
  return { sources, history };
}

/** A recording moved so that it begins at the start of the simulation. */
function recording(
  source: Extract<MarketSource, { kind: 'recorded' }>,
  underlying: string,
  { startMs, prng }: Readonly<{ startMs: number; prng: ReturnType<typeof createPrng> }>,
) {
  const bars = source.bars?.[underlying];
  const trades =
    source.trades?.[underlying] ?? (bars === undefined ? undefined : tradesOfBars(bars.rows, bars.barMs, prng));
  const first = trades?.[0]?.timeMs;
  if (trades === undefined || first === undefined) return undefined;
  return trades.map((trade) => ({ ...trade, timeMs: trade.timeMs - first + startMs }));
}
