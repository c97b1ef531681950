/**
 * What a function of the expression language is. One definition serves both faces: the batch run is one `advance`
 * over all bars, the live run one `advance` a bar, so both give the same bits.
 * Missing values are NaN inside; state leaves as plain JSON (saved-numbers.ts keeps NaN, -0 and infinities).
 */
export type ArgumentSpec =
  /** A series: any expression. */
  | Readonly<{ name: string; kind: 'series' }>
  /** An integer of a run, at least `min`. */
  | Readonly<{ name: string; kind: 'window'; min: number; default?: number }>
  /** Any finite constant of a run, within min..max where given. */
  | Readonly<{ name: string; kind: 'constant'; min?: number; max?: number }>;

/**
 * A run in progress. `advance` reads inputs[i][from..to) and writes outputs[j][from..to); it keeps what it needs.
 * An output is never one of the inputs.
 */
export interface SeriesRun {
  advance(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void;
  /** Plain JSON from which `create` goes on with the same bits. */
  save(): SavedState;
}

export type SavedState =
  | number
  | string
  | null
  | boolean
  | readonly SavedState[]
  | { readonly [key: string]: SavedState };

export type SeriesFunction = Readonly<{
  name: string;
  /** What it computes, in one sentence; printed by docs and the editor schema. */
  summary: string;
  /** In the order of the call. Series arguments come first. */
  args: readonly ArgumentSpec[];
  /** Columns of the bars it reads beside its arguments, in the order of `inputs` after the series arguments. */
  columns: readonly ('open' | 'high' | 'low' | 'close' | 'volume')[];
  /** One name for a plain function (`value`), the names after the dot for one with several outputs. */
  outputs: readonly string[];
  /** A relation between constants that must hold (macd: fast < slow); the text says what was expected. */
  check?: (constants: readonly number[]) => string | undefined;
  create(constants: readonly number[], saved?: SavedState): SeriesRun;
}>;
