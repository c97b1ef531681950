import { VenueError } from '../../../core/ports/exchange.ts';
import type { Session } from '../ccxt/session.ts';
import { isOfTime } from '../errors/other.ts';
import type { VenueClock } from '../venue-clock.ts';

/**
 * The session with the venue's clock at hand: a call that may be repeated is, once, with a new look at the clock when
 * its timestamp was refused. Of an order that was, the look that follows does it.
 */
export const inTime = (session: Session, clock: VenueClock): Session => ({
  ...session,
  unified: async (purpose, work, signal) => {
    try {
      return await session.unified(purpose, work, signal);
    } catch (thrown) {
      if (purpose === 'send' || !(thrown instanceof VenueError) || !isOfTime(thrown.failure)) throw thrown;
      await clock.ask(signal);
      return session.unified(purpose, work, signal);
    }
  },
});
