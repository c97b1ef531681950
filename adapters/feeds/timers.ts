/** Time, as tests can stand in for it: ages by the monotonic clock, so a jump of the host's clock changes nothing. */
export type Timers = Readonly<{
  /** Epoch ms of the host, to stamp what arrives. */
  nowMs(): number;
  /** Never jumps; only differences mean something. */
  monotonicMs(): number;
  /** Runs `work` once, later; the returned function takes it back. */
  after(ms: number, work: () => void): () => void;
}>;

/** The time of this machine. */
export const systemTimers: Timers = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves later; rejects with the signal's reason when that aborts first. */
export const sleep = (timers: Timers, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = timers.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });

/** Runs `work` every `ms` until the returned function is called. */
export function every(timers: Timers, ms: number, work: () => void): () => void {
  let cancel: () => void;
  const next = () => {
    cancel = timers.after(ms, () => {
      next();
      work();
    });
  };
  next();
  return () => cancel();
}
