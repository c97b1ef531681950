import { DeskError } from '../../core/errors.ts';
import { VenueError } from '../../core/ports/exchange.ts';
import { every, sleep, systemTimers, type Timers } from '../feeds/timers.ts';

/** A request that failed for a reason that may pass is made again after these waits. */
const retryMs = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000] as const;

/** What one request waits in all for a venue that takes no more requests; Binance's first ban lasts 120 s. */
const longestBanMs = 3_600_000;

/** A wait of 0 s would ask without end. */
const shortestBanMs = 1_000;

const tellEveryMs = 30_000;

export type Patience = Readonly<{
  signal: AbortSignal;
  /** What a person should know. */
  onNotice?(text: string): void;
  /** Every half minute of a wait. */
  onWait?(leftMs: number): void;
  timers?: Timers;
}>;

const mayPass: readonly string[] = ['NotReachable', 'TimedOut', 'RateLimited'];

/**
 * Asks until there is an answer: after a refusal for too many requests not before the venue's word is over, up to an hour
 * in all; after what may pass six times more. Rejects with the last failure, or with the signal's reason.
 */
export async function askAgain<Result>(ask: () => Promise<Result>, patience: Patience): Promise<Result> {
  let failures = 0;
  let refusals = 0;
  let bannedMs = 0;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const passing = error instanceof DeskError && mayPass.includes(error.code);
      if (!passing || patience.signal.aborted) throw error;
      let waitMs: number;
      if (error.code === 'RateLimited') {
        waitMs = waitAskedMs(error) ?? retryMs[Math.min(refusals++, retryMs.length - 1)];
        bannedMs += waitMs;
        if (bannedMs > longestBanMs) throw error;
      } else {
        if (failures === retryMs.length) throw error;
        waitMs = retryMs[failures++];
      }
      patience.onNotice?.(`${error.message}, asked again in ${Math.ceil(waitMs / 1000)} s`);
      await wait(waitMs, patience);
    }
  }
}

function waitAskedMs({ cause }: DeskError): number | undefined {
  const askedMs = cause instanceof VenueError ? cause.failure.retryAfterMs : undefined;
  return askedMs === undefined ? undefined : Math.max(shortestBanMs, askedMs);
}

async function wait(ms: number, { signal, onWait, timers = systemTimers }: Patience): Promise<void> {
  let leftMs = ms;
  const stop = every(timers, tellEveryMs, () => {
    leftMs -= tellEveryMs;
    if (leftMs > 0) onWait?.(leftMs);
  });
  try {
    await sleep(timers, ms, signal);
  } finally {
    stop();
  }
}
