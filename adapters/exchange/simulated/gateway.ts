import type { IncomingMessage } from 'node:http';
import type { Answer, Call } from './call.ts';
import type { ConnectLimit } from './connect-limit.ts';
import type { Connection } from './connection.ts';
import type { EngineStep } from './engine-step.ts';
import type { Fault } from './faults.ts';
import type { VenueName } from './markets.ts';
import type { LoggedRequest } from './request-log.ts';

/** Whom a venue keeps out: an address or an account. */
type Banned = Readonly<{ ip: string }> | Readonly<{ account: string }>;

/** A venue's protocol over its book: what the server hands requests and sockets to. */
export type Gateway = Readonly<{
  venue: VenueName;
  /** First part of the path that leads here, as `/bspot`. */
  prefix: string;
  /** First parts that lead here without a prefix, for clients that cannot have one in the venue's address. */
  roots: readonly string[];
  answer(call: Call, logged: LoggedRequest): Answer | EngineStep<Answer>;
  /** What the venue answers when a fault makes it fail: its own words for a status. */
  failure(fault: Pick<Fault, 'kind' | 'args'>): Answer;
  /** A socket that asks for `path`; false where there is none. */
  accepts(path: string): boolean;
  connectLimit: ConnectLimit;
  connect(connection: Connection, request: IncomingMessage): void;
  /** Before the server closes: what the venue says on its sockets. */
  shutdown(): void;
  ban(who: Banned, untilMs: number): void;
}>;
