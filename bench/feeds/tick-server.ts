/**
 * A venue of Binance's protocol in a process of its own, at a steady pace: of each ten ticks eight are best prices, one
 * a trade and one a difference of a book, over twenty symbols. Prints its address as one JSON line.
 */
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

const ticksPerSecond = Number(process.argv[2] ?? 10_000);
const symbols = Array.from({ length: 20 }, (_, index) => `C${index}USDT`);
const everyMs = 10;

const levels = (from: number, sign: number) =>
  Array.from({ length: 100 }, (_, index) => [(from + (sign * index) / 100).toFixed(2), '1.50000000']);

const ids = new Map(symbols.map((symbol) => [symbol, 1]));
let tick = 0;

function frame(): string {
  const symbol = symbols[Math.floor(tick / 10) % symbols.length];
  const kind = tick % 10;
  tick += 1;
  const E = Date.now();
  const amount = (1 + (tick % 97) / 100).toFixed(8);
  if (kind < 8) {
    const id = tick;
    return JSON.stringify({ u: id, s: symbol, b: '99.99000000', B: amount, a: '100.01000000', A: amount });
  }
  const id = ids.get(symbol) ?? 1;
  if (kind === 8) {
    const trade = {
      e: 'aggTrade',
      E,
      s: symbol,
      a: id,
      p: '100.00000000',
      q: amount,
      f: id,
      l: id,
      T: E,
      m: false,
      M: true,
    };
    return JSON.stringify(trade);
  }
  ids.set(symbol, id + 1);
  const price = (100 - (1 + (tick % 50)) / 100).toFixed(2);
  return JSON.stringify({
    e: 'depthUpdate',
    E,
    s: symbol,
    U: id + 1,
    u: id + 1,
    b: [[price, amount]],
    a: [[(200 - Number(price)).toFixed(2), amount]],
  });
}

const http = createServer((request, response) => {
  const symbol = new URL(request.url ?? '/', 'http://localhost').searchParams.get('symbol') ?? '';
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ lastUpdateId: ids.get(symbol) ?? 1, bids: levels(99.99, -1), asks: levels(100.01, 1) }),
  );
});
const clients = new Set<WebSocket>();
new WebSocketServer({ server: http }).on('connection', (socket: WebSocket) => {
  socket.on('message', (data: Buffer) => {
    const { id } = JSON.parse(data.toString('utf8')) as { id: number };
    socket.send(JSON.stringify({ result: null, id }));
    for (const symbol of symbols)
      socket.send(JSON.stringify({ e: '24hrMiniTicker', E: Date.now(), s: symbol, c: '100.00000000' }));
    clients.add(socket);
  });
  socket.on('close', () => clients.delete(socket));
});

const startedMs = performance.now();
let sent = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - startedMs) / 1000) * ticksPerSecond);
  for (; sent < due; sent++) {
    const text = frame();
    for (const client of clients) client.send(text);
  }
}, everyMs);

http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  process.stdout.write(
    `${JSON.stringify({ port: typeof address === 'object' && address !== null ? address.port : 0 })}\n`,
  );
});
