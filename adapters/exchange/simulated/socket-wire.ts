import type { Answer } from './call.ts';
import { reply, type Connection } from './connection.ts';
import type { Wire } from './pipeline.ts';
import type { Simulation } from './simulation.ts';

/** The wire of one socket, for the calls that a client makes on it; nothing overtakes on it, whatever the latency. */
export function createSocketWire(
  simulation: Simulation,
  connection: Connection,
): (frame: (answer: Answer) => string) => Wire {
  const last: Record<'inbound' | 'outbound', Promise<unknown>> = {
    inbound: Promise.resolve(),
    outbound: Promise.resolve(),
  };
  return (frame) => {
    const send = (answer: Answer) => reply(simulation, connection, frame(answer));
    return {
      ip: connection.ip,
      reset: () => connection.socket.terminate(),
      send,
      // A frame comes whole or not at all.
      drip: (answer, ms) => void setTimeout(() => send(answer), ms).unref(),
      travel: (leg, ms) => {
        const travelled = new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
        last[leg] = Promise.all([last[leg], travelled]);
        return last[leg];
      },
      afterAnswer: (run) => run(),
    };
  };
}

/** The JSON of an answer's text, or nothing where a fault damaged it or a proxy speaks HTML. */
export function parsedAnswer({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
