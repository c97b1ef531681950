import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import { isTerminal } from '../../../core/orders/order-machine.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { OrderDecision, OrderRecord, OrderStep } from '../../../core/ports/order-store.ts';
import { terminalColumns } from '../columns.ts';
import { ordersNamed } from '../orders/find-order.ts';
import { field, type WholeOrder, wholeOrder } from '../orders/show.ts';
import { booksText } from '../orders/shares.ts';
import { clockText, orderSentence, secondText, shortId, stateText } from '../orders/words.ts';
import { printGroup } from './explain-group.ts';
import { print, printJson } from '../output.ts';
import { renderFitted } from '../table.ts';

/** Prints how an order came to where it is; false where the subject is no order of the store. */
export async function explainOrder(subject: string, json: boolean): Promise<boolean> {
  const store = await openOrderStore();
  try {
    const [order, other] = await ordersNamed(store, subject);
    if (order === undefined || other !== undefined) return false;
    const whole = await wholeOrder(store, order);
    const group = await store.group(order.intent.book);
    if (json) printJson({ order: whole.order, ...(group && { group }), chain: chainOf(whole) });
    else {
      printChain(whole);
      if (group === undefined) return true;
      print();
      printGroup(group);
    }
    return true;
  } finally {
    store.close();
  }
}

/** One thing that happened to an order, and why. */
type Link = Readonly<{ atMs: number; what: string; why: string }>;

/** Intent, reservation, submission, answers, fills, end: in the order of their times. */
function chainOf({ order, steps, fills, decisions, alerts }: WholeOrder): readonly Link[] {
  const decided = new Set(decisions.map(({ what }) => what));
  const shownSteps = steps.filter(({ state }) => !decided.has(state));
  // Where two things are of one moment, who decided comes before what came of it.
  const links: Link[] = [
    ...decisions.map((decision) => decisionLink(decision, order)),
    ...shownSteps.map((step, index) => stepLink(step, shownSteps[index - 1], order)),
    ...fills.map((fill) => ({ atMs: fill.venueMs, what: 'fill', why: fillText(fill) })),
    ...alerts.map(({ atMs, severity, text }) => ({ atMs, what: `${severity} alert`, why: text })),
  ];
  return links.toSorted((a, b) => a.atMs - b.atMs);
}

function stepLink(step: OrderStep, before: OrderStep | undefined, { intent, venueOrderId }: OrderRecord): Link {
  const { state, atMs, reason, appliedExecuted } = step;
  if (state === 'initialized')
    return { atMs, what: 'intent', why: `stored as number ${intent.intentNumber} of leg ${intent.leg}` };
  const said = reason !== '' && reason !== before?.reason ? reason : undefined;
  const order = venueOrderId === undefined ? '' : `order ${venueOrderId} at the venue`;
  const applied = appliedExecuted === '0' ? '' : `${appliedExecuted} of ${intent.amount} in the ledger`;
  return { atMs, what: state, why: said ?? (applied || (state === 'accepted' ? order : '')) };
}

function decisionLink({ atMs, what, why, by }: OrderDecision, { submission }: OrderRecord): Link {
  const deadline = submission !== undefined && `; the venue refuses it after ${clockText(submission.deadlineMs)}`;
  const said = what === 'submitted' && deadline !== false ? `${why}${deadline}` : why;
  return { atMs, what, why: by === '' ? said : `${said} (${by})` };
}

const fillText = ({ tradeId, amount, price, liquidity, fee, feeAsset }: Fill): string =>
  `trade ${tradeId}: ${amount} at ${price} as ${liquidity}, fee ${fee} ${feeAsset}`;

function printChain(whole: WholeOrder): void {
  const { order } = whole;
  const { intent, state, reason } = order;
  field('order', intent.clientOrderId);
  field(
    'what',
    `${orderSentence(intent)} on ${intent.account}, ${order.shares === undefined ? 'book' : 'group'} ${intent.book}`,
  );
  if (order.shares !== undefined) field('shares', booksText(order));
  field('why', intent.reason);
  if (order.ownerWorkflowId !== '') field('workflow', order.ownerWorkflowId);
  field(
    'now',
    `${isTerminal(state) ? 'ended' : 'not ended'}: ${stateText(state)}${reason === '' ? '' : `, ${reason}`}`,
  );
  print();
  const chain = chainOf(whole);
  print(
    renderFitted(
      [{ title: `${secondText(order.createdMs).slice(0, 10)} UTC` }, { title: 'What' }, { title: 'Why' }],
      chain.map(({ atMs, what, why }) => [timeText(atMs, order.createdMs), what, why]),
      terminalColumns(),
    ),
  );
  print();
  print(`Fills are in the venue's time. All numbers: nightdesk orders show ${shortId(order)}`);
}

/** The day is said where it is another than the first one. */
function timeText(ms: number, firstMs: number): string {
  const day = secondText(ms).slice(5, 10);
  return day === secondText(firstMs).slice(5, 10) ? clockText(ms) : `${day} ${secondText(ms).slice(11)}`;
}
