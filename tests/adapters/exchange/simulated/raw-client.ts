import { WebSocket } from 'ws';
import { binanceSignature } from '../../../../adapters/exchange/simulated/binance/signature.ts';
import { krakenSignature } from '../../../../adapters/exchange/simulated/kraken/signature.ts';
import type { SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';

/** A client without a library: what it sends is exactly what a test says. */

export async function control(
  exchange: SimulatedExchange,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${exchange.control}${path}`, init);
  return (await response.json()) as Record<string, unknown>;
}

type Sent = Readonly<{ status: number; headers: Headers; body: Record<string, unknown> }>;

/** A signed Binance request at the venue's own time unless a timestamp is given. */
export async function binance(
  exchange: SimulatedExchange,
  route: string,
  parameters: Readonly<Record<string, string | number>> = {},
  signal?: AbortSignal,
): Promise<Sent> {
  const [account] = exchange.accounts;
  const [method = 'GET', path = ''] = route.split(' ');
  const query = new URLSearchParams({ timestamp: String(exchange.simulation.wireMs()), ...parameters } as Record<
    string,
    string
  >).toString();
  const signed = `${query}&signature=${binanceSignature(query, account?.secret ?? '')}`;
  const response = await fetch(`${exchange.url}${path}?${signed}`, {
    method,
    headers: { 'x-mbx-apikey': account?.apiKey ?? '' },
    ...(signal !== undefined && { signal }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : { text },
  };
}

/** A signed request of Binance's WebSocket API, at the venue's own time. */
export function apiFrame(
  exchange: SimulatedExchange,
  id: number,
  method: string,
  parameters: Readonly<Record<string, string | number>>,
) {
  const [account] = exchange.accounts;
  const params = { apiKey: account?.apiKey ?? '', timestamp: exchange.simulation.wireMs(), ...parameters };
  const payload = Object.entries(params)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return { id, method, params: { ...params, signature: binanceSignature(payload, account?.secret ?? '') } };
}

let nonce = Date.now() * 1000;

export async function kraken(
  exchange: SimulatedExchange,
  method: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const [account] = exchange.accounts;
  nonce += 1;
  const path = `/0/private/${method}`;
  const body = new URLSearchParams({ nonce: String(nonce), ...parameters }).toString();
  const sign = krakenSignature({ path, nonce: String(nonce), body, secret: account?.krakenSecret ?? '' });
  const response = await fetch(`${exchange.url}/kr${path}`, {
    method: 'POST',
    body,
    headers: {
      'api-key': account?.krakenKey ?? '',
      'api-sign': sign,
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
  return (await response.json()) as Record<string, unknown>;
}

/** A socket that keeps every frame; `settled` resolves when all that was sent before has arrived. */
export async function listen(exchange: SimulatedExchange, path: string, first?: object) {
  const socket = new WebSocket(`${exchange.ws}${path}`);
  const frames: string[] = [];
  socket.on('message', (data: Buffer) => frames.push(data.toString()));
  await new Promise((resolve) => socket.once('open', resolve));
  if (first !== undefined) socket.send(JSON.stringify(first));
  const settled = () =>
    new Promise<void>((resolve) => {
      socket.once('pong', () => resolve());
      socket.ping();
    });
  await settled();
  return { socket, frames, settled, close: () => socket.terminate() };
}
