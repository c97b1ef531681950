import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { isConstant } from '../../core/math/constant.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { pearson } from '../../core/math/pearson.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';

const row = z.strictObject({
  t: timeMs().describe('trading day; days without trading are no rows'),
  netFlow: z.number().describe('creations less redemptions, USD'),
  aum: z.number().positive().describe('assets at the close, USD'),
  price: z.number().positive().describe('of what the funds hold, at the close'),
});

const params = z.strictObject({
  window: z.int().min(1).default(5).describe('trading days that are added up'),
  lookback: z.int().min(20).default(60).describe('windows that z and correlation are taken over'),
  mode: z
    .enum(['flowLeads', 'nonFundamental'])
    .default('flowLeads')
    .describe('flowLeads: price follows the money; nonFundamental: bet against the flow'),
  zCap: z.number().positive().default(2).describe('z of the full signal'),
});

type Row = z.output<typeof row>;
type Params = z.output<typeof params>;

export const etfFlowDiv = definePlugin({
  id: 'alpha_etf_flow_div',
  category: 'alpha',
  kind: 'source',
  summary:
    'Detects divergence between ETF flows and price: money coming in while price lags, or price rising while money leaves.',
  reference:
    'Brown, Davies & Ringgenberg (2021), Review of Finance 25(4); Ben-David, Franzoni & Moussawi (2018), Journal of Finance 73(6); Warther (1995), Journal of Financial Economics 39',
  input: z.strictObject({ rows: z.array(row).describe('trading days, oldest first, at least window + 21') }),
  params,
  output: z.strictObject({
    signal: z.number().min(-1).max(1),
    confidence: fraction().describe('flowLeads: the correlation of flows and returns, if positive'),
    divergenceZ: z.number().describe('flowZ less returnZ over the deviation of that'),
    flowZ: z.number(),
    returnZ: z.number(),
    flow: z.number().describe('window sum of flow over assets, fraction'),
    logReturn: z.number().describe('of the window'),
    correlation: z.number().min(-1).max(1).describe('of flows and returns'),
    divergence: z.enum(['bullish', 'bearish', 'none']),
    observations: z.int().describe('windows used'),
  }),
  example: {
    input: {
      rows: [
        { t: 1761955200000, netFlow: -122100000, aum: 110000000000, price: 95000 },
        { t: 1762041600000, netFlow: 328000000, aum: 111746000000, price: 96224.9 },
        { t: 1762128000000, netFlow: 139400000, aum: 110724000000, price: 95224.7 },
        { t: 1762214400000, netFlow: -205300000, aum: 109689000000, price: 94510.6 },
        { t: 1762300800000, netFlow: 221200000, aum: 109894000000, price: 94497 },
        { t: 1762387200000, netFlow: -478100000, aum: 106425000000, price: 91924.8 },
        { t: 1762473600000, netFlow: 189500000, aum: 106481000000, price: 91810.2 },
        { t: 1762560000000, netFlow: -179500000, aum: 104218000000, price: 90013.6 },
        { t: 1762646400000, netFlow: 197400000, aum: 105379000000, price: 90846 },
        { t: 1762732800000, netFlow: 138800000, aum: 105994000000, price: 91256.3 },
        { t: 1762819200000, netFlow: -244000000, aum: 106548000000, price: 91942.8 },
        { t: 1762905600000, netFlow: 168900000, aum: 105361000000, price: 90773.1 },
        { t: 1762992000000, netFlow: 108100000, aum: 107189000000, price: 92254.7 },
        { t: 1763078400000, netFlow: -207800000, aum: 106259000000, price: 91633.1 },
        { t: 1763164800000, netFlow: 637900000, aum: 109355000000, price: 93753.4 },
        { t: 1763251200000, netFlow: 263100000, aum: 110162000000, price: 94219.2 },
        { t: 1763337600000, netFlow: -390700000, aum: 110648000000, price: 94968.8 },
        { t: 1763424000000, netFlow: -328000000, aum: 111179000000, price: 95706.8 },
        { t: 1763510400000, netFlow: 105700000, aum: 113041000000, price: 97218.7 },
        { t: 1763596800000, netFlow: 105800000, aum: 113819000000, price: 97796.1 },
        { t: 1763683200000, netFlow: -248200000, aum: 109700000000, price: 94470.6 },
        { t: 1763769600000, netFlow: 400100000, aum: 112050000000, price: 96149.9 },
        { t: 1763856000000, netFlow: 32600000, aum: 112137000000, price: 96196 },
        { t: 1763942400000, netFlow: -290200000, aum: 110800000000, price: 95298.7 },
        { t: 1764028800000, netFlow: -124500000, aum: 110880000000, price: 95474.5 },
        { t: 1764115200000, netFlow: -59500000, aum: 112239000000, price: 96696 },
        { t: 1764201600000, netFlow: -523000000, aum: 110514000000, price: 95659.9 },
        { t: 1764288000000, netFlow: -275900000, aum: 108801000000, price: 94416.2 },
        { t: 1764374400000, netFlow: -590800000, aum: 105458000000, price: 92027.8 },
        { t: 1764460800000, netFlow: 92900000, aum: 104295000000, price: 91093.7 },
        { t: 1764547200000, netFlow: 191700000, aum: 105187000000, price: 91705.8 },
        { t: 1764633600000, netFlow: 405800000, aum: 103009000000, price: 90160.3 },
      ],
    },
    params: { window: 3, lookback: 60, mode: 'flowLeads', zCap: 3 },
  },
  compute: ({ rows }, terms) => {
    refuseBadRows(rows, terms.window);
    const { flows, returns } = windowSums(rows, terms);
    const observations = flows.length;
    const [flow, logReturn] = [flows[observations - 1], returns[observations - 1]];
    const [flowZ, returnZ] = [zOfLast(flows), zOfLast(returns)];
    const correlation = isConstant(flows) || isConstant(returns) ? 0 : clip(pearson(flows, returns), -1, 1);
    const divergenceZ = 1 - correlation < 1e-9 ? 0 : (flowZ - returnZ) / Math.sqrt(2 * (1 - correlation));
    const history = Math.min(1, observations / terms.lookback);
    const leads = terms.mode === 'flowLeads';
    return {
      // Taken from 0, so that no flow gives no negative zero.
      signal: leads ? clip(divergenceZ / terms.zCap, -1, 1) : 0 - clip(flowZ / terms.zCap, -1, 1),
      confidence: leads ? Math.max(0, correlation) * history : history,
      divergenceZ,
      flowZ,
      returnZ,
      flow,
      logReturn,
      correlation,
      divergence: divergenceOf(flowZ, logReturn),
      observations,
    };
  },
});

/** Money against price. */
function divergenceOf(flowZ: number, logReturn: number): 'bullish' | 'bearish' | 'none' {
  if (flowZ > 0 && logReturn < 0) return 'bullish';
  return flowZ < 0 && logReturn > 0 ? 'bearish' : 'none';
}

function refuseBadRows(rows: readonly Row[], window: number): void {
  const needed = window + 21;
  if (rows.length < needed) refuse('input.rows', 'too few trading days', `at least ${needed}`, rows.length);
  rows.forEach(({ t, netFlow, aum }, i) => {
    if (i > 0 && t <= rows[i - 1].t)
      refuse(`input.rows[${i}].t`, 'not after the row before', `more than ${rows[i - 1].t}`, t);
    if (Math.abs(netFlow / aum) > 0.5) {
      const message = 'a flow of more than half of the assets: millions against units?';
      refuse(`input.rows[${i}]`, message, `a netFlow within ${0.5 * aum}`, netFlow);
    }
  });
}

/** Flow over the assets of the day before, and log return, added up over every window of the lookback. */
function windowSums(rows: readonly Row[], { window, lookback }: Params) {
  const count = Math.min(lookback, rows.length - window);
  const flows = new Float64Array(count);
  const returns = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const end = rows.length - count + k;
    for (let t = end - window + 1; t <= end; t++) {
      flows[k] += rows[t].netFlow / rows[t - 1].aum;
      returns[k] += Math.log(rows[t].price / rows[t - 1].price);
    }
  }
  return { flows, returns };
}

const zOfLast = (values: Float64Array): number =>
  isConstant(values) ? 0 : (values[values.length - 1] - mean(values)) / sampleDeviation(values);
