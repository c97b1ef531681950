/** What a column may hold. */
export type Value = string | number | null | Uint8Array;

/** A row as its database gives it; the readers in rows.ts know its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Statements of one transaction, in the SQL that every database here speaks, with `?` for each value. */
export type Transaction = Readonly<{
  run(sql: string, ...values: Value[]): Promise<void>;
  row(sql: string, ...values: Value[]): Promise<Row | undefined>;
  rows(sql: string, ...values: Value[]): Promise<readonly Row[]>;
}>;

/** An opened database whose schema is the newest. Its refusals are DeskErrors. */
export type Database = Readonly<{
  /** All of `work` or nothing. One writer at a time, whatever process it is in, so that `work` may read, think, write. */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Everything that `work` reads is of one moment. */
  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** On the disk that it writes to; left out where that is another machine's. */
  freeBytes?: (() => number) | undefined;
  close(): void;
}>;
