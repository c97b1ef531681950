/** One closed trade of a track record, whoever wrote it down. */
export type RecordedTrade = Readonly<{
  /** Net return on what was put in, as a fraction. */
  returnFraction: number;
  /** Net, in account currency; absent where the file does not say. */
  pnl?: number;
  /** Epoch ms; absent where the file has no times. */
  entryMs?: number;
  exitMs?: number;
}>;

/** Somebody's numbers, as they were read from a file. */
export type TrackRecord = Readonly<{
  /** Which program's file it is, in words. */
  format: string;
  /** Name of the strategy, where the file says it. */
  name?: string;
  /** Account at the start, where the file says it. */
  startEquity?: number;
  /** What was left out, in words: open trades. */
  leftOut: readonly string[];
}> &
  (
    | Readonly<{ kind: 'trades'; /** By exit time. */ trades: readonly RecordedTrade[] }>
    /** One return a period; `timesMs` has one time a return, where the file has times. */
    | Readonly<{ kind: 'returns'; returns: readonly number[]; timesMs?: readonly number[] }>
  );
