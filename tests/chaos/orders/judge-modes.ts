import type { TradingMode } from '../../../core/orders/types.ts';
import type { Journal, JournalOrder, JournalRequest } from './journal.ts';
import type { Circumstances, DeskBooks } from './judge.ts';

/**
 * When the account was in a mode that forbids something: from when everybody was bound by it, until just before a
 * person ended it. By the venue's clock, and by this machine's, which the store's rows have.
 */
export type ModeSpan = Readonly<{
  mode: TradingMode;
  fromVenueMs: number;
  toVenueMs: number;
  fromMs: number;
  toMs: number;
}>;

/** After HALTED + 1 s no order is submitted, and after REDUCING + 1 s none that increases exposure. */
const graceMs = 1_000;

/** S7: what was submitted against the mode, also what the venue refused of it while HALTED. */
export function modeFindings(
  journal: Journal,
  desk: DeskBooks,
  { modes, isForeign }: Pick<Circumstances, 'modes' | 'isForeign'>,
): string[] {
  const signed = submissionsOf(journal, desk).filter(({ id }) => !isForeign(id));
  return modes.flatMap((span) =>
    signed.flatMap((submission): string[] => {
      const sinceMs = millisecondsInto(span, submission);
      if (sinceMs === undefined || !isForbidden(journal, { span, submission, sinceMs, isForeign })) return [];
      return [`${submission.id} was signed ${sinceMs} ms after ${span.mode}`];
    }),
  );
}

/** One request for an order: when its row was submitted, or, where it is not that row's, how the venue saw it. */
type Submission = Readonly<{ id: string; rowMs: number | undefined; venueMs: number }>;

/**
 * The venue's clock says only roughly when something was submitted: a desk signs by its estimate of that clock, which a
 * slow answer or a jump leaves wrong by seconds, and a request may be under way for as long. The row is exact, as long
 * as what was signed is what it has.
 */
function submissionsOf({ requests }: Journal, { orders, submittedMs }: DeskBooks): Submission[] {
  const deadlines = new Map(orders.map(({ intent, submission }) => [intent.clientOrderId, submission?.deadlineMs]));
  return requests.map((request) => {
    const { clientOrderId: id = '', deadlineWireMs, receivedWireMs } = request;
    const isTheRow = deadlineWireMs !== undefined && deadlines.get(id) === deadlineWireMs;
    // A clock that was wrong may have signed a later time: what came before the halt was sent before it.
    const venueMs = Math.min(signedMs(request), receivedWireMs);
    return { id, rowMs: isTheRow ? submittedMs.get(id) : undefined, venueMs };
  });
}

const windowMs = 5_000;

/** Where nothing is signed (Kraken), the deadline less the window. */
const signedMs = ({ signedWireMs, deadlineWireMs, receivedWireMs }: JournalRequest): number =>
  signedWireMs ?? (deadlineWireMs === undefined ? receivedWireMs : deadlineWireMs - windowMs);

function millisecondsInto(
  { fromMs, toMs, fromVenueMs, toVenueMs }: ModeSpan,
  { rowMs, venueMs }: Submission,
): number | undefined {
  const [atMs, from, to] = rowMs === undefined ? [venueMs, fromVenueMs, toVenueMs] : [rowMs, fromMs, toMs];
  return atMs > from + graceMs && atMs <= to ? atMs - from : undefined;
}

type Case = Readonly<{
  span: ModeSpan;
  submission: Submission;
  sinceMs: number;
  isForeign: Circumstances['isForeign'];
}>;

/** A grant lives for so long. What is submitted later was granted when the account was REDUCING. */
const grantLifeMs = 5_000;

/** What others trade on the account is not held against us: only what increases with and without it. */
function isForbidden(journal: Journal, { span, submission, sinceMs, isForeign }: Case): boolean {
  if (span.mode === 'HALTED') return true;
  if (span.mode !== 'REDUCING') return false;
  const order = journal.orders.find(({ clientOrderId }) => clientOrderId === submission.id);
  if (order === undefined || order.reduceOnly) return false;
  // Of the same side, what was let through before it counts; what was granted after it, while ACTIVE, need not.
  const beforeMs = order.createdMs - (sinceMs > grantLifeMs + graceMs ? 0 : 2 * grantLifeMs);
  const orders = journal.orders.filter(({ clientOrderId }) => !isForeign(clientOrderId));
  return increases(order, journal, beforeMs) && increases(order, { ...journal, orders }, beforeMs);
}

/** Whether it is more than what is held the other way, less what its side has resting. */
function increases(order: JournalOrder, { orders, fills }: Journal, beforeMs: number): boolean {
  const others = orders.filter((other) => other.symbol === order.symbol && other !== order);
  const counted = others.filter(({ side, createdMs }) => side !== order.side || createdMs <= beforeMs);
  const ids = new Map(counted.map((other) => [other.venueOrderId, other]));
  const filled = fills.filter(({ venueOrderId, timeMs }) => ids.has(venueOrderId) && timeMs <= order.createdMs);
  const held = filled.reduce((sum, { side, quantity }) => sum + (side === order.side ? -quantity : quantity), 0n);
  const rests = counted
    .filter(({ side, createdMs, updatedMs, status }) => {
      const isOpen = createdMs <= order.createdMs && (status === 'open' || updatedMs > order.createdMs);
      return side === order.side && isOpen;
    })
    .reduce((sum, other) => sum + other.quantity - filledOf(other, filled), 0n);
  return rests + order.quantity > held;
}

const filledOf = ({ venueOrderId }: JournalOrder, fills: Journal['fills']): bigint =>
  fills.filter((fill) => fill.venueOrderId === venueOrderId).reduce((sum, { quantity }) => sum + quantity, 0n);
