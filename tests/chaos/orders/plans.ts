import { loadOrderSettings, type OrderSettings } from '../../../config/orders.ts';
import type { OrderRequest } from '../../../core/orders/order-request.ts';
import type { OrderExecutionResult } from '../../../workflows/order-execution.ts';
import type { Stage } from './stage.ts';
import { chaosAccount } from './worker-settings.ts';

type Leg = Partial<OrderRequest>;

/** Three legs: one that fills at once, one that rests and is canceled, one that fills in parts and flattens the first. */
const threeLegs = ({ venue }: Stage): readonly Leg[] => {
  const common: Leg = { account: chaosAccount, symbol: venue.markets[0]?.symbol ?? '', book: 'chaos', amount: '0.01' };
  return [
    { ...common, side: 'buy' },
    { ...common, side: 'buy', price: '64500', restMs: 500 },
    { ...common, side: 'sell', price: '64000' },
  ];
};

/** Three legs: what is held, a stop that protects it until it is canceled, and the end of both. */
const stopLegs = (stage: Stage): readonly Leg[] => {
  const [bought = {}, , sold = {}] = threeLegs(stage);
  const { price: _, ...common } = sold;
  return [bought, { ...common, type: 'stopMarket', stopPrice: '60000', restMs: 1_000 }, sold];
};

/** Plans that strikes strike, by name. */
export const strikePlans = { three: threeLegs, stops: stopLegs } as const;

export type StrikePlanName = keyof typeof strikePlans;

export const strikePlanNames = Object.keys(strikePlans) as readonly StrikePlanName[];

/** Ships' defaults but for quicker looking and limits that a long run stays within. */
export function chaosSettings(limits: Partial<OrderSettings['limits']> = {}): OrderSettings {
  const shipped = loadOrderSettings(chaosAccount);
  return {
    ...shipped,
    limits: { ...shipped.limits, max_notional_per_day: '50000000', max_orders_per_minute: 600, ...limits },
    reconcile: { orders_every_seconds: 2, positions_every_seconds: 4 },
  };
}

export type Plan = Readonly<{
  workflowId: string;
  /** Waits at the server, until `signal` at the latest: a stage cannot close under an open question. */
  result(signal?: AbortSignal): Promise<readonly OrderExecutionResult[]>;
}>;

type OrderPlan = (legs: readonly Leg[], idsInChildren: boolean) => Promise<OrderExecutionResult[]>;

/** Gives a plan to the workers. */
export async function startPlan(
  stage: Stage,
  workflowId: string,
  { legs = threeLegs(stage), idsInChildren = false }: Readonly<{ legs?: readonly Leg[]; idsInChildren?: boolean }> = {},
): Promise<Plan> {
  const handle = await stage.client.workflow.start<OrderPlan>('orderPlan', {
    taskQueue: 'orders',
    workflowId,
    args: [legs, idsInChildren],
    workflowTaskTimeout: '3 seconds',
  });
  return {
    workflowId,
    result: (signal) =>
      signal === undefined ? handle.result() : stage.client.withAbortSignal(signal, () => handle.result()),
  };
}
