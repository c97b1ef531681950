import { z } from 'zod';
import { chartOutputs, chartParams } from '../charts/fields.ts';
import { definePlugin } from '../define-plugin.ts';
import { openFraction, timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { fitImpact, type ImpactFit, type ImpactPoint } from './impact-fit.ts';
import { inBps, orderCosts, sumCosts } from './order-costs.ts';
import { costParts, slippageChart } from './slippage-chart.ts';

const price = () => z.number().positive();

const order = z.strictObject({
  id: z.string().describe('of the order'),
  symbol: z.string().describe('as BTC/USDT; all orders in one quote currency'),
  side: z.enum(['buy', 'sell']).describe('of the order'),
  qty: z.number().positive().describe('base units'),
  decisionPrice: price().describe('mid when the signal fired'),
  arrivalPrice: price().describe('mid when the order reached the venue'),
  endPrice: price().optional().describe('mid when the order was given up; required when not fully filled'),
  marketVwap: price().optional().describe('volume-weighted price of the market while the order worked, quote currency'),
  volatility: price().optional().describe('standard deviation of returns over a day, fraction'),
  marketVolume: price().optional().describe('base volume traded in that day'),
  venue: z.string().optional().describe('a name to group by'),
  strategy: z.string().optional().describe('a name to group by'),
  fills: z.array(
    z.strictObject({
      time: timeMs().optional(),
      price: price().describe('quote currency'),
      qty: z.number().positive().describe('base units'),
      fee: z.number().optional().describe('quote currency; negative is a rebate'),
      mid: price().optional().describe('at the fill'),
      midAfter: price().optional().describe('a fixed time later, as 5 minutes'),
    }),
  ),
});

const slippageParams = z.strictObject({
  confidence: openFraction().default(0.95).describe('of the intervals'),
  minFitOrders: z.int().min(5).default(30).describe('orders below which no impact is fitted'),
  groupBy: z
    .array(z.enum(['symbol', 'side', 'venue', 'strategy']))
    .default(['symbol'])
    .describe('a group for each value of each of these'),
  ...chartParams,
});

type Order = z.output<typeof order>;
type Priced = ReturnType<typeof orderCosts>;

const cost = z.strictObject({
  delay: z.number().describe('from decision to arrival'),
  execution: z.number().describe('from arrival to the fills'),
  opportunity: z.number().describe('of what did not fill'),
  fees: z.number(),
  total: z.number(),
});

const impact = z.strictObject({
  fitted: z.boolean(),
  usable: z.int().describe('orders with fills, volatility and marketVolume'),
  coefficient: z.number().optional().describe('cost in daily deviations at the whole day’s volume'),
  stdError: z.number().optional().describe('HC1'),
  interval: z.tuple([z.number(), z.number()]).optional(),
  r2: z.number().optional().describe('about 0, not about the mean'),
  exponent: z.number().optional().describe('that fits best instead of 1/2, in 0.1..1.2'),
  exponentAtBound: z.boolean().optional(),
  coefficientAtExponent: z.number().optional(),
  reason: z.string().optional().describe('why not fitted'),
});

export const slippageReport = definePlugin({
  id: 'diag_slippage_report',
  category: 'diag',
  kind: 'pure',
  summary:
    'What execution cost: shortfall split into delay, execution, opportunity and fees, slippage against arrival and VWAP, spreads, and a square-root impact fit.',
  reference:
    'Perold (1988), Journal of Portfolio Management 14; Wagner & Edwards (1993); Kissell (2006), Journal of Trading 1; Almgren, Thum, Hauptmann & Li (2005), Risk; Toth et al. (2011), Phys. Rev. X 1; Huang & Stoll (1996); MacKinnon & White (1985)',
  input: z.strictObject({ orders: z.array(order).min(1).describe('all in one quote currency') }),
  params: slippageParams,
  output: z.strictObject({
    orders: z
      .array(
        z.strictObject({
          id: z.string(),
          fillRatio: z.number(),
          averagePrice: z.number().optional(),
          decisionNotional: z.number(),
          cost: cost.describe('quote currency, positive is a cost'),
          bps: cost.describe('of decisionNotional'),
          arrivalSlippageBps: z.number().optional(),
          vwapSlippageBps: z.number().optional(),
          effectiveSpreadBps: z.number().optional().describe('twice the distance from the mid'),
          realizedSpreadBps: z.number().optional().describe('from the mid later; the rest of the spread is impact'),
          participation: z.number().optional().describe('share of the day’s volume'),
        }),
      )
      .describe('what has no fills has no prices and spreads'),
    totals: z.strictObject({ decisionNotional: z.number(), cost, bps: cost }),
    groups: z.array(z.strictObject({ key: z.string(), orders: z.int(), decisionNotional: z.number(), bps: cost })),
    impact,
    plot: z.strictObject({
      bars: z.array(z.strictObject({ group: z.string(), component: z.enum(costParts), bps: z.number() })),
      scatter: z.array(z.strictObject({ id: z.string(), participation: z.number(), normalizedCost: z.number() })),
      curve: z.array(z.strictObject({ participation: z.number(), fitted: z.number(), lo: z.number(), hi: z.number() })),
    }),
    ...chartOutputs,
  }),
  example: {
    input: {
      orders: [
        {
          id: 'o1',
          symbol: 'BTC/USDT',
          side: 'buy',
          qty: 10,
          decisionPrice: 100,
          arrivalPrice: 100.1,
          endPrice: 100.9,
          marketVwap: 100.35,
          volatility: 0.03,
          marketVolume: 5000,
          fills: [
            { price: 100.2, qty: 4, fee: 0.2, mid: 100.15, midAfter: 100.18 },
            { price: 100.4, qty: 4, fee: 0.2, mid: 100.35, midAfter: 100.3 },
          ],
        },
        {
          id: 'o2',
          symbol: 'ETH/USDT',
          side: 'sell',
          qty: 50,
          decisionPrice: 20,
          arrivalPrice: 19.98,
          marketVwap: 19.96,
          volatility: 0.04,
          marketVolume: 20000,
          fills: [{ price: 19.95, qty: 50, fee: 0.5, mid: 19.96, midAfter: 19.94 }],
        },
      ],
    },
    params: { confidence: 0.95, minFitOrders: 10 },
  },
  compute: ({ orders }, params) => {
    refuseRepeated(orders);
    const priced = orders.map((given, index) => orderCosts(given, `input.orders[${index}]`));
    const totals = summarise(priced);
    const groups = groupsOf(orders, priced, params.groupBy);
    const scatter = impactPoints(orders, priced);
    const fit = fitImpact(scatter, params.minFitOrders, params.confidence);
    const shown = groups.length > 0 ? groups : [{ key: 'all orders', bps: totals.bps }];
    const plot = {
      bars: shown.flatMap(({ key, bps }) =>
        costParts.map((component) => ({ group: key, component, bps: bps[component] })),
      ),
      scatter,
      curve: curveOf(fit, scatter),
    };
    return {
      orders: priced,
      totals,
      groups,
      impact: fit,
      plot,
      vegaLite: slippageChart(plot, {
        orders: orders.length,
        totalBps: totals.bps.total,
        impact: fit,
        theme: params.theme,
      }),
    };
  },
});

function refuseRepeated(orders: readonly Order[]): void {
  const seen = new Set<string>();
  orders.forEach(({ id }, index) => {
    if (seen.has(id)) refuse(`input.orders[${index}].id`, 'twice', 'ids that differ', id);
    seen.add(id);
  });
}

/** Of summed notional, not a mean of ratios. */
function summarise(priced: readonly Priced[]) {
  const decisionNotional = priced.reduce((sum, row) => sum + row.decisionNotional, 0);
  const sum = sumCosts(priced.map((row) => row.cost));
  return { decisionNotional, cost: sum, bps: inBps(sum, decisionNotional) };
}

/** In the order of the keys, then of first appearance; orders without the field are in no group of it. */
function groupsOf(
  orders: readonly Order[],
  priced: readonly Priced[],
  keys: readonly ('symbol' | 'side' | 'venue' | 'strategy')[],
) {
  return keys.flatMap((key) => {
    const members = new Map<string, Priced[]>();
    orders.forEach((given, index) => {
      const value = given[key];
      if (value === undefined) return;
      const list = members.get(value) ?? [];
      list.push(priced[index]);
      members.set(value, list);
    });
    return [...members].map(([value, list]) => {
      const { decisionNotional, bps } = summarise(list);
      return { key: `${key}=${value}`, orders: list.length, decisionNotional, bps };
    });
  });
}

function impactPoints(orders: readonly Order[], priced: readonly Priced[]): ImpactPoint[] {
  return orders.flatMap(({ id, volatility }, index) => {
    const { participation, arrivalSlippageBps } = priced[index];
    if (volatility === undefined || participation === undefined || arrivalSlippageBps === undefined) return [];
    return [{ id, participation, normalizedCost: arrivalSlippageBps / 1e4 / volatility }];
  });
}

/** Points of the fitted curve, evenly over the logarithm of participation. */
const curvePoints = 40;

function curveOf(fit: ImpactFit, points: readonly ImpactPoint[]) {
  if (!fit.fitted) return [];
  const shares = points.map(({ participation }) => participation);
  const low = shares.reduce((least, share) => Math.min(least, share), Infinity);
  const high = shares.reduce((most, share) => Math.max(most, share), 0);
  return Array.from({ length: curvePoints }, (_, i) => {
    const participation = low * (high / low) ** (i / (curvePoints - 1));
    const root = Math.sqrt(participation);
    return {
      participation,
      fitted: fit.coefficient * root,
      lo: fit.interval[0] * root,
      hi: fit.interval[1] * root,
    };
  });
}
