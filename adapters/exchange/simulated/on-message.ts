import { messageText, reply, type Connection } from './connection.ts';
import type { Simulation } from './simulation.ts';

/**
 * Hands each message of a client to `handle`. Where that throws it is a defect of the simulator, not the client's: it
 * is said on standard error, answered as `failure`, and the exchange goes on, as it does after a defective request.
 */
export function onMessage(
  simulation: Simulation,
  connection: Connection,
  { handle, failure }: Readonly<{ handle(text: string): Promise<void> | void; failure: object }>,
): void {
  const fail = (error: unknown) => {
    sayDefect(error);
    reply(simulation, connection, JSON.stringify(failure));
  };
  connection.socket.on('message', (data) => {
    try {
      handle(messageText(data))?.catch(fail);
    } catch (error) {
      fail(error);
    }
  });
}

/** What is wrong with the simulator itself, for whoever runs it. */
export function sayDefect(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`simulated exchange: ${text}\n`);
}

/** What a client is told of it. */
export const defectText = 'Simulator defect, see its log.';
