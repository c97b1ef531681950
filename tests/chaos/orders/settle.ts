import type { GuardLimits } from '../../../core/orders/guard-types.ts';
import type { OrderSettings } from '../../../config/orders.ts';
import { hurry as hurryAccount } from '../../hurry.ts';
import { type Journal, readJournal } from './journal.ts';
import { type Circumstances, type Finding, judge } from './judge.ts';
import type { Stage } from './stage.ts';
import { chaosAccount } from './worker-settings.ts';

/** The limits that the judge holds the journal to: those that the workers were given. */
export const judgedLimits = ({ limits }: OrderSettings): GuardLimits => ({
  maxOrderNotional: limits.max_order_notional,
  maxPositionNotional: limits.max_position_notional,
  maxExposureNotional: limits.max_exposure,
  maxOrdersPerMinute: limits.max_orders_per_minute,
  maxNotionalPerDay: limits.max_notional_per_day,
});

/** What holds unless an episode says otherwise. */
export const plainCircumstances = (opening: Journal['balances'], settings: OrderSettings): Circumstances => ({
  limits: judgedLimits(settings),
  opening,
  modes: [],
  // Ours are never without an id.
  isForeign: (clientOrderId) => clientOrderId === '',
  forgotten: new Set(),
});

/** Reads both sides and judges. */
export async function judgeStage(stage: Stage, given: Circumstances): Promise<Finding[]> {
  const { store } = stage;
  const mostRows = 10_000;
  const [orders, fills, entries, decisions, journal] = await Promise.all([
    store.orders({ account: chaosAccount, limit: mostRows }),
    store.fills({ account: chaosAccount, limit: mostRows }),
    store.entries(chaosAccount, mostRows),
    store.decisions({ account: chaosAccount, limit: mostRows }),
    readJournal(stage),
  ]);
  const submitted = decisions.filter(({ what }) => what === 'submitted');
  const submittedMs = new Map(submitted.map(({ clientOrderId = '', atMs }) => [clientOrderId, atMs]));
  return judge(journal, { orders, fills, entries, submittedMs }, given);
}

/** Lets time pass at the venue while orders wait for it, until `stopped`. */
export const hurry = ({ store, advance, venue }: Stage, stopped: AbortSignal): Promise<void> =>
  hurryAccount(
    { account: chaosAccount, store, advance, states: ['submitted', 'unknown'], questionMs: venue.questionMs },
    stopped,
  );
