import type { OrderStore } from '../../core/ports/order-store.ts';
import { isTerminal } from '../../core/orders/order-machine.ts';
import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { buggyExchange, buggyStore } from './buggy-ports.ts';
import { exchangeOf, type ExchangeParts } from './exchange.ts';
import type { MemoryStore } from './memory-store.ts';
import { hostMs, type SimProcess } from './processes.ts';
import { account } from './world.ts';

/** After so long without a heartbeat the server gives the activity to somebody else. */
const heartbeatMs = 3_000;
const retryMs = 1_000;

export type Work<T> = (desk: OrderDesk, signal: AbortSignal) => Promise<T>;

export type Activities = Readonly<{
  /**
   * Runs an activity as Temporal does: at least once. An attempt whose process dies or stands still is given up and
   * another one begins; the old one may go on. The first result counts.
   */
  run<T>(name: string, work: Work<T>, stop?: AbortSignal): Promise<T>;
  /** The ports of one process, for what runs beside workflows. */
  deskOf(process: SimProcess): OrderDesk;
}>;

export function createActivities(parts: ExchangeParts, store: MemoryStore): Activities {
  const { world, processes } = parts;
  const { scheduler } = world;
  const ended = (id: string) => {
    const row = store.held.state.orders.get(id);
    return row !== undefined && isTerminal(row.record.state);
  };
  const ports = buggyStore(world, store);
  const desks = new WeakMap<SimProcess, OrderDesk>();

  const deskOf = (process: SimProcess): OrderDesk => {
    const known = desks.get(process);
    if (known !== undefined) return known;
    const desk: OrderDesk = {
      account,
      exchange: buggyExchange(world, { process, ended }, exchangeOf(parts, process)),
      orders: storeOf(parts, ports, process),
      nowMs: () => hostMs(world, process),
      pause: async (ms, signal) => {
        await processes.sleep(process, ms);
        signal?.throwIfAborted();
      },
    };
    desks.set(process, desk);
    return desk;
  };

  const run = <T>(name: string, work: Work<T>, stop?: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      let done = false;
      const finish = (settle: () => void) => {
        if (done) return;
        done = true;
        scheduler.after(5, settle);
      };
      stop?.addEventListener('abort', () => finish(() => reject(stop.reason as Error)), { once: true });

      const attempt = () => {
        if (done) return;
        const process = processes.pick();
        if (process === undefined) return scheduler.after(500, attempt);
        const controller = new AbortController();
        let over = false;
        const again = () => {
          over = true;
          scheduler.after(retryMs, attempt);
        };
        const succeed = (result: T): void => {
          over = true;
          finish(() => resolve(result));
        };
        const fail = (thrown: unknown): void => {
          if (over || done) return;
          world.note('failed', name, thrown instanceof Error ? thrown.message : String(thrown));
          again();
        };
        work(deskOf(process), controller.signal).then(succeed, fail);
        const watch = () => {
          if (done || over) return;
          const { silentSinceMs } = process;
          if (silentSinceMs !== undefined && scheduler.nowMs() - silentSinceMs >= heartbeatMs) {
            world.note('given up', name, process.name);
            return again();
          }
          scheduler.after(1_000, watch);
        };
        scheduler.after(1_000, watch);
      };

      scheduler.after(1 + world.chance('schedule').nextBelow(20), attempt);
      if (world.strikes(world.plan.faults.secondAttempt, 'secondAttempt')) {
        scheduler.after(world.chance('schedule').nextBelow(3_000), attempt);
      }
    });

  return { run, deskOf };
}

/** The store as one process reaches it: each call is a place where the process may die. */
function storeOf({ processes }: ExchangeParts, store: MemoryStore, process: SimProcess): OrderStore {
  const call =
    <A extends readonly unknown[], R>(name: string, work: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      processes.call(process, name, async () => {
        await processes.sleep(process, 1);
        return work(...args);
      });
  const { held: _held, close, ...methods } = store;
  const wrapped = Object.fromEntries(
    Object.entries(methods).map(([name, work]) => [
      name,
      call(name, work as (...args: readonly unknown[]) => Promise<unknown>),
    ]),
  );
  return { ...(wrapped as unknown as Omit<OrderStore, 'close'>), close };
}
