import { existsSync } from 'node:fs';
import { openHistory } from '../../../adapters/market-data/candle-history.ts';
import { checkDownload, downloadBars, type DownloadedSeries } from '../../../adapters/market-data/download-bars.ts';
import { symbolOf } from '../../../adapters/market-data/find-bars.ts';
import { verifyBarFile, type VerifiedFile } from '../../../adapters/market-data/verify-bars.ts';
import { DeskError, errorLine, errorRules } from '../../../core/errors.ts';
import type { Timeframe } from '../../../core/market/timeframe.ts';
import { notice, print, printJson } from '../output.ts';
import { createProgress, duration } from '../progress.ts';
import { stopSignal } from '../stop-signal.ts';
import { renderTable } from '../table.ts';
import { dayText } from './text.ts';

export type DownloadFlags = Readonly<{
  venue: string;
  symbols: string;
  timeframe: Timeframe;
  from: string;
  to?: string;
  baseUrl?: string;
  allowGaps?: boolean;
  json?: boolean;
}>;

/** `nightdesk data download`: 1 is the exit code where it was stopped, 2 where the store's file is bad afterwards. */
export async function runDownload(flags: DownloadFlags): Promise<void> {
  const symbols = [...new Set(flags.symbols.split(',').map((text) => symbolOf(text.trim(), '--symbols')))];
  const fromMs = timeOf(flags.from, '--from');
  const toMs = flags.to === undefined ? undefined : timeOf(flags.to, '--to');
  if (toMs !== undefined && toMs <= fromMs) {
    throw new DeskError('Usage', 'the end lies before the start', {
      path: '--to',
      expected: `later than ${flags.from}`,
      found: flags.to ?? '',
    });
  }
  const { signal, release } = stopSignal();
  const history = await openHistory(flags.venue, flags.baseUrl === undefined ? {} : { baseUrl: flags.baseUrl });
  const done: DownloadedSeries[] = [];
  try {
    for (const symbol of symbols) await checkDownload(history, { symbol, timeframe: flags.timeframe });
    for (const symbol of symbols) {
      const progress = createProgress(`downloading ${symbol} ${flags.timeframe}`);
      const series = { symbol, timeframe: flags.timeframe };
      let at: readonly [done: number, total: number] = [0, 0];
      const onProgress = (...now: typeof at) => progress.update(...(at = now));
      const onWait = (ms: number) => progress.update(...at, `asked again in ${duration(ms)}`);
      const options = { fromMs, ...(toMs !== undefined && { toMs }), signal, onNotice: notice, onProgress, onWait };
      done.push(await downloadBars(history, series, options));
      progress.finish();
      if (signal.aborted) break;
    }
  } finally {
    release();
    await history.close();
  }
  await report(done, flags);
}

async function report(done: readonly DownloadedSeries[], flags: DownloadFlags): Promise<void> {
  const verified: (DownloadedSeries & Pick<VerifiedFile, 'bars' | 'from' | 'to' | 'missingBars' | 'errors'>)[] = [];
  for (const series of done) {
    if (!existsSync(series.file)) continue; // stopped before the first page
    const file = await verifyBarFile(series.file, { allowGaps: flags.allowGaps ?? false });
    const { bars, from, to, missingBars, errors } = file;
    verified.push({ ...series, bars, from, to, missingBars, errors });
  }
  if (verified.some(({ errors }) => errors.length > 0)) process.exitCode = errorRules.BadInput.exitCode;
  else if (done.some(({ stopped }) => stopped)) process.exitCode = errorRules.Cancelled.exitCode;
  if (flags.json === true)
    return printJson({ series: verified.map((row) => ({ timeframe: flags.timeframe, ...row })) });
  print(
    renderTable(
      [
        { title: 'symbol' },
        { title: 'timeframe' },
        { title: 'new', align: 'right' },
        { title: 'bars', align: 'right' },
        { title: 'from' },
        { title: 'to' },
        { title: 'missing', align: 'right' },
        { title: 'errors', align: 'right' },
      ],
      verified.map((row) => [
        row.symbol,
        flags.timeframe,
        `${row.added}`,
        `${row.bars}`,
        dayText(row.from),
        dayText(row.to),
        `${row.missingBars}`,
        row.errors.length === 0 ? 'none' : `${row.errors.length}`,
      ]),
    ),
  );
  for (const { file, errors } of verified) {
    for (const { row, field, message } of errors) {
      notice(errorLine({ file, ...(row > 0 && { line: row }), ...(field !== '' && { path: field }), message }));
    }
  }
  for (const { symbol, stopped } of done) {
    if (stopped) notice(`${symbol} ${flags.timeframe}: stopped; the same command goes on where it is`);
  }
}

/** A UTC day (`2024-01-31` or `20240131`) or time (`2024-01-31T12:00`). */
function timeOf(text: string, path: string): number {
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  const iso = compact === null ? text : `${compact[1]}-${compact[2]}-${compact[3]}`;
  const known = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z?)?$/.test(iso);
  const ms = known ? Date.parse(iso.includes('T') && !iso.endsWith('Z') ? `${iso}Z` : iso) : NaN;
  // Date.parse makes 2024-02-31 the 2nd of March.
  if (Number.isFinite(ms) && new Date(ms).toISOString().startsWith(iso.slice(0, 10))) return ms;
  throw new DeskError('Usage', 'this is no time', {
    path,
    expected: '2024-01-31 or 2024-01-31T12:00, UTC',
    found: text,
  });
}
