import type { CliVersion } from './version.ts';

/** Where a Temporal CLI came from. */
export type CliSourceName = 'path' | 'cache' | 'download' | 'wheel' | 'go';

/** A Temporal CLI that ran and printed its version. */
export type TemporalCli = Readonly<{ path: string; source: CliSourceName }> & CliVersion;

export type CliSourceContext = Readonly<{
  /** The folder that keeps what was provided: `<user's cache>/temporal`. */
  folder: string;
  /** A line for people about what is being done. */
  onProgress: (line: string) => void;
  signal?: AbortSignal | undefined;
}>;

/** Either the program, or a reason for people why this way does not lead to one here. */
export type CliAnswer = Readonly<{ cli: TemporalCli } | { unavailable: string }>;

/** One way to a Temporal CLI. It rejects only when the signal aborts; whatever else goes wrong is its reason. */
export type CliSource = Readonly<{
  name: CliSourceName;
  /** What the way is, for the error that names them all. */
  title: string;
  provide(context: CliSourceContext): Promise<CliAnswer>;
}>;
