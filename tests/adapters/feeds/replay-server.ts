import { createServer, type Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

export type ReplayServer = Readonly<{ url: string; ws: string; close(): Promise<void> }>;

/**
 * A real server that plays a recorded session: whoever subscribes gets the confirmation and then every frame, and
 * REST gives the recorded answers by path and query.
 */
export async function startReplay(
  frames: readonly string[],
  answers: ReadonlyMap<string, string>,
): Promise<ReplayServer> {
  const http = createServer((request, response) => {
    const answer = answers.get(request.url ?? '');
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(answer ?? '{"code":-1000,"msg":"Nothing recorded."}');
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket: WebSocket) => {
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString('utf8')) as { id: number };
      socket.send(JSON.stringify({ result: null, id }));
      for (const frame of frames) socket.send(frame);
    });
  });
  const port = await listenOn(http);
  return {
    url: `http://127.0.0.1:${port}`,
    ws: `ws://127.0.0.1:${port}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

export const listenOn = (http: Server): Promise<number> =>
  new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () => {
      const address = http.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
