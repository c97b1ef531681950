import { jsonAnswer, type Answer } from '../call.ts';
import type { Fault } from '../faults.ts';

/** Binance's (and its proxies') words for a failing status. */
export function binanceFailure({ kind, args }: Pick<Fault, 'kind' | 'args'>): Answer {
  if (kind === 'accept-then-1007') {
    const msg = 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.';
    return jsonAnswer({ code: -1007, msg }, 408);
  }
  const status = args?.status ?? (kind === 'accept-then-5xx' ? 503 : 500);
  const retryAfter = args?.retryAfter === undefined ? {} : { 'retry-after': String(args.retryAfter) };
  if (status === 403) return { status, text: '<html><body><h1>403 Forbidden</h1></body></html>' };
  if (status === 429 || status === 418) {
    return jsonAnswer({ code: -1003, msg: 'Too many requests; please use the websocket for live updates.' }, status, {
      'retry-after': '1',
      ...retryAfter,
    });
  }
  if (args?.html === true)
    return { status, text: `<html><body><h1>${status} Bad Gateway</h1></body></html>`, headers: retryAfter };
  const msg =
    status === 503
      ? 'Unknown error, please check your request or try again later.'
      : 'An unknown error occurred while processing the request.';
  return jsonAnswer({ code: -1000, msg }, status, retryAfter);
}
