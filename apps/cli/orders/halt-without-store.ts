import { setTimeout as sleep } from 'node:timers/promises';
import { openAccounts } from '../../../adapters/credentials/open-accounts.ts';
import { asker } from '../../../adapters/trial-ledger/asker.ts';
import { DeskError } from '../../../core/errors.ts';
import { type HaltDesk, haltCancelAll } from '../../../core/order-desk/halt-account.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { notice } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { type Halted, type HaltOptions, problemOf, tell } from './halted.ts';
import { tellGuard } from './tell-guard.ts';

export const isAway = (thrown: unknown): thrown is DeskError =>
  thrown instanceof DeskError && thrown.code === 'StoreUnavailable';

/** Where the order store cannot be opened: nothing is submitted by it, and what rests is cancelled all the same. */
export async function haltWithoutStore(
  failure: DeskError,
  account: string | undefined,
  options: HaltOptions,
): Promise<void> {
  const accounts = openAccounts();
  const { signal, release } = stopSignal();
  const why = { reason: options.reason ?? 'halted by hand', by: asker(), wait: options.wait, signal };
  const cancel = async (name: string): Promise<Halted> => {
    try {
      return await cancelUnwritten(await accounts.exchange(name), failure, { account: name, ...why });
    } catch (thrown) {
      return { account: name, cancelAlls: 0, allCancelled: false, isUnwritten: true, problem: problemOf(thrown) };
    }
  };
  try {
    const names = account === undefined ? accounts.list().map(({ account: name }) => name) : [account];
    tell(await Promise.all(names.map(cancel)), options);
  } finally {
    release();
    await accounts.close();
  }
}

type Unwritten = Readonly<{ account: string; reason: string; by: string; wait: boolean; signal: AbortSignal }>;

/** Long enough that nothing of before can still come, and not for ever: a venue may be away too. */
const longestMs = 60_000;
const firstCancelMs = 3_000;

/** Cancels an account's orders without a flag in its store; a guard that runs halts by itself. */
export async function cancelUnwritten(
  exchange: Exchange,
  failure: DeskError,
  { account, reason, by, wait, signal }: Unwritten,
): Promise<Halted> {
  notice(`${account}: ${problemOf(failure)}; cancelling without it`);
  const told = tellGuard(account, 'halt', { reason, by });
  const away = () => Promise.reject(failure);
  const desk: HaltDesk = {
    account,
    exchange,
    orders: { accountState: away, orders: away },
    pause: (ms, stop) => sleep(ms, undefined, stop && { signal: stop }),
  };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(wait ? longestMs : firstCancelMs)]);
  let cancelAlls = 0;
  const onProgress = (state: Readonly<{ cancelAlls: number }>) => (cancelAlls = state.cancelAlls);
  const end = await haltCancelAll(desk, { latestDeadlineMs: 0, signal: limit, onProgress }).catch((thrown: unknown) => {
    if (limit.aborted) return undefined;
    throw thrown;
  });
  await told;
  const done = { cancelAlls: end?.cancelAlls ?? cancelAlls, allCancelled: end?.done === true };
  return { account, ...done, isUnwritten: true, problem: problemOf(failure) };
}
