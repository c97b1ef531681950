import pc from 'picocolors';
import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type {
  LedgerEntry,
  OrderAlert,
  OrderDecision,
  OrderRecord,
  OrderStep,
  OrderStore,
} from '../../../core/ports/order-store.ts';
import { isWide, terminalColumns } from '../columns.ts';
import { print, printJson } from '../output.ts';
import { renderFitted, renderTable, wrapped } from '../table.ts';
import { findOrder } from './find-order.ts';
import { booksText, type SharedOrder, withShares } from './shares.ts';
import { clockText, orderSentence, secondText, stateText } from './words.ts';

/** All that the store has of one order. */
export type WholeOrder = Readonly<{
  order: SharedOrder;
  steps: readonly OrderStep[];
  fills: readonly Fill[];
  decisions: readonly OrderDecision[];
  postings: readonly LedgerEntry[];
  alerts: readonly OrderAlert[];
}>;

const mostShown = 10_000;

export async function wholeOrder(store: OrderStore, order: OrderRecord): Promise<WholeOrder> {
  const { clientOrderId } = order.intent;
  const filter = { clientOrderId, limit: mostShown };
  const [[shared = order], steps, fills, decisions, postings, alerts] = await Promise.all([
    withShares(store, [order]),
    store.steps(clientOrderId),
    store.fills(filter),
    store.decisions(filter),
    store.entriesOf(clientOrderId),
    store.alerts(filter),
  ]);
  return { order: shared, steps, fills, decisions, postings, alerts };
}

/** Prints the whole record of one order. */
export async function showOrder(typed: string, { json }: Readonly<{ json?: true }>): Promise<void> {
  const store = await openOrderStore();
  try {
    const whole = await wholeOrder(store, await findOrder(store, typed));
    if (json) return printJson(whole);
    printHead(whole.order);
    printSteps(whole.steps);
    printFills(whole.fills);
    printDecisions(whole.decisions);
    printPostings(whole.postings);
    printAlerts(whole.alerts);
  } finally {
    store.close();
  }
}

/** `label      text`, the text broken to the terminal's width. */
export function field(label: string, text: string): void {
  const [first = '', ...rest] = wrapped(text, terminalColumns() - 11);
  print(`${label.padEnd(11)}${first}`);
  for (const line of rest) print(`${' '.repeat(11)}${line}`);
}

function printHead(order: SharedOrder): void {
  const { intent, venue, venueOrderId, submission, version, changedMs, reason } = order;
  field('order', intent.clientOrderId);
  field('what', `${orderSentence(intent)}, ${intent.timeInForce}${intent.reduceOnly ? ', reduce only' : ''}`);
  field('account', `${intent.account} at ${venue}, ${order.shares === undefined ? 'book' : 'group'} ${intent.book}`);
  if (order.shares !== undefined) field('shares', booksText(order));
  field('why', intent.reason);
  field('state', `${stateText(order.state)} since ${secondText(changedMs)} UTC, version ${version}`);
  if (reason !== '') field('because', reason);
  field('executed', `${order.venueExecuted} of ${intent.amount} by the venue, ${order.appliedExecuted} in the ledger`);
  if (submission !== undefined) {
    const { timestampMs, deadlineMs } = submission;
    field(
      'submitted',
      `${secondText(timestampMs)} UTC; the venue refuses it after ${clockText(deadlineMs)} (its clock)`,
    );
  }
  const restUntilMs = submission && intent.restMs !== undefined && submission.timestampMs + intent.restMs;
  if (restUntilMs) field('rests', `until ${secondText(restUntilMs)} UTC (the venue's clock), then it is canceled`);
  field('at venue', venueOrderId === undefined ? 'no id known' : `order ${venueOrderId}`);
  field(
    'owner',
    order.ownerWorkflowId === '' ? 'nobody: an order of another program or person' : order.ownerWorkflowId,
  );
  if (intent.seed !== '') field('id of', `${intent.seed}, leg ${intent.leg}, number ${intent.intentNumber}`);
}

function heading(text: string): void {
  print();
  print(pc.bold(text));
}

function printSteps(steps: readonly OrderStep[]): void {
  heading('States');
  print(
    renderFitted(
      [{ title: 'UTC' }, { title: 'State' }, { title: 'Applied', align: 'right' }, { title: 'Why' }],
      steps.map(({ atMs, state, appliedExecuted, reason }) => [
        `${secondText(atMs).slice(5, 11)}${clockText(atMs)}`,
        stateText(state),
        appliedExecuted,
        reason,
      ]),
      terminalColumns(),
    ),
  );
}

function printFills(fills: readonly Fill[]): void {
  if (fills.length === 0) return;
  const wide = isWide();
  heading("Fills (the venue's clock)");
  print(
    renderTable(
      [
        { title: 'UTC' },
        { title: 'Trade' },
        { title: 'Amount', align: 'right' },
        { title: 'Price', align: 'right' },
        { title: 'Quote', align: 'right' },
        { title: 'Fee', align: 'right' },
        ...(wide ? ([{ title: 'Liquidity' }, { title: 'Realised', align: 'right' }] as const) : []),
      ],
      fills.map(({ venueMs, tradeId, amount, price, quoteAmount, fee, feeAsset, liquidity, realizedPnl }) => [
        wide ? secondText(venueMs) : secondText(venueMs).slice(11),
        tradeId,
        amount,
        price,
        quoteAmount,
        `${fee} ${feeAsset}`,
        ...(wide ? [liquidity, realizedPnl ?? ''] : []),
      ]),
    ),
  );
}

function printDecisions(decisions: readonly OrderDecision[]): void {
  if (decisions.length === 0) return;
  heading('Decisions');
  print(
    renderFitted(
      [{ title: 'UTC' }, { title: 'What' }, { title: 'Why, and who' }],
      decisions.map(({ atMs, what, why, by }) => [
        `${secondText(atMs).slice(5, 11)}${clockText(atMs)}`,
        what,
        by === '' ? why : `${why} (${by})`,
      ]),
      terminalColumns(),
    ),
  );
}

function printPostings(postings: readonly LedgerEntry[]): void {
  if (postings.length === 0) return;
  heading('Ledger');
  print(
    renderTable(
      [
        { title: 'From' },
        { title: 'Account' },
        { title: 'Asset' },
        { title: 'Amount', align: 'right' },
        { title: 'Book' },
      ],
      postings.map(({ source, ledgerAccount, asset, amount, book }, index) => [
        postings[index - 1]?.source === source ? '' : source,
        ledgerAccount,
        asset,
        amount,
        book,
      ]),
    ),
  );
}

const severityColours = { YELLOW: pc.yellow, RED: pc.red, BLACK: pc.inverse } as const;

function printAlerts(alerts: readonly OrderAlert[]): void {
  if (alerts.length === 0) return;
  heading('Alerts');
  print(
    renderFitted(
      [{ title: 'UTC' }, { title: 'Severity' }, { title: 'What' }],
      alerts.map(({ atMs, severity, text }) => [secondText(atMs).slice(5), severityColours[severity](severity), text]),
      terminalColumns(),
    ),
  );
}
