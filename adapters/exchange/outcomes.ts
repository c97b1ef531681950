import { VenueError, type CancelOutcome, type SendOutcome, type VenueFailure } from '../../core/ports/exchange.ts';

/**
 * A sending call's outcome, whatever happens in it. Only a VenueError says what it is; any other exception came after
 * the request may have left (a defect of ours, or of a library), so the outcome is unknown.
 */
export async function sending<Outcome extends SendOutcome | CancelOutcome>(
  send: () => Promise<Outcome>,
): Promise<Outcome | Readonly<{ kind: 'failed'; failure: VenueFailure }>> {
  try {
    return await send();
  } catch (thrown) {
    if (thrown instanceof VenueError) return { kind: 'failed', failure: thrown.failure };
    const name = thrown instanceof Error ? thrown.name : typeof thrown;
    return {
      kind: 'failed',
      failure: { kind: 'unknown', code: '', message: `the answer was not understood (${name})` },
    };
  }
}
