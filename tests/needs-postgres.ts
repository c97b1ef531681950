import { afterAll, beforeAll, beforeEach } from 'vitest';
import { noPostgres, type PostgresServer, startPostgres } from './postgres-server.ts';

/**
 * One PostgreSQL server for the tests around the call; where there can be none they are skipped, with the reason.
 * `durable` writes every commit to the disk, as the order store demands.
 */
export function needsPostgres(options: Readonly<{ durable?: boolean }> = {}): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    if (noPostgres === undefined) server = await startPostgres(options);
  });
  afterAll(() => server?.stop());
  beforeEach(({ skip }) => skip(noPostgres !== undefined, noPostgres));
  return () => {
    if (server === undefined) throw new Error(noPostgres ?? 'the server has not been started');
    return server;
  };
}
