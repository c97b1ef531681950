import { setTimeout as pause } from 'node:timers/promises';
import type { OrderState } from '../../../core/orders/types.ts';
import { readJournal } from './journal.ts';
import { type Plan, startPlan } from './plans.ts';
import { until } from './processes.ts';
import type { Stage } from './stage.ts';
import type { ChaosVenue } from './venues.ts';
import { chaosAccount } from './worker-settings.ts';
import { reducers, stopAway } from './workload.ts';

/** Long enough for a keeper to see the order before the stop: at Kraken it asks less often. */
const armedMs = 12_000;
const restsWithinMs = 60_000;
/** One that comes only after the halt ends by itself. */
const mostRestMs = 45_000;
/** A keeper that was about to arm the switch has seen the stop. */
const seenMs = 5_000;
/** Longer than a switch that nobody renews waits. */
const minuteMs = 61_000;

const underWay: readonly OrderState[] = ['initialized', 'submitted', 'unknown'];

const hasSwitch = ({ desk }: ChaosVenue) => desk !== 'binance';

/**
 * A protective stop that rests while more than a minute passes at the venue at once: a dead man's switch that was left
 * on when the stop came strikes then. It stays until the halt. What is held is made less first: a limit may leave no room
 * for it.
 */
export async function restStop(stage: Stage, workflowId: string): Promise<Plan> {
  const { venue, url, store } = stage;
  const [market] = venue.markets;
  if (market === undefined) throw new RangeError('no market to trade');
  const [tickers, journal] = await Promise.all([venue.tickers(url), readJournal(stage)]);
  const [bid, ask] = tickers[market.id] ?? [0, 0];
  const stop = stopAway(market, [bid, ask], journal);
  // The order before it has the switch armed, where the venue has one.
  const { stopPrice: _, ...other } = stop;
  const price = (bid * (stop.side === 'sell' ? 1.03 : 0.97)).toFixed(market.priceDecimals);
  const before = { ...other, type: 'limit', price, restMs: hasSwitch(venue) ? armedMs : 500 } as const;
  const room = reducers(venue.markets, journal, 4);
  const plan = await startPlan(stage, workflowId, { legs: [...room, before, { ...stop, restMs: mostRestMs }] });
  const isSent = async () => {
    const newest = await store.orders({ account: chaosAccount, limit: 50 });
    const row = newest.find(({ intent }) => intent.reason === `${workflowId}:${room.length + 2}`);
    return row !== undefined && !underWay.includes(row.state);
  };
  if (!(await until(isSent, restsWithinMs, 200)) || !hasSwitch(venue)) return plan;
  await pause(seenMs);
  await stage.advance(minuteMs);
  return plan;
}
