import { Client, Pool } from 'pg';
import { DeskError } from '../../../core/errors.ts';
import type { Row } from '../sql/database.ts';

/** After how long the store counts as unavailable, and how many connections a process takes. */
export type Limits = Readonly<{
  /** A process has few writers, and a server takes a hundred connections unless told otherwise. */
  connections: number;
  /** How long a connection is waited for: for the server, or for one of the pool that is not busy. */
  connectMs: number;
  /** How long a writer waits for another. */
  lockMs: number;
  /** No statement of ours takes so long: one that does was forgotten by its process. */
  statementMs: number;
  /** A process that stands still in the middle of a change (a debugger, a laptop that sleeps) keeps others so long. */
  absentMs: number;
  /** A network that swallows packets says nothing: a server that does not answer for so long is gone. */
  answerMs: number;
}>;

export const usualLimits: Limits = {
  connections: 4,
  connectMs: 10_000,
  lockMs: 10_000,
  statementMs: 30_000,
  absentMs: 8_000,
  answerMs: 40_000,
};

/** What a store keeps in a database, beside which others may keep theirs. */
export type DatabaseSchema = Readonly<{
  /** Name of its schema. */
  name: string;
  /** One writer at a time, of all processes: this number is the lock, held until the transaction ends. */
  writerLock: number;
  /** Its tables, step by step. */
  steps: readonly string[];
  /** Asked at the beginning of every transaction, with the version: expressions with a name each. */
  settings: readonly string[];
  /** Refuses (DeskError) a server whose settings cannot be worked with. */
  check(row: Row, place: string): void;
}>;

/** A pool of connections, and the server's place without its secrets. */
export type Connections = Readonly<{ pool: Pool; place: string; limits: Limits; schema: DatabaseSchema }>;

/** Reads the URL and makes the pool; nothing is connected yet. What the URL holds beside its place is never printed. */
export function connectionsTo(url: string, limits: Limits, schema: DatabaseSchema): Connections {
  const place = placeOf(url);
  const pool = new Pool({
    connectionString: url,
    application_name: 'nightdesk',
    max: limits.connections,
    connectionTimeoutMillis: limits.connectMs,
    query_timeout: limits.answerMs,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // A connection that breaks while nobody uses it is replaced when it is needed; one that is used says so itself.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return { pool, place, limits, schema };
}

/** The place is printed, so whatever may be a piece of a password that was not escaped is refused. */
function placeOf(url: string): string {
  const isAddress = /^postgres(ql)?:\/\/[^#]*$/.test(url);
  const client = isAddress ? clientOf(url) : undefined;
  if (client === undefined || client.database?.includes('@') === true) {
    throw new DeskError('BadInput', 'not the address of a PostgreSQL database', {
      path: 'DATABASE_URL',
      expected: 'postgres://user:password@host:port/database, with %-codes for special characters of the password',
      found: isAddress ? 'something else' : `${/^[a-z][\w+.-]*:\/\//i.exec(url)?.[0] ?? 'no scheme'}…`,
    });
  }
  const { host, port, database = '' } = client;
  return `${host}${host.startsWith('/') ? '' : `:${port}`}/${database}`;
}

/** Nothing is connected: the driver knows best what it reads in a URL. Its own complaint would show all of it. */
function clientOf(url: string): Client | undefined {
  try {
    return new Client({ connectionString: url });
  } catch {
    return undefined;
  }
}
