import { setTimeout as pause } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { DeskError } from '../../../core/errors.ts';
import { isListening } from '../server/ports.ts';
import { type ConnectionSettings, currentSettings } from './settings.ts';

export type ConnectOptions = Readonly<{
  /** @default `currentSettings`: what TEMPORAL_* and temporal.toml say, else the desk's own server, else 127.0.0.1:7233 */
  settings?: ConnectionSettings;
  /** How long to try. @default 10_000 */
  limitMs?: number;
  /** Called once, when the first attempt has failed and more will follow. */
  onWait?: (line: string) => void;
  signal?: AbortSignal;
}>;

export type TemporalConnection = Readonly<{ connection: Connection; address: string; namespace: string }>;

const attemptLimitMs = 3_000;
const pollMs = 200;
/** gRPC codes that another attempt will not change. */
const refusals = new Map([
  [3, 'the request is refused'],
  [7, 'permission denied'],
  [12, 'it is no Temporal server'],
  [16, 'the credentials are refused'],
]);
const notFound = 5;

/** Connects a client, trying again until the limit; the server answers and has the namespace when this resolves. */
export async function connectTemporal(options: ConnectOptions = {}): Promise<TemporalConnection> {
  const { settings = await currentSettings(), limitMs = 10_000, onWait, signal } = options;
  const { address, namespace, access } = settings;
  const until = performance.now() + limitMs;
  for (let attempts = 0; ; attempts += 1) {
    signal?.throwIfAborted();
    const leftMs = until - performance.now();
    const answer = await attempt(settings, Math.min(attemptLimitMs, Math.max(leftMs, pollMs)));
    if (answer instanceof Connection) return { connection: await withNamespace(answer, settings), address, namespace };
    if (answer.final || performance.now() + pollMs > until) throw unreachable(settings, answer.reason, limitMs);
    if (attempts === 0) onWait?.(`waiting for the Temporal server at ${address}${access.tls ? ' (TLS)' : ''}`);
    await pause(pollMs, undefined, { signal });
  }
}

type Failure = Readonly<{ reason: string; final: boolean }>;

async function attempt({ address, access }: ConnectionSettings, limitMs: number): Promise<Connection | Failure> {
  // A refused gRPC connection waits a second before it tries again; a plain one says so at once.
  const [, host, port] = /^(127\.[\d.]+|localhost):(\d+)$/.exec(address) ?? [];
  if (port !== undefined && host !== undefined && !(await isListening(Number(port), host))) {
    return { reason: 'nothing listens there', final: false };
  }
  try {
    return await Connection.connect({ address, ...access, connectTimeout: limitMs });
  } catch (error) {
    const refusal = isGrpcServiceError(error) ? refusals.get(error.code) : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    return { reason: refusal === undefined ? reason : `${refusal}: ${reason}`, final: refusal !== undefined };
  }
}

async function withNamespace(connection: Connection, { address, namespace }: ConnectionSettings): Promise<Connection> {
  try {
    await connection.withDeadline(Date.now() + attemptLimitMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    // Whoever may not look at a namespace may still be allowed to work in it; only a missing one is certain.
    const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
    if (code !== notFound) return connection;
    await connection.close();
    throw new DeskError('NotFound', `the Temporal server at ${address} has no such namespace`, {
      path: 'TEMPORAL_NAMESPACE',
      found: namespace,
      cause: error,
    });
  }
  return connection;
}

function unreachable({ address, givenBy }: ConnectionSettings, reason: string, limitMs: number): DeskError {
  const advice = givenBy === undefined ? 'start one with `nightdesk server`' : `the address comes from ${givenBy}`;
  const tried = `tried for ${Math.round(limitMs / 1_000)} s: ${reason}`;
  return new DeskError('NotReachable', `no Temporal server can be used at ${address} (${tried}); ${advice}`);
}
