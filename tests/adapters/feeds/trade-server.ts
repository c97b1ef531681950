import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { listenOn } from './replay-server.ts';

export type TradeServer = Readonly<{
  url: string;
  ws: string;
  /** Every connection so far, in order. */
  sockets: readonly WebSocket[];
  /** Tells the next trade to everybody who has subscribed. */
  trade(): void;
  /** Trades that nobody is told. */
  skip(count: number): void;
  /** A frame to one connection. */
  send(socket: WebSocket, body: unknown): void;
  onConnection(listener: (socket: WebSocket) => void): void;
  onSubscribed(listener: (socket: WebSocket) => void): void;
  close(): Promise<void>;
}>;

const firstId = 1_000;

/** A venue with nothing but Binance's trades of BTC/USDT, over real sockets, every step of it by a test's hand. */
export async function startTradeServer(): Promise<TradeServer> {
  let lastId = firstId;
  const row = (id: number) => ({ a: id, p: '100.00', q: '1.000', T: 1_767_614_400_000 + id, m: false });
  const http = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const from = Number(query.get('fromId') ?? lastId);
    const rows = Array.from({ length: Math.max(0, lastId - from + 1) }, (_, index) => row(from + index));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(rows.slice(0, Number(query.get('limit') ?? 500))));
  });
  const server = new WebSocketServer({ server: http });
  const sockets: WebSocket[] = [];
  const subscribed = new Set<WebSocket>();
  const listeners: ((socket: WebSocket) => void)[] = [];
  const subscriptions: ((socket: WebSocket) => void)[] = [];
  const send = (socket: WebSocket, body: unknown) => socket.send(JSON.stringify(body));
  server.on('connection', (socket: WebSocket) => {
    sockets.push(socket);
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString('utf8')) as { id: number };
      send(socket, { result: null, id });
      subscribed.add(socket);
      for (const listener of subscriptions) listener(socket);
    });
    socket.on('close', () => subscribed.delete(socket));
    for (const listener of listeners) listener(socket);
  });
  const port = await listenOn(http);
  return {
    url: `http://127.0.0.1:${port}`,
    ws: `ws://127.0.0.1:${port}`,
    sockets,
    trade: () => {
      lastId += 1;
      for (const socket of subscribed)
        send(socket, { e: 'aggTrade', E: 1_767_614_400_000 + lastId, s: 'BTCUSDT', ...row(lastId) });
    },
    skip: (count) => {
      lastId += count;
    },
    send,
    onConnection: (listener) => void listeners.push(listener),
    onSubscribed: (listener) => void subscriptions.push(listener),
    close: async () => {
      for (const socket of server.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
