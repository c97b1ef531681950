import type { VenueFailure, VenueFailureKind } from '../../../core/ports/exchange.ts';
import type { Attempt } from '../ccxt/attempt.ts';
import { readJson } from '../ccxt/read-json.ts';

/** What a venue complains of, in its own code or words. */
export type Complaint = Readonly<{ code: string; text: string }>;

/** What a complaint means for a request that only reads, and for one that could have been accepted. */
export type Meaning = Readonly<{
  read: VenueFailureKind;
  send: VenueFailureKind;
  retryAfterMs?: number;
  /** The venue does not say how long it wants to hear nothing: what is urgent may try meanwhile. */
  guessed?: true;
  /** Until when, by the venue's clock. */
  untilVenueMs?: number;
}>;

/** How one venue says no. */
export type ErrorTable = Readonly<{
  /** The complaint in a JSON answer; undefined where it has none. */
  complaint(answer: unknown): Complaint | undefined;
  /** Undefined for what the table does not know. */
  meaning(complaint: Complaint): Meaning | undefined;
  /** Of an answer without a complaint that it knows. */
  statusMeaning(status: number): Meaning | undefined;
}>;

export const always = (kind: VenueFailureKind, retryAfterMs?: number): Meaning => ({
  read: kind,
  send: kind,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

/** For answers that a copy of our own request may get while the first was accepted, and where the venue itself does not know. */
export const unknownIfSent = (read: VenueFailureKind): Meaning => ({ read, send: 'unknown' });

const textLimit = 200;
const codeLimit = 60;

/**
 * `sending`: the request could have been accepted. `venueMs`: the venue's time, where it is known. `redact`: takes the
 * account's keys out of what the venue says, before it is cut.
 */
export type Judging = Readonly<{
  sending: boolean;
  venueMs: number | undefined;
  redact(text: string): string;
}>;

/**
 * Why the attempt did not succeed; undefined when it did. Decided by whether a byte left, then by the venue's code or
 * text, then by the status; all else after the first byte is `unknown`.
 */
export function failureOf(attempt: Attempt, table: ErrorTable, how: Judging): VenueFailure | undefined {
  const { sent, status = 0, text, problem = 'no answer' } = attempt;
  if (!sent) return { kind: 'notReachable', code: '', message: `the request was not sent: ${problem}` };
  if (text === undefined) return { kind: 'unknown', code: '', message: `the request was sent, but ${problem}` };
  const answer = readJson(text);
  const complaint = table.complaint(answer);
  const meaning = (complaint && table.meaning(complaint)) ?? (status === 200 ? undefined : table.statusMeaning(status));
  if (complaint === undefined && status >= 200 && status < 300 && answer !== undefined) return undefined;
  const kind = (how.sending ? meaning?.send : meaning?.read) ?? 'unknown';
  const asked = kind === 'rateLimited' ? waitAsked(attempt) : undefined;
  const retryAfterMs = kind === 'rateLimited' ? (asked ?? waitMeant(meaning, how)) : undefined;
  return {
    kind,
    code: how.redact(complaint?.code ?? '').slice(0, codeLimit),
    message:
      complaint === undefined
        ? messageOf(status, answer)
        : how.redact(complaint.text.replaceAll(/\s+/g, ' ')).slice(0, textLimit),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(retryAfterMs !== undefined && asked === undefined && meaning?.guessed && { guessed: true }),
  };
}

function messageOf(status: number, answer: unknown): string {
  return answer === undefined ? `HTTP ${status} with an answer that is not JSON` : `HTTP ${status}`;
}

/** `Retry-After` in seconds; its date form is not used by venues. */
function waitAsked({ headers }: Attempt): number | undefined {
  const seconds = headers['retry-after'];
  return seconds !== undefined && /^\d{1,9}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

function waitMeant(meaning: Meaning | undefined, { venueMs }: Judging): number | undefined {
  const { untilVenueMs, retryAfterMs } = meaning ?? {};
  if (untilVenueMs === undefined || venueMs === undefined) return retryAfterMs;
  return Math.max(0, untilVenueMs - venueMs);
}
