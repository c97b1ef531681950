import { AsyncLocalStorage } from 'node:async_hooks';
import type { Purpose } from './session.ts';

/**
 * How far one HTTP request came. What a failed order means is decided by this and by the venue's words, never by an
 * error class: only a request that is surely not sent may be taken for one that never was.
 */
export type Attempt = {
  /** False: surely no byte of the request left this machine. */
  sent: boolean;
  status?: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The whole body; absent when it was cut off or never came. */
  text?: string;
  /** What went wrong on the way, for people; without address or parameters. */
  problem?: string;
};

/** What one call of ours does: its requests so far, and who may stop it. */
export type CallContext = {
  readonly attempts: Attempt[];
  readonly purpose: Purpose;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
};

const contexts = new AsyncLocalStorage<CallContext>();

/** Runs `work` so that each request that it makes, however deep inside ccxt, is written down in `context`. */
export const withinCall = <Result>(context: CallContext, work: () => Promise<Result>): Promise<Result> =>
  contexts.run(context, work);

export const currentCall = (): CallContext | undefined => contexts.getStore();
