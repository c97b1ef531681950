import { DeskError } from '../../core/errors.ts';
import { type Bars, sliceBars } from '../../core/market/bars.ts';
import { countGaps, type Gaps, maxMissingShare, missingShare } from '../../core/market/gaps.ts';
import { timeframeMs } from '../../core/market/timeframe.ts';
import { parseTimeRange, type TimeRange, windowOf } from '../../core/market/time-range.ts';
import type { LoadedMarket, LoadedMarkets, MarketRequest } from '../../core/ports/market-data.ts';
import { holdoutFromMs, marketBefore } from '../../core/validation/windows.ts';
import { hashColumns } from '../hashing.ts';
import { createBarFinder, symbolOf } from './find-bars.ts';
import { readFundingFile } from './funding.ts';
import { loadColumns } from './load-columns.ts';

/** As many markets as a strategy file may name. */
const maxMarkets = 200;

type Window = Readonly<{ range: TimeRange; bars: number | undefined; allowGaps: boolean }>;

/**
 * The bars that a run uses, checked: found, resampled, cut to the range and then to the first N, gaps counted. May be
 * called in any thread: what was read once comes from the column cache. Refuses what section 3 of the specification
 * refuses, and windows that miss more than 1 % of their bars unless gaps are allowed.
 */
export async function loadMarkets(request: MarketRequest): Promise<LoadedMarkets> {
  const finder = createBarFinder(request.data, request.universe);
  const universe = request.universe ?? finder.named;
  checkRequest(request, universe);
  const window: Window = {
    range: request.timerange === undefined ? {} : parseTimeRange(request.timerange),
    bars: request.bars,
    allowGaps: request.allowGaps ?? false,
  };
  const funding = fundingFiles(request.funding ?? []);
  const markets: LoadedMarket[] = [];
  const warnings: string[] = [];
  const keys: string[] = [];
  let holdoutMs: number | undefined;
  let historyToMs = 0;
  for (const symbol of universe) {
    const file = finder.find(symbol, request.timeframe);
    const { columns, key } = await loadColumns(file, request.timeframe);
    const { incompleteBars, ...rest } = columns;
    const history = { symbol, ...rest };
    if (holdoutMs === undefined) historyToMs = (history.timeMs.at(-1) ?? 0) + timeframeMs[history.timeframe];
    holdoutMs ??= holdoutFromMs(history);
    const market = cutMarket(request.sealed === true ? seal(history, holdoutMs, file) : history, file, window);
    const rates = funding.get(symbol);
    markets.push(rates === undefined ? market : { ...market, funding: readFundingFile(rates, symbol) });
    keys.push([symbol, key, market.bars.timeMs[0], market.bars.timeMs.length].join(' '));
    warnings.push(...marketWarnings(market, incompleteBars));
  }
  const dataHash = dataHashOf(markets, keys, funding.size > 0);
  return { markets, gaps: sumGaps(markets), dataHash, holdoutFromMs: holdoutMs ?? 0, historyToMs, warnings };
}

function checkRequest({ bars }: MarketRequest, universe: readonly string[]): void {
  if (bars !== undefined && !(Number.isInteger(bars) && bars >= 1)) {
    throw new DeskError('Usage', 'no number of bars', {
      path: '--bars',
      expected: 'an integer >= 1',
      found: String(bars),
    });
  }
  if (universe.length >= 1 && universe.length <= maxMarkets) return;
  throw new DeskError('Usage', 'which bars?', {
    path: '--data',
    expected: `SYMBOL=file, 1 to ${maxMarkets} symbols`,
    found: `${universe.length}`,
  });
}

function fundingFiles(entries: readonly string[]): Map<string, string> {
  return new Map(
    entries.map((entry) => {
      const cut = entry.indexOf('=');
      if (cut > 0) return [symbolOf(entry.slice(0, cut), '--funding'), entry.slice(cut + 1)];
      throw new DeskError('Usage', 'whose funding?', { path: '--funding', expected: 'SYMBOL=file', found: entry });
    }),
  );
}

/** The bars that had closed where the holdout begins; a market that is younger has none. */
function seal(history: Bars, holdoutMs: number, file: string): Bars {
  const { bars } = marketBefore({ bars: history }, holdoutMs);
  if (bars.timeMs.length > 0 || history.timeMs.length === 0) return bars;
  throw new DeskError('DataUnavailable', `all bars of ${history.symbol} are in the sealed holdout`, {
    file,
    path: '--unseal',
    expected: `a market that began before ${isoTime(holdoutMs)}, or --unseal (the look is recorded)`,
    found: `bars from ${isoTime(history.timeMs[0])}`,
  });
}

function cutMarket(bars: Bars, file: string, { range, bars: count, allowGaps }: Window): LoadedMarket {
  const { from, to } = windowOf(bars.timeMs, range, count);
  if (from >= to) {
    const last = bars.timeMs.length - 1;
    throw new DeskError('DataUnavailable', `there are no ${bars.timeframe} bars of ${bars.symbol} in the range`, {
      file,
      path: '--timerange',
      found:
        last < 0 ? 'no closed bar at all' : `bars from ${isoTime(bars.timeMs[0])} to ${isoTime(bars.timeMs[last])}`,
    });
  }
  const cut = sliceBars(bars, from, to);
  const gaps = countGaps(cut.timeMs, cut.timeframe);
  const share = missingShare(gaps, to - from);
  if (share > maxMissingShare && !allowGaps) {
    throw new DeskError('BadInput', `${gaps.missingBars} bars of ${bars.symbol} are missing (gaps: ${gaps.gaps})`, {
      file,
      expected: `at most ${maxMissingShare * 100} % of the window, or --allow-gaps`,
      found: `${(share * 100).toFixed(1)} %`,
    });
  }
  return { bars: cut, source: file, gaps };
}

function marketWarnings({ bars, gaps, source }: LoadedMarket, incompleteBars: number): string[] {
  const warnings: string[] = [];
  const share = missingShare(gaps, bars.timeMs.length);
  if (share > maxMissingShare) {
    warnings.push(
      `${bars.symbol}: ${(share * 100).toFixed(1)} % of the window's bars are missing (gaps: ${gaps.gaps})`,
    );
  }
  if (incompleteBars > 0) {
    warnings.push(
      `${bars.symbol}: ${incompleteBars} ${bars.timeframe} bars of ${source} lack some of the bars they are made of`,
    );
  }
  return warnings;
}

const sumGaps = (markets: readonly LoadedMarket[]): Gaps => ({
  gaps: markets.reduce((sum, { gaps }) => sum + gaps.gaps, 0),
  missingBars: markets.reduce((sum, { gaps }) => sum + gaps.missingBars, 0),
});

/** Hashes of columns that this thread has hashed before: 1,000 strategies on the same bars hash them once. */
const knownDataHashes = new Map<string, string>();
const maxKnownDataHashes = 1_000;

/** The keys say all of the markets but their funding, which is not cached either. */
function dataHashOf(markets: readonly LoadedMarket[], keys: readonly string[], withFunding: boolean): string {
  const key = keys.join('\n');
  const known = withFunding ? undefined : knownDataHashes.get(key);
  if (known !== undefined) return known;
  const hash = hashColumns(markets);
  if (withFunding) return hash;
  if (knownDataHashes.size >= maxKnownDataHashes) knownDataHashes.clear();
  knownDataHashes.set(key, hash);
  return hash;
}

const isoTime = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
