import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import { symbolFileStem } from '../../core/market/symbol.ts';
import { timeframeMs } from '../../core/market/timeframe.ts';
import { askAgain, type Patience } from './ask-again.ts';
import { seriesFile, storeFolder } from './bar-folders.ts';
import { openFrom, type CandleHistory, type HistorySeries } from './candle-history.ts';
import { dropStored, openJournal, type DownloadJournal } from './download-journal.ts';
import { importBars } from './import-bars.ts';
import { readBarFile, refuseErrors } from './read-bars.ts';
import { checkSeriesVenue } from './series-venue.ts';
import { readSourceFile } from './source-file.ts';
import { withStoreLock } from './store-lock.ts';

/** Bars that wait in the journal at most before they go into the store. */
const flushBars = 500_000;

export type DownloadOptions = Patience &
  Readonly<{
    fromMs: number;
    /** The end, excluded; absent: up to the last candle that has closed. */
    toMs?: number;
    onProgress?(done: number, total: number): void;
  }>;

/** Another download of the series takes as long as it takes. */
const seriesLock = {
  waitMs: 1_000,
  busy: { message: 'another download of this series is running', expected: 'one at a time; start again after it' },
} as const;

export type DownloadedSeries = Readonly<{
  symbol: string;
  file: string;
  /** Bars that were not in the store before. */
  added: number;
  /** It was stopped before its end: the same command goes on. */
  stopped: boolean;
}>;

type Range = Readonly<{ fromMs: number; toMs: number }>;

/**
 * Refuses what the venue has not, and a series whose bars are of another venue, before anything is asked.
 * @throws DeskError BadInput
 */
export async function checkDownload(history: CandleHistory, series: HistorySeries): Promise<void> {
  history.check(series);
  await checkSeriesVenue(history, series);
}

/**
 * Downloads what the store does not have yet of a series. Each page is on disk before the next is asked for, and goes
 * into the store at the end, when it is stopped, or when the same command is given again after a kill. A candle that
 * was open by the venue's clock when the download began is never taken.
 */
export async function downloadBars(
  history: CandleHistory,
  series: HistorySeries,
  options: DownloadOptions,
): Promise<DownloadedSeries> {
  await checkDownload(history, series);
  const name = `${symbolFileStem(series.symbol)}-${series.timeframe}`;
  const folder = join(storeFolder(), '.downloads', name);
  const file = seriesFile(series.symbol, series.timeframe);
  const work = async () => {
    await checkSeriesVenue(history, series); // a download that has just ended may have been of another one
    const target = { file, venue: history.venue, journal: openJournal(join(folder, history.venue, `${name}.csv`)) };
    const before = (await storedTimes(file)).size;
    const nowMs = await unlessStopped(() => history.nowMs(options.signal), options);
    if (nowMs === undefined) return { symbol: series.symbol, file, added: 0, stopped: true };
    await intoStore(target, nowMs);
    const stored = await storedTimes(file);
    const ranges = missingRanges(series, stored, {
      fromMs: openFrom(series.timeframe, options.fromMs),
      toMs: Math.min(options.toMs ?? Infinity, lastClosed(series, nowMs)),
    });
    refuseTooOld(history, series, { ranges, nowMs });
    const stopped = await fetchRanges(history, { ...target, series, ranges, nowMs, options });
    await intoStore(target, nowMs);
    if (!stopped && !existsSync(file)) throw noBars(history, series);
    return { symbol: series.symbol, file, added: (await storedTimes(file)).size - before, stopped };
  };
  return withStoreLock(folder, work, seriesLock);
}

const noBars = ({ venue }: CandleHistory, { symbol, timeframe }: HistorySeries) =>
  new DeskError('DataUnavailable', `${venue} has no closed candle of ${symbol} ${timeframe} in that time`, {
    path: '--from',
  });

/** End of the last candle that has closed. */
const lastClosed = ({ timeframe }: HistorySeries, nowMs: number): number =>
  Math.floor(nowMs / timeframeMs[timeframe]) * timeframeMs[timeframe];

async function storedTimes(file: string): Promise<ReadonlySet<number>> {
  if (!existsSync(file)) return new Set();
  const read = await readBarFile(readSourceFile(file));
  refuseErrors(file, read);
  return new Set(read.columns.timeMs);
}

/** Where bars of a venue go: its own journal, so that no other venue's run takes them, then the series' file. */
type Target = Readonly<{ file: string; venue: string; journal: DownloadJournal }>;

async function intoStore({ journal, file, venue }: Target, nowMs: number): Promise<void> {
  if (journal.count() === 0) return;
  dropStored(journal, await storedTimes(file));
  if (openJournal(journal.file).count() > 0) await importBars([journal.file], { nowMs, venue });
  journal.clear();
}

/** Runs of times on the grid that the store has no bar of. */
function missingRanges({ timeframe }: HistorySeries, stored: ReadonlySet<number>, { fromMs, toMs }: Range): Range[] {
  const stepMs = timeframeMs[timeframe];
  const ranges: Range[] = [];
  let startMs: number | undefined;
  for (let ms = fromMs; ms < toMs; ms += stepMs) {
    if (!stored.has(ms)) startMs ??= ms;
    else if (startMs !== undefined) {
      ranges.push({ fromMs: startMs, toMs: ms });
      startMs = undefined;
    }
  }
  if (startMs !== undefined) ranges.push({ fromMs: startMs, toMs });
  return ranges;
}

const minuteText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;

type Wanted = Readonly<{ ranges: readonly Range[]; nowMs: number }>;

function refuseTooOld(
  { venue, newestOnly }: CandleHistory,
  { symbol, timeframe }: HistorySeries,
  { ranges, nowMs }: Wanted,
): void {
  const [first] = ranges;
  if (newestOnly === undefined || first === undefined) return;
  // The open candle is one of them.
  const earliestMs = (Math.floor(nowMs / timeframeMs[timeframe]) - newestOnly + 1) * timeframeMs[timeframe];
  if (first.fromMs >= earliestMs) return;
  throw new DeskError('DataUnavailable', `${venue} gives the newest ${newestOnly} candles of a timeframe only`, {
    path: `${symbol} ${timeframe} --from`,
    expected: `${minuteText(earliestMs)} or later, a longer timeframe, or another venue`,
    found: minuteText(first.fromMs),
  });
}

type Work = Target &
  Readonly<{ series: HistorySeries; ranges: readonly Range[]; nowMs: number; options: DownloadOptions }>;

/** Says whether it was stopped. */
async function fetchRanges(history: CandleHistory, work: Work): Promise<boolean> {
  const { series, ranges, journal, nowMs, options } = work;
  const stepMs = timeframeMs[series.timeframe];
  const total = ranges.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / stepMs, 0);
  let done = 0;
  for (const range of ranges) {
    for (let atMs = range.fromMs; atMs < range.toMs;) {
      if (options.signal.aborted) return true;
      options.onProgress?.(done, total);
      const fromMs = atMs;
      const bars = await unlessStopped(() => history.page(series, fromMs, options.signal), options);
      if (bars === undefined) return true;
      const fit = bars.filter(({ openMs }) => openMs >= fromMs && openMs < range.toMs);
      if (fit.length === 0) break; // the venue has no more of it
      if (fromMs === ranges[0].fromMs) tellLateStart(fit[0].openMs, fromMs, work);
      journal.append(fit);
      const nextMs = fit[fit.length - 1].openMs + stepMs;
      done += (nextMs - atMs) / stepMs;
      atMs = nextMs;
      if (journal.count() >= flushBars) await intoStore(work, nowMs);
    }
  }
  options.onProgress?.(total, total);
  return false;
}

function tellLateStart(firstMs: number, fromMs: number, { series, options }: Work): void {
  if (firstMs <= fromMs) return;
  options.onNotice?.(`${series.symbol} ${series.timeframe}: the venue has nothing before ${minuteText(firstMs)}`);
}

/** Undefined where it was stopped before there was an answer. */
async function unlessStopped<Result>(
  ask: () => Promise<Result>,
  options: DownloadOptions,
): Promise<Result | undefined> {
  try {
    return await askAgain(ask, options);
  } catch (error) {
    if (options.signal.aborted) return undefined;
    throw error;
  }
}
