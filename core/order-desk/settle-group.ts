import { DeskError } from '../errors.ts';
import { crossPrice, filledOf, groupResults } from '../orders/group-outcome.ts';
import { crossEntries } from '../orders/netting.ts';
import { isSettled } from '../orders/order-machine.ts';
import { mostRows } from '../orders/store-rules.ts';
import type { WantResult } from '../orders/want.ts';
import type { NettedGroup, OrderDecision, OrderRecord } from '../ports/order-store.ts';
import { marketOf } from './apply-event.ts';
import type { OrderDesk } from './desk.ts';

/** `note`: why nothing could be sent. `by`: whose decision it is. */
export type EndedGroup = Readonly<{ group: NettedGroup; note: string; by: string }>;

/**
 * Books what crossed inside a group whose orders have ended, with a decision for each member, once; gives what each
 * member got. OrderStateUnknown while an order of it has not ended: somebody drives it, ask again.
 */
export async function settleGroup(desk: OrderDesk, { group: given, note, by }: EndedGroup): Promise<WantResult[]> {
  const { account, orders, exchange, nowMs } = desk;
  const { groupId } = given;
  // A store that was restored from a backup may have forgotten it.
  await orders.putGroup(given);
  const group = await orders.group(groupId);
  if (group === undefined) throw new DeskError('NotFound', 'no such group', { path: 'groupId', found: groupId });
  const legs = (await orders.orders({ account, book: groupId, limit: mostRows })).toReversed();
  const open = legs.find((leg) => !isSettled(leg));
  if (open !== undefined) {
    throw new DeskError('OrderStateUnknown', `${open.intent.clientOrderId} of ${groupId} is ${open.state}`);
  }
  const fills = (
    await Promise.all(
      legs.map(({ intent }) => orders.fills({ account, clientOrderId: intent.clientOrderId, limit: mostRows })),
    )
  ).flat();
  const market = await marketOf(exchange, group.symbol);
  const { ledgerDecimals } = exchange.traits;
  const middle = group.middle ?? '0';
  const results = groupResults(group, { legs, fills, ledgerDecimals, middle, note });
  const atMs = Math.max(group.atMs, ...legs.map(({ changedMs }) => changedMs));
  const venueMs = fills.at(-1)?.venueMs ?? group.atMs;
  const entries = crossEntries(group, { market, ledgerDecimals, filled: filledOf(fills), middle, venueMs });
  const price = crossPrice(fills, middle);
  const subject = legs.at(-1)?.intent.clientOrderId ?? groupId;
  const decisions = results.flatMap((result) =>
    decisionsOf(result, group, { price, hasFills: fills.length > 0, legs }).map(([what, why]): OrderDecision => ({
      account,
      clientOrderId: subject,
      what,
      why,
      by,
      atMs,
    })),
  );
  await orders.settleGroup({ groupId, entries, decisions, atMs: nowMs() });
  return results;
}

type Told = Readonly<{ price: string; hasFills: boolean; legs: readonly OrderRecord[] }>;

/** `crossed` and `shared` of one member, each with its reason. */
function decisionsOf(result: WantResult, { members }: NettedGroup, { price, hasFills, legs }: Told) {
  const { intentId, book, side, amount, crossed, shared, fees, reason } = result;
  const who = `${side} ${amount} of ${book} (${intentId})`;
  const decided: [what: string, why: string][] = [];
  if (crossed !== '0') {
    const against = members.filter((other) => other.side !== side).map((other) => other.book);
    const source = hasFills ? 'the average of what went out' : 'the venue’s price when it was decided';
    decided.push(['crossed', `${who}: ${crossed} inside with ${namesOf(against)} at ${price}, ${source}`]);
  }
  if (shared !== '0' || reason !== '') {
    const paid = Object.entries(fees).map(([asset, fee]) => `${fee} ${asset}`);
    const fee = paid.length === 0 ? '' : `, fee ${paid.join(', ')}`;
    const sent = legs.length === 0 ? '' : ' of what went out';
    decided.push(['shared', `${who}: ${shared}${sent}${fee}${reason === '' ? '' : `; ${reason}`}`]);
  }
  return decided;
}

/** Names of a few; many would not fit into a decision. */
function namesOf(books: readonly string[]): string {
  const names = [...new Set(books)];
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;
}
