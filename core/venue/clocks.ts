/**
 * A venue has two clocks. The wire clock judges timestamps, nonces, deadlines, rate limits and token lives; the market
 * clock stamps events, candles and funding. Both are functions of the host's time, which the caller reads.
 */
export type ClockMode = 'real' | 'speed' | 'manual';

export type ClockSettings = Readonly<{
  mode: ClockMode;
  /** Market milliseconds a wire millisecond, in mode `speed`. */
  speed: number;
  /** How far the venue's clock stands from the host's. */
  skewMs: number;
  /** Host time at the start; in mode `manual` the venue's own start. */
  startMs: number;
}>;

export type Clocks = Readonly<{
  mode: ClockMode;
  /** The wire clock without its skew, by which waits are measured: a skew that changes ends none. */
  ownMs(hostMs: number): number;
  wireMs(hostMs: number): number;
  marketMs(hostMs: number): number;
  /** Time passes at the venue: both clocks go on, for good. Mode `speed` refuses by returning false. */
  advance(ms: number): boolean;
  /** Changes the distance to the host's clock, for faults. */
  setSkew(ms: number): void;
}>;

/** Speed moves the market clock only: else every signed call of a client on host time would be refused. */
export function createClocks({ mode, speed, skewMs, startMs }: ClockSettings): Clocks {
  let skew = skewMs;
  let advancedMs = 0;
  const ownMs = (hostMs: number) => (mode === 'manual' ? startMs : Math.floor(hostMs)) + advancedMs;
  return {
    mode,
    ownMs,
    wireMs: (hostMs) => ownMs(hostMs) + skew,
    marketMs: (hostMs) => (mode === 'speed' ? Math.floor(startMs + (hostMs - startMs) * speed) : ownMs(hostMs)),
    advance: (ms) => {
      if (mode === 'speed' || ms < 0) return false;
      advancedMs += ms;
      return true;
    },
    setSkew: (ms) => {
      skew = ms;
    },
  };
}
