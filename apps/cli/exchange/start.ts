import { DeskError } from '../../../core/errors.ts';
import type { ClockMode } from '../../../core/venue/clocks.ts';
import { underlyings, venueNames, type VenueName } from '../../../adapters/exchange/simulated/markets.ts';
import type { MarketSource, SimulationOptions } from '../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import type { ExchangeOptions } from '../exchange.ts';
import { notice, printJson } from '../output.ts';
import { aborted, stopSignal } from '../stop-signal.ts';

/** Serves until it is stopped; one JSON line on standard output says that it is ready. */
export async function startExchange(options: ExchangeOptions): Promise<void> {
  const { signal, release } = stopSignal();
  const settings: SimulationOptions = {
    venues: namedVenues(options.venue),
    source: await sourceOf(options),
    clock: clockOf(options),
    seed: options.seed,
    historyMinutes: options.historyDays * 1440 + 60,
    rateLimits: options.rateLimits,
    ...(options.port !== undefined && { port: options.port }),
  };
  const exchange = await startSimulatedExchange(settings).catch((error: unknown) => {
    throw listenError(error, options);
  });
  try {
    printJson(readyDocument(exchange));
    if (options.json !== true) describe(exchange);
    await aborted(signal);
  } finally {
    await exchange.close();
    release();
  }
}

/** A port that cannot be had is the caller's matter; anything else stays what it is. */
function listenError(error: unknown, { port }: ExchangeOptions): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (port === undefined || (code !== 'EADDRINUSE' && code !== 'EACCES')) return error;
  const message = code === 'EACCES' ? 'nobody but root may listen on this port' : 'the port is taken';
  return new DeskError('Usage', message, {
    path: '--port',
    expected: 'a free port',
    found: String(port),
    cause: error,
  });
}

function clockOf({ clock, speed }: ExchangeOptions): Readonly<{ mode: ClockMode; speed: number }> {
  if (clock !== 'manual') return { mode: speed === 1 ? 'real' : 'speed', speed };
  if (speed === 1) return { mode: 'manual', speed };
  const found = String(speed);
  throw new DeskError('Usage', 'a manual clock has no speed', { path: '--speed', expected: '--clock real', found });
}

function namedVenues(names: readonly string[] = []): readonly VenueName[] {
  if (names.length === 0) return venueNames;
  const chosen = names.flatMap((name): readonly VenueName[] => {
    if (name === 'binance') return ['binanceSpot', 'binanceUsdm'];
    if (name === 'kraken') return ['krakenSpot'];
    const known = venueNames.find((venue) => venue === name);
    if (known !== undefined) return [known];
    throw new DeskError('Usage', 'no such venue', {
      path: '--venue',
      expected: `binance, kraken, ${venueNames.join(', ')}`,
      found: name,
    });
  });
  return venueNames.filter((venue) => chosen.includes(venue));
}

/** Hours of the sample that are replayed where no recording is named. */
const sampleHours = 720;

async function sourceOf({ market, recording }: ExchangeOptions): Promise<MarketSource> {
  if (market !== 'recorded') {
    if (recording === undefined) return { kind: market };
    throw new DeskError('Usage', 'a recording needs --market recorded', { path: '--recording' });
  }
  if (recording !== undefined) {
    const { readRecordings } = await import('../../../adapters/exchange/simulated/recordings.ts');
    return { kind: 'recorded', trades: await readRecordings(recording, underlyings) };
  }
  const { loadMarkets } = await import('../../../adapters/market-data/load-markets.ts');
  const bars = await Promise.all(
    ['BTC', 'ETH'].map(async (name) => {
      const { markets } = await loadMarkets({ universe: [`${name}/USDT:USDT`], timeframe: '1h', bars: sampleHours });
      const columns = markets[0]?.bars;
      const rows = [...(columns?.timeMs ?? [])].map((openTimeMs, row) => {
        const at = (column: Float64Array | undefined) => column?.[row] ?? 0;
        return [
          openTimeMs,
          at(columns?.open),
          at(columns?.high),
          at(columns?.low),
          at(columns?.close),
          at(columns?.volume),
        ] as const;
      });
      return [name, { barMs: 3_600_000, rows }] as const;
    }),
  );
  return { kind: 'recorded', bars: Object.fromEntries(bars) };
}

/** What a program that started it needs to know. */
export function readyDocument({ url, ws, seed, control, simulation, accounts }: SimulatedExchange) {
  const symbols = Object.fromEntries(
    simulation.names.map((name) => [
      name,
      simulation.markets.filter(({ venue }) => venue === name).map(({ market, kraken }) => kraken?.symbol ?? market.id),
    ]),
  );
  return { url, ws, pid: process.pid, seed, control, symbols, accounts };
}

function describe({ url, ws, control, accounts }: SimulatedExchange): void {
  notice(
    `Simulated exchange is ready: Binance spot ${url}/bspot, USD-M ${url}/bfut, Kraken ${url}/kr (sockets at ${ws})`,
  );
  for (const { id, apiKey } of accounts)
    notice(`Account ${id}: Binance key ${apiKey.slice(0, 8)}…, all keys in the line above`);
  notice(`Control and truth: ${control}/truth. How to point ccxt at it: docs/simulated-exchange.md. Ctrl-C stops it.`);
}
