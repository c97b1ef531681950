import pc from 'picocolors';
import { readTrackRecord } from '../../../adapters/track-records/read.ts';
import { DeskError } from '../../../core/errors.ts';
import { type Audit, audit } from '../../../core/validation/audit/audit.ts';
import { type Observations, observe } from '../../../core/validation/audit/observations.ts';
import type { TrackRecord } from '../../../core/validation/audit/track-record.ts';
import type { AuditOptions } from '../audit.ts';
import { count, grouped, percent, utcTime } from '../format.ts';
import { print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';

const runs = 2_000;
const confidence = 0.95;

/** Runs `nightdesk audit` and prints what it finds. */
export function runAudit(file: string, options: AuditOptions): void {
  const { trials, seed, startEquity, periodsPerYear, strategy } = options;
  const record = readTrackRecord(file, { ...(strategy !== undefined && { strategy }) });
  const { observations, result } = inFile(file, () => {
    const observed = observe(record, {
      ...(startEquity !== undefined && { startEquity }),
      ...(periodsPerYear !== undefined && { perYear: periodsPerYear }),
    });
    return { observations: observed, result: audit(observed, { trials, seed, runs, confidence }) };
  });
  if (options.json) printJson(documentOf(file, record, observations, result));
  else printAudit(file, record, observations, result);
}

/** Refusals of the statistics, with the file that they are about. */
function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof DeskError)) throw thrown;
    throw new DeskError(thrown.code, thrown.message, { file, ...thrown.place, cause: thrown });
  }
}

function documentOf(file: string, record: TrackRecord, observations: Observations, result: Audit) {
  const { fromMs, toMs, overlap, assumptions } = observations;
  const { judgement, ...numbers } = result;
  return {
    file,
    format: record.format,
    ...(record.name !== undefined && { strategy: record.name }),
    ...(record.kind === 'trades' && { trades: record.trades.length }),
    ...(fromMs !== undefined && { from: fromMs }),
    ...(toMs !== undefined && { to: toMs }),
    ...(overlap !== undefined && { overlap }),
    ...numbers,
    assumptions: [...assumptions, ...record.leftOut.map((what) => `left out: ${what}`)],
    judgement,
  };
}

function printAudit(file: string, record: TrackRecord, observations: Observations, result: Audit): void {
  const { fromMs, toMs, overlap, assumptions } = observations;
  const trades = record.kind === 'trades' && result.unit !== 'trade' ? ` of ${count(record.trades.length)} trades` : '';
  print(`${pc.bold(record.name ?? file)}  ${record.format}`);
  print(
    `${count(result.observations)} ${result.unit}s${trades}${timeText(fromMs, toMs)}, ${grouped(result.years)} years`,
  );
  print();
  print(
    renderTable(
      [{ title: 'What' }, { title: 'Value', align: 'right' }, { title: 'Means' }],
      rowsOf(result).map((row) => [...row]),
    ),
  );
  print();
  for (const note of assumptions) print(pc.dim(`assumed: ${note}`));
  for (const what of record.leftOut) print(pc.dim(`left out: ${what}`));
  if (overlap !== undefined && overlap > 0.05 && result.unit === 'trade') {
    print(
      `${pc.yellow('warning')} ${percent(overlap, 0)} of the trades overlap an earlier one: their returns hang together`,
    );
  }
  if (result.trials === 1)
    print(pc.dim('one trial assumed: --trials n says how many were made before this one was shown'));
  print(pc.bold(result.judgement));
}

const timeText = (fromMs: number | undefined, toMs: number | undefined): string =>
  fromMs === undefined || toMs === undefined ? '' : ` from ${utcTime(fromMs)} to ${utcTime(toMs)} UTC`;

const orNone = (value: number | null, text: (value: number) => string): string =>
  value === null ? 'n/a' : text(value);

const years = (value: number): string => `${grouped(value, 1)} y`;

function rowsOf(result: Audit): readonly (readonly [string, string, string])[] {
  const { sharpe, bootstrap, drawdown, minTrackRecord } = result;
  const confidenceText = percent(bootstrap.confidence, 0);
  return [
    ['Total return', percent(result.totalReturn), 'compounded'],
    ['Sharpe a year', grouped(sharpe.annual), `${grouped(result.perYear, 1)} ${result.unit}s a year`],
    ['Sharpe, corrected', orNone(sharpe.autocorrelationCorrected, grouped), 'allowing for autocorrelation (Lo)'],
    ['PSR', percent(result.psr, 1), 'probability that the true Sharpe is above 0'],
    ['Sharpe of luck', grouped(result.luckySharpe), `best of ${grouped(result.trials, 0)} worthless trials, expected`],
    ['DSR', percent(result.dsr, 1), 'probability that the true Sharpe is above that'],
    ['Record needed', orNone(minTrackRecord.years, years), `to show a Sharpe above 0 at ${confidenceText}`],
    ['… above luck', orNone(minTrackRecord.aboveLuckYears, years), `the same above the Sharpe of luck`],
    [
      'Mean return',
      percent(bootstrap.mean, 3),
      `${percent(bootstrap.low, 3)} to ${percent(bootstrap.high, 3)} a ${result.unit}, ${confidenceText} interval`,
    ],
    ['Max drawdown', percent(drawdown.observed), `${percent(drawdown.orderRank, 0)} of other orders fall less`],
    [
      '… once in 20',
      percent(drawdown.once20),
      `of as many ${result.unit}s again; once in 100: ${percent(drawdown.once100)}`,
    ],
    ['Skew, kurtosis', `${grouped(result.skew)}, ${grouped(result.kurtosis, 1)}`, 'normal: 0 and 3'],
  ];
}
