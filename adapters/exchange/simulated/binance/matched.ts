import type { OrderRequest } from '../../../../core/venue/order.ts';
import { EngineStep } from '../engine-step.ts';
import type { BinanceCall } from './host.ts';
import { checkTimestamp, readTiming } from './signature.ts';

/** What the engine does for a call at its own time; the timestamp counts again just before it. */
export const matched = (call: BinanceCall, act: (call: BinanceCall) => unknown): EngineStep =>
  new EngineStep(() => {
    const { simulation } = call.host;
    const nowMs = simulation.sync();
    const wireMs = simulation.wireMs();
    const { timestamp, recvWindow } = readTiming(call.get);
    checkTimestamp(timestamp, recvWindow, wireMs);
    return act({ ...call, nowMs, wireMs });
  });

/** An order as the engine takes it: it counts against its account's limit, also when it is refused. */
export function taken({ host, account, headers, wireMs }: BinanceCall, request: OrderRequest): OrderRequest {
  countOrder({ host, account, headers, wireMs });
  return { ...request, note: { ...request.note, acceptedMs: wireMs } };
}

export function countOrder({
  host,
  account,
  headers,
  wireMs,
}: Pick<BinanceCall, 'host' | 'account' | 'headers' | 'wireMs'>): void {
  Object.assign(headers, host.limiter.order(account.id, wireMs));
}
