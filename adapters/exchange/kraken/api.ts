import { z } from 'zod';
import { VenueError } from '../../../core/ports/exchange.ts';
import type { Purpose, Session } from '../ccxt/session.ts';
import type { MarketTable } from '../market-table.ts';
import { readAnswer } from '../read-answer.ts';
import type { VenueClock } from '../venue-clock.ts';

export type KrakenCall = Readonly<{
  path: string;
  params?: Readonly<Record<string, string | number | boolean>>;
  purpose: Purpose;
  signal?: AbortSignal | undefined;
}>;

/** The `result` of a method, in the form that `shape` says. */
export type KrakenAsk = <Schema extends z.ZodType>(call: KrakenCall, shape: Schema) => Promise<z.output<Schema>>;

export type KrakenApi = Readonly<{
  session: Session;
  clock: VenueClock;
  markets: MarketTable;
  /** A private method. One that may be repeated is, once, where its nonce was overtaken. */
  ask: KrakenAsk;
  /** A public method. */
  open: KrakenAsk;
}>;

const overtaken = 'EAPI:Invalid nonce';

const envelope = z.object({ result: z.unknown() });

const resultOf = <Schema extends z.ZodType>(answer: unknown, { path }: KrakenCall, shape: Schema) =>
  readAnswer(shape, readAnswer(envelope, answer, path).result, path);

export function createKrakenApi(parts: Omit<KrakenApi, 'ask' | 'open'>): KrakenApi {
  const { session } = parts;
  const privately = (call: KrakenCall) => session.request({ api: 'private', method: 'POST', ...call });
  return {
    ...parts,
    ask: async (call, shape) => {
      try {
        return resultOf(await privately(call), call, shape);
      } catch (thrown) {
        const again = call.purpose !== 'send' && thrown instanceof VenueError && thrown.failure.code === overtaken;
        if (!again) throw thrown;
        return resultOf(await privately(call), call, shape);
      }
    },
    open: async (call, shape) =>
      resultOf(await session.request({ api: 'public', method: 'GET', ...call }), call, shape),
  };
}
