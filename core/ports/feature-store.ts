/** A feature's value for an entity: of which moment it speaks, and since when it is known. Times in epoch ms. */
export type FeatureRow = Readonly<{ feature: string; entity: string; eventAt: number; knownAt: number; value: number }>;

export type PutResult = Readonly<{ inserted: number; unchanged: number }>;

/** Where a store lies: a DuckDB file or ':memory:', where its exports go, and what it may use. */
export type FeatureStorePlace = Readonly<{
  path: string;
  exportDir?: string | undefined;
  threads: number;
  memoryLimitMb: number;
}>;

export type AsOfQuery = Readonly<{
  features: readonly string[];
  points: readonly Readonly<{ entity: string; asOf: number }>[];
}>;

/** The newest visible value of a feature at a point, both by their index in the query. */
export type AsOfValue = Readonly<{ point: number; feature: number; eventAt: number; knownAt: number; value: number }>;

export type AsOfAnswer = Readonly<{
  values: readonly AsOfValue[];
  /** Features of the query that have no row at all. */
  unknownFeatures: readonly string[];
}>;

export type HistoryQuery = Readonly<{ feature: string; entity: string; from: number; to: number; asOf: number }>;
export type History = Readonly<{ eventAt: number[]; value: number[]; knownAt: number[] }>;

export type ExportRequest = Readonly<{ file: string; features?: readonly string[]; from?: number; to?: number }>;
export type Exported = Readonly<{ rows: number; bytes: number; sha256: string }>;

export type FeatureSummary = Readonly<{
  feature: string;
  entities: number;
  rows: number;
  firstEventAt: number;
  lastEventAt: number;
  lastKnownAt: number;
}>;

/**
 * What is known of features, and was known at any moment: nothing is changed or deleted, a correction is a new row with
 * the same eventAt and a later knownAt. A row is visible from max(eventAt, knownAt): a value cannot be used before the
 * bar that it describes has closed. Refusals name their field relative to the request (`rows[3]`, `file`).
 */
export type FeatureStore = Readonly<{
  /** All rows or none; rows that are there already are unchanged, so a call may be repeated. */
  put(rows: readonly FeatureRow[]): Promise<PutResult>;
  /** For each point and feature the newest visible event, in its latest visible version. */
  asOf(query: AsOfQuery): Promise<AsOfAnswer>;
  /** One value per event in from..to, in the latest version visible at asOf. */
  history(query: HistoryQuery): Promise<History>;
  /** A Parquet file for other processes, whole or not at all. */
  export(request: ExportRequest): Promise<Exported>;
  describe(): Promise<FeatureSummary[]>;
}>;

/** The feature stores of this process. */
export type FeatureStores = Readonly<{
  /** Opens the store, or finds it open, for `work`. Another process that writes to it is StoreUnavailable. */
  use<T>(place: FeatureStorePlace, work: (store: FeatureStore) => Promise<T>): Promise<T>;
  /** For the end of the process only: it gives the file's lock away. */
  close(): Promise<void>;
}>;
