import { VenueError } from '../../core/ports/exchange.ts';

/** What has to be known before an order goes out. Its failure is never `unknown`: of the order nothing was sent. */
export async function beforeSending<Result>(prepare: () => Promise<Result>): Promise<Result> {
  try {
    return await prepare();
  } catch (thrown) {
    if (!(thrown instanceof VenueError) || thrown.failure.kind !== 'unknown') throw thrown;
    const message = `the order was not sent: ${thrown.failure.message}`;
    throw new VenueError({ ...thrown.failure, kind: 'notReachable', message }, thrown);
  }
}
