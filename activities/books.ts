import { activityInfo } from '@temporalio/activity';
import { formGroups, type WaitingWants } from '../core/order-desk/form-groups.ts';
import { type EndedGroup, settleGroup } from '../core/order-desk/settle-group.ts';
import { deskErrorOfVenue } from '../core/order-desk/venue-failures.ts';
import { DeskError, errorDocument, errorLine, errorRules } from '../core/errors.ts';
import type { Want, WantResult } from '../core/orders/want.ts';
import type { FormedGroups } from '../core/orders/want-queue.ts';
import type { NettedGroup } from '../core/ports/order-store.ts';
import { deskOf, priceCheckOf } from './orders.ts';
import { anotherDesk, type OfGuard, requireStore } from './orders/own-store.ts';
import type { OrderActivityPorts } from './orders/ports.ts';
import { stepBeforeSending, stepUntilEvidence } from './orders/steps.ts';

/** Of the store that the books were loaded from. */
type OfBooks = OfGuard;

/** What a workflow of books goes by, from the settings and the store. */
export type BooksAtStart = Readonly<{
  windowMs: number;
  newIntents: number;
  /** Stored groups that nobody has ended: to be gone on with. */
  unsettled: readonly NettedGroup[];
  storeId?: string;
}>;

/** The steps of netting, on the queue `orders`: each may run twice, at once, or after its workflow gave up on it. */
export const createBookActivities = (ports: OrderActivityPorts) => ({
  loadBooks: ({ account }: Readonly<{ account: string }>): Promise<BooksAtStart> =>
    stepUntilEvidence(async () => {
      const { netting, new_intents_after_not_sent: newIntents } = ports.settingsOf(account);
      const [unsettled, storeId] = await Promise.all([ports.orders.unsettledGroups(account), ports.orders.identity()]);
      return { windowMs: netting.window_ms, newIntents, unsettled, storeId };
    }),

  /** Nets what waits, and stores the group before anything of it is sent. */
  formGroups: ({ account, storeId, ...waiting }: WaitingWants & OfBooks): Promise<FormedGroups> =>
    stepBeforeSending(async () => {
      await requireStore(ports.orders, storeId, 'StoreUnavailable');
      const own = await ownWants(ports, waiting.wants);
      const netted = await formedOrRefused(ports, account, { ...waiting, wants: own.wants });
      const formed = { ...netted, refused: [...own.refused, ...netted.refused] };
      for (const { intentId, reason } of formed.refused) {
        const by = activityInfo().workflowExecution?.workflowId ?? '';
        const why = `${intentId} (${waiting.symbol}): ${reason}`;
        await ports.orders.recordDecision({ account, what: 'wantRefused', why, by, atMs: ports.nowMs() });
      }
      return formed;
    }),

  /** Books what crossed inside, and says what each member got. */
  settleGroup: ({ account, storeId, ...ended }: Omit<EndedGroup, 'by'> & OfBooks): Promise<WantResult[]> =>
    stepUntilEvidence(async () => {
      await requireStore(ports.orders, storeId, 'StoreUnavailable');
      const by = activityInfo().workflowExecution?.workflowId ?? '';
      return settleGroup(await deskOf(ports, account), { ...ended, by });
    }),
});

/** Wants of another desk on the same server are refused: its orders are not this store's. */
async function ownWants({ orders }: OrderActivityPorts, wants: readonly Want[]) {
  const own = await orders.identity();
  const isOwn = ({ storeId }: Want) => storeId === undefined || storeId === own;
  const refused = wants.filter((want) => !isOwn(want)).map(({ intentId }) => ({ intentId, reason: anotherDesk }));
  return { wants: wants.filter(isOwn), refused };
}

/** What is hopeless (an unknown market, a bad key) refuses the wants; what may pass is tried again. */
async function formedOrRefused(
  ports: OrderActivityPorts,
  account: string,
  waiting: WaitingWants,
): Promise<FormedGroups> {
  if (waiting.wants.length === 0) return { groups: [], refused: [] };
  try {
    const price = await priceCheckOf(ports, account);
    return await formGroups(await deskOf(ports, account), waiting, price);
  } catch (thrown) {
    const failure = deskErrorOfVenue(thrown);
    if (!(failure instanceof DeskError) || errorRules[failure.code].retryable) throw failure;
    const reason = errorLine(errorDocument(failure));
    return { groups: [], refused: waiting.wants.map(({ intentId }) => ({ intentId, reason })) };
  }
}

export type BookActivities = ReturnType<typeof createBookActivities>;
