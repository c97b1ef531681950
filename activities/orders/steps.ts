import { DeskError, errorRules } from '../../core/errors.ts';
import { type Carry, withHeartbeat } from '../with-heartbeat.ts';
import { deskErrorOfVenue } from '../../core/order-desk/venue-failures.ts';

type Work<T> = (signal: AbortSignal, carry: Carry) => Promise<T>;

/** A step before an order can have been sent: what the table of errors calls hopeless ends it. */
export const stepBeforeSending = <T>(work: Work<T>): Promise<T> =>
  withHeartbeat(async (signal, carry) => {
    try {
      return await work(signal, carry);
    } catch (thrown) {
      throw deskErrorOfVenue(thrown);
    }
  });

/**
 * A step after an order may have been sent: nothing is hopeless, because only the venue's evidence ends such an order.
 * A revoked key, a market that is gone or a defect of ours is said and tried again.
 */
export const stepUntilEvidence = <T>(work: Work<T>): Promise<T> =>
  stepBeforeSending(async (signal, carry) => {
    try {
      return await work(signal, carry);
    } catch (thrown) {
      signal.throwIfAborted();
      const failure = deskErrorOfVenue(thrown);
      if (failure instanceof DeskError && errorRules[failure.code].retryable) throw failure;
      const message = failure instanceof Error ? failure.message : String(failure);
      throw new DeskError('OrderStateUnknown', message, { cause: failure });
    }
  });
