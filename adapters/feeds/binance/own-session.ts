import { createHmac } from 'node:crypto';
import { inOrder, type InOrder } from '../in-order.ts';
import type { OwnAccess, OwnAccount } from '../own-account.ts';
import type { JsonClient } from '../rest.ts';
import { every, type Timers } from '../timers.ts';
import { noticeEvent, type LinePlan, type Session, type SessionHandle } from '../venue.ts';
import type { BinanceAddresses } from './feed.ts';
import { listenKeyAnswer, parseBinanceFrame, serverTime, type BinanceEvent } from './messages.ts';
import { balanceEvents, orderEvents, symbolOfOwn } from './own-events.ts';
import type { BinanceSide } from './side.ts';
import type { SymbolTable } from './symbols.ts';

export type OwnMeans = Readonly<{
  side: BinanceSide;
  addresses: BinanceAddresses;
  ask: JsonClient;
  symbolOf: SymbolTable;
  access: OwnAccess;
  account: OwnAccount;
  timers: Timers;
}>;

const receiveWindowMs = 5_000;

/** A listen key lives for an hour after it was last renewed. */
const renewEveryMs = 30 * 60_000;

type OwnWork = Readonly<{ event: BinanceEvent; receivedMs: number }>;

/** Tells own events in their order, although the name of a symbol may have to be asked for first. */
function ownEvents({ side, symbolOf, account }: OwnMeans, handle: SessionHandle): InOrder<OwnWork> {
  const deliver = async ({ event, receivedMs }: OwnWork): Promise<void> => {
    const id = symbolOfOwn(event);
    const told =
      id === undefined
        ? balanceEvents(event, receivedMs)
        : orderEvents(event, { venue: side.venue, receivedMs, symbol: await symbolOf(id, handle.signal) });
    for (const each of told) {
      account.note(each);
      handle.emit(each);
    }
  };
  // An own event that cannot be told is a hole: the connection is replaced, and the account asked.
  const failed = (error: unknown) => handle.fail(error instanceof Error ? error.message : String(error));
  return inOrder(deliver, { overflow: () => handle.fail('too many own events wait'), failed });
}

/** What spot and USD-M do alike with a frame; `ended` says that no event will follow on this connection. */
function receiveOwn(
  handle: SessionHandle,
  queue: InOrder<OwnWork>,
  answered: (status: number, error: string | undefined) => void,
): Session {
  return {
    receive: (text, receivedMs) => {
      let frame: ReturnType<typeof parseBinanceFrame>;
      try {
        frame = parseBinanceFrame(text);
      } catch (error) {
        const reason = error instanceof SyntaxError ? 'no JSON' : 'not the shape it has to be';
        handle.emit(noticeEvent({ kind: 'badFrame', stream: 'own', receivedMs, reason }));
        return handle.fail('a frame that cannot be read');
      }
      if (frame.kind === 'answer') return answered(frame.answer.status ?? 200, frame.answer.error?.msg);
      if (frame.kind === 'unknown') {
        return handle.emit(
          noticeEvent({ kind: 'badFrame', stream: 'own', receivedMs, reason: `unknown: ${frame.name}` }),
        );
      }
      const { event } = frame;
      if (event.e === 'serverShutdown') return handle.retire();
      if (event.e === 'eventStreamTerminated' || event.e === 'listenKeyExpired') return handle.fail(event.e);
      return queue.take({ event, receivedMs });
    },
  };
}

/** Asks the account before the first live event is told: what waits behind it is newer. */
function begin({ account }: OwnMeans, handle: SessionHandle, queue: InOrder<OwnWork>): void {
  handle.ready();
  queue.run(async () => {
    for (const event of await account.catchUp(handle.signal)) handle.emit(event);
    handle.settled();
  });
}

/** Spot: a signed subscription on the WebSocket API, at the venue's own time. */
export function spotOwnPlan(means: OwnMeans): LinePlan {
  const { addresses, ask, access, timers, side } = means;
  let offsetMs = 0;
  return {
    name: 'own',
    streams: [{ channel: 'own' }],
    address: async (signal) => {
      const { serverTime: venueMs } = serverTime.parse(await ask({ path: `${side.api}/time` }, signal));
      offsetMs = venueMs - timers.monotonicMs();
      return `${addresses.userSocket}/ws-api/v3`;
    },
    begin: (handle) => {
      const queue = ownEvents(means, handle);
      handle.send({
        id: 'own',
        method: 'userDataStream.subscribe.signature',
        params: signed(access, Math.round(timers.monotonicMs() + offsetMs)),
      });
      return receiveOwn(handle, queue, (status, error = 'no reason') => {
        if (status === 200) begin(means, handle, queue);
        else handle.fail(`refused with ${status}: ${access.keys.apiKey.redact(error).slice(0, 100)}`);
      });
    },
  };
}

/** Parameters with the signature over them in the order of their names. */
function signed({ keys }: OwnAccess, timestamp: number): Readonly<Record<string, string | number>> {
  const params = { apiKey: keys.apiKey.reveal(), recvWindow: receiveWindowMs, timestamp };
  const payload = `apiKey=${params.apiKey}&recvWindow=${params.recvWindow}&timestamp=${params.timestamp}`;
  return { ...params, signature: createHmac('sha256', keys.secret.reveal()).update(payload).digest('hex') };
}

/** USD-M: a listen key in the address, renewed every half hour. */
export function usdmOwnPlan(means: OwnMeans): LinePlan {
  const { addresses, ask, access, side } = means;
  const request = (method: 'POST' | 'PUT', signal: AbortSignal) =>
    ask(
      {
        method,
        path: `${side.api}/listenKey`,
        headers: { 'x-mbx-apikey': access.keys.apiKey.reveal() },
        secrets: [access.keys.apiKey],
      },
      signal,
    );
  return {
    name: 'own',
    streams: [{ channel: 'own' }],
    address: async (signal) => {
      const { listenKey } = listenKeyAnswer.parse(await request('POST', signal));
      return `${addresses.userSocket}/private/ws?listenKey=${encodeURIComponent(listenKey)}`;
    },
    begin: (handle) => {
      const queue = ownEvents(means, handle);
      const renew = () =>
        void request('PUT', handle.signal).catch((error: unknown) => {
          if (!handle.signal.aborted) handle.fail(`listen key not renewed: ${String(error)}`);
        });
      handle.signal.addEventListener('abort', every(handle.timers, renewEveryMs, renew), { once: true });
      begin(means, handle, queue);
      return receiveOwn(handle, queue, () => undefined);
    },
  };
}
