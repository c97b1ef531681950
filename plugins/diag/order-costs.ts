import { refuse } from '../refuse.ts';

/** Costs in quote currency; positive is a cost, always. */
export type Cost = Readonly<{ delay: number; execution: number; opportunity: number; fees: number; total: number }>;

type Fill = Readonly<{
  price: number;
  qty: number;
  fee?: number | undefined;
  mid?: number | undefined;
  midAfter?: number | undefined;
}>;

export type Order = Readonly<{
  id: string;
  side: 'buy' | 'sell';
  qty: number;
  decisionPrice: number;
  arrivalPrice: number;
  endPrice?: number | undefined;
  marketVwap?: number | undefined;
  marketVolume?: number | undefined;
  fills: readonly Fill[];
}>;

/** Below this share of the order what is missing is rounding, and more is too much. */
const fillTolerance = 1e-9;

/**
 * Implementation shortfall of one order, split as Wagner & Edwards (1993): waiting until it arrived, trading, not
 * trading, fees; total = paper profit less real profit (Perold 1988). Slippages and spreads only where something filled.
 */
export function orderCosts(order: Order, path: string) {
  const { id, side, qty, decisionPrice, arrivalPrice, fills } = order;
  const sign = side === 'buy' ? 1 : -1;
  let filled = 0;
  let paid = 0;
  let fees = 0;
  for (const fill of fills) {
    filled += fill.qty;
    paid += fill.qty * fill.price;
    fees += fill.fee ?? 0;
  }
  if (filled - qty > fillTolerance * qty) {
    refuse(`${path}.fills`, `order ${id} filled more than its quantity`, `at most ${qty}`, `${filled}`);
  }
  const isWhole = Math.abs(filled - qty) <= fillTolerance * qty;
  if (!isWhole && order.endPrice === undefined) {
    refuse(
      `${path}.endPrice`,
      `missing for order ${id}, which is not fully filled`,
      `a price, or fills of ${qty}`,
      `fills of ${filled}`,
    );
  }
  const delay = sign * filled * (arrivalPrice - decisionPrice);
  const execution = sign * (paid - filled * arrivalPrice);
  const opportunity = isWhole ? 0 : sign * (qty - filled) * ((order.endPrice ?? decisionPrice) - decisionPrice);
  const cost: Cost = { delay, execution, opportunity, fees, total: delay + execution + opportunity + fees };
  const decisionNotional = qty * decisionPrice;
  return {
    id,
    fillRatio: filled / qty,
    decisionNotional,
    cost,
    bps: inBps(cost, decisionNotional),
    ...(filled > 0 && filledMeasures(order, { sign, filled, paid })),
  };
}

export const inBps = (cost: Cost, notional: number): Cost => ({
  delay: (cost.delay / notional) * 1e4,
  execution: (cost.execution / notional) * 1e4,
  opportunity: (cost.opportunity / notional) * 1e4,
  fees: (cost.fees / notional) * 1e4,
  total: (cost.total / notional) * 1e4,
});

export const sumCosts = (costs: readonly Cost[]): Cost =>
  costs.reduce(
    (sum, cost) => ({
      delay: sum.delay + cost.delay,
      execution: sum.execution + cost.execution,
      opportunity: sum.opportunity + cost.opportunity,
      fees: sum.fees + cost.fees,
      total: sum.total + cost.total,
    }),
    { delay: 0, execution: 0, opportunity: 0, fees: 0, total: 0 },
  );

type Filled = Readonly<{ sign: number; filled: number; paid: number }>;

function filledMeasures({ arrivalPrice, marketVwap, marketVolume, fills }: Order, { sign, filled, paid }: Filled) {
  const averagePrice = paid / filled;
  const against = (price: number) => ((sign * (averagePrice - price)) / price) * 1e4;
  const effectiveSpreadBps = spreadBps(fills, { sign, filled, from: ({ mid }) => mid });
  const realizedSpreadBps = spreadBps(fills, { sign, filled, from: ({ midAfter }) => midAfter });
  return {
    averagePrice,
    arrivalSlippageBps: against(arrivalPrice),
    ...(marketVwap !== undefined && { vwapSlippageBps: against(marketVwap) }),
    ...(effectiveSpreadBps !== undefined && { effectiveSpreadBps }),
    ...(realizedSpreadBps !== undefined && { realizedSpreadBps }),
    ...(marketVolume !== undefined && { participation: filled / marketVolume }),
  };
}

type SpreadOf = Readonly<{ sign: number; filled: number; from: (fill: Fill) => number | undefined }>;

/** Twice the signed distance of the fills from a mid, over the mid at the fill; only where every fill has both. */
function spreadBps(fills: readonly Fill[], { sign, filled, from }: SpreadOf): number | undefined {
  let sum = 0;
  for (const fill of fills) {
    const base = from(fill);
    if (fill.mid === undefined || base === undefined) return undefined;
    sum += (fill.qty * 2 * sign * (fill.price - base)) / fill.mid;
  }
  return (sum / filled) * 1e4;
}
