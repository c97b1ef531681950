import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import { planOf } from '../../../core/orders/netting.ts';
import type { NettedGroup, OrderDecision, OrderStore } from '../../../core/ports/order-store.ts';
import { field } from '../orders/show.ts';
import { booksText, type SharedOrder, sharedOrder } from '../orders/shares.ts';
import { clockText, secondText, stateText } from '../orders/words.ts';
import { print, printJson } from '../output.ts';

const mostShown = 10_000;

/** A group of netted wants, the orders that went out for it, and what was decided when it ended. */
type WholeGroup = Readonly<{
  group: NettedGroup;
  legs: readonly SharedOrder[];
  decisions: readonly OrderDecision[];
  isSettled: boolean;
}>;

/** Prints the group that a want is in, or that has this id; false where there is none. */
export async function explainGroup(subject: string, json: boolean): Promise<boolean> {
  const store = await openOrderStore();
  try {
    const group = (await store.groupOfIntent(subject)) ?? (await store.group(subject));
    if (group === undefined) return false;
    const whole = await wholeGroup(store, group);
    if (json) printJson(whole);
    else printWhole(whole);
    return true;
  } finally {
    store.close();
  }
}

async function wholeGroup(store: OrderStore, group: NettedGroup): Promise<WholeGroup> {
  const { groupId, account } = group;
  const orders = await store.orders({ account, book: groupId, limit: mostShown });
  const legs = orders.toReversed().map((order) => sharedOrder(order, group));
  const last = legs.at(-1)?.intent.clientOrderId ?? groupId;
  const decided = await store.decisions({ account, clientOrderId: last, limit: mostShown });
  const unsettled = await store.unsettledGroups(account);
  const decisions = decided.filter(({ what }) => what === 'crossed' || what === 'shared');
  return { group, legs, decisions, isSettled: !unsettled.some((each) => each.groupId === groupId) };
}

function printWhole({ group, legs, decisions, isSettled }: WholeGroup): void {
  printGroup(group);
  for (const leg of legs) {
    const { intent, state, appliedExecuted, reason } = leg;
    const why = reason === '' ? '' : `: ${reason}`;
    field('order', `${intent.clientOrderId} ${stateText(state)}, executed ${appliedExecuted}${why}`);
    field('shares', booksText(leg));
  }
  if (legs.length === 0) field('order', 'none went out');
  field('now', isSettled ? 'ended, and in the books' : 'under way');
  if (decisions.length > 0) print();
  for (const { what, why } of decisions) field(what, why);
}

/** Members of a group, and what is to go out. */
export function printGroup(group: NettedGroup): void {
  const { groupId, account, symbol, members, atMs, middle } = group;
  const { crossed, outgoing } = planOf(group);
  field('group', groupId);
  field('what', `${members.length} wants of ${symbol} on ${account}, netted ${secondText(atMs)} UTC`);
  for (const { book, side, amount, intentId } of members) field('', `${side} ${amount} for ${book} (${intentId})`);
  const rest = outgoing === undefined ? 'nothing goes out' : `${outgoing.side} ${outgoing.amount} goes out`;
  field(
    'netted',
    `${crossed} crosses inside, ${rest}${middle === undefined ? '' : `; ${middle} at ${clockText(atMs)}`}`,
  );
}
