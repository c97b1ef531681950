/** One line of a benchmark: what was run, how long each repetition took, and a peer on the same job. */
export type BenchRow = Readonly<{
  what: string;
  bars?: number;
  points?: number;
  /** Each measured run, after one that was not. */
  seconds: readonly number[];
  /** Largest resident memory of the process up to here. */
  peakRssMb: number;
  /** What one run allocates, collected or not. */
  allocatedMb?: number;
  peer?: Readonly<{ name: string; version: string; seconds: number }>;
  /** Peer's seconds over our best. */
  ratio?: number;
  /** The ratio or time that is to be reached. */
  goal?: string;
  /** Which data, what was compared, where outputs differ and why. */
  notes?: readonly string[];
}>;

const repetitions = 5;

/** Times a piece of work five times in this process, after one run that is not counted. */
export async function measure<Result>(
  work: () => Result | Promise<Result>,
): Promise<{ seconds: number[]; peakRssMb: number; result: Result }> {
  let result = await work();
  const seconds: number[] = [];
  for (let run = 0; run < repetitions; run += 1) {
    const startedMs = performance.now();
    result = await work();
    seconds.push((performance.now() - startedMs) / 1000);
  }
  return { seconds, peakRssMb: process.resourceUsage().maxRSS / 1024, result };
}
