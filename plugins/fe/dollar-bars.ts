import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { type Imbalance, imbalanceRule, type ImbalanceRule } from './imbalance.ts';

const kind = z.enum(['dollar', 'volume', 'tick', 'tickImbalance', 'volumeImbalance', 'dollarImbalance']);

const trade = z.strictObject({
  time: timeMs(),
  price: z.number().positive().describe('quote units'),
  amount: z.number().positive().describe('base units'),
  side: z.enum(['buy', 'sell']).optional().describe('of the taker'),
});

const barFields = {
  openTime: timeMs().describe('of the first trade'),
  closeTime: timeMs().describe('of the last trade'),
  open: z.number().positive().describe('first price, quote units'),
  high: z.number().positive().describe('highest price'),
  low: z.number().positive().describe('lowest price'),
  close: z.number().positive().describe('last price'),
  volume: z.number().nonnegative().describe('base units'),
  quote: z.number().nonnegative().describe('quote units'),
  ticks: z.int().min(1).describe('trades'),
  buyVolume: z.number().nonnegative().describe('bought by takers, base units'),
  buyQuote: z.number().nonnegative().describe('bought by takers, quote units'),
  buyTicks: z.int().nonnegative().describe('trades that takers bought in'),
  theta: z.number().optional().describe('signed imbalance, imbalance kinds'),
  threshold: z.number().nonnegative().optional().describe('of the imbalance at the last trade'),
};

const openBar = z.strictObject(barFields);

const carriedState = z.strictObject({
  v: z.literal(1),
  kind: kind.describe('of the bars so far'),
  lastTime: timeMs(),
  lastPrice: z.number().positive().describe('of the last trade, quote units'),
  lastSign: z.union([z.literal(1), z.literal(-1)]).describe('of the last trade: 1 bought, -1 sold by the taker'),
  bar: openBar.optional().describe('not finished'),
  nSeen: z.int().nonnegative().optional().describe('trades seen, imbalance kinds'),
  expTicks: z.number().positive().optional().describe('expected length of a bar, trades'),
  ewImb: z.number().optional().describe('decayed sum of the signed sizes'),
  ewAbs: z.number().nonnegative().optional().describe('decayed sum of the sizes'),
  ewDen: z.number().nonnegative().optional().describe('decayed count of trades'),
  ewTicksNum: z.number().nonnegative().optional().describe('decayed sum of the lengths of bars, trades'),
  ewTicksDen: z.number().nonnegative().optional().describe('decayed count of bars'),
});

const barsInput = z.strictObject({
  trades: z.array(trade).min(1).describe('in the order of the exchange'),
  state: carriedState.optional(),
});

const barsParams = z.strictObject({
  kind: kind.default('dollar').describe('what fills a bar'),
  threshold: z
    .number()
    .positive()
    .optional()
    .describe('quote units, base units or trades; required but for imbalance kinds; a guide: a 50th of a day'),
  signs: z
    .enum(['side', 'tick'])
    .default('side')
    .describe("who was aggressive: the trade's side where it has one, or always the tick rule"),
  expectedTicksInit: z.int().min(2).optional().describe('imbalance: trades of warm-up, and first expected length'),
  imbalanceSpan: z.number().min(1).default(10_000).describe('imbalance: EWMA span of the signed size, trades'),
  ticksSpan: z.number().min(1).default(20).describe('imbalance: EWMA span of the length, bars'),
  minTicks: z.int().min(1).optional().describe('imbalance: least expected length, default a tenth of the first'),
  maxTicks: z.int().min(1).optional().describe('imbalance: most expected length, default ten times the first'),
  floor: z.enum(['null', 'none']).default('null').describe('imbalance: at least a standard deviation of random signs'),
});

type Input = z.output<typeof barsInput>;
type Params = z.output<typeof barsParams>;
type State = z.output<typeof carriedState>;
type Trade = z.output<typeof trade>;
type OpenBar = z.output<typeof openBar>;

/**
 * A stream cut anywhere gives the same bars. The trade that crosses the threshold belongs to its bar as a whole, and
 * the next one starts from nothing. Imbalance bars update their expectations at every trade, and are bounded below by
 * what random signs would give: the book's threshold E[T]|2P-1| falls to 0 in a balanced market and runs away after a
 * long bar.
 */
export const dollarBars = definePlugin({
  id: 'fe_dollar_bars',
  category: 'fe',
  kind: 'stateful',
  summary: 'Bars by activity instead of the clock: quote value, volume, trades, or the imbalance of each.',
  reference:
    "Lopez de Prado (2018), Advances in Financial Machine Learning, sec. 2.3; Easley, Lopez de Prado & O'Hara (2012), Journal of Portfolio Management 39(1); Lee & Ready (1991), Journal of Finance 46(2)",
  input: barsInput,
  params: barsParams,
  output: z.strictObject({
    bars: z.array(z.strictObject({ ...barFields, vwap: z.number().positive() })).describe('finished ones'),
    state: carriedState,
  }),
  example: {
    input: {
      trades: [
        { time: 1700000000000, price: 100, amount: 2, side: 'buy' },
        { time: 1700000000150, price: 100.5, amount: 1, side: 'buy' },
        { time: 1700000000300, price: 100.5, amount: 3, side: 'sell' },
        { time: 1700000000420, price: 100.2, amount: 1, side: 'sell' },
        { time: 1700000000500, price: 100.3, amount: 4, side: 'buy' },
        { time: 1700000000900, price: 100.3, amount: 2, side: 'sell' },
        { time: 1700000001000, price: 100.1, amount: 1, side: 'sell' },
      ],
    },
    params: { kind: 'dollar', threshold: 600, signs: 'side' },
  },
  compute: (input, params) => {
    const rule = closingRule(input, params);
    const { trades, state } = input;
    refuseUnordered(trades, state?.lastTime);
    const bars: (OpenBar & { vwap: number })[] = [];
    let bar = state?.bar === undefined ? undefined : { ...state.bar };
    let lastPrice = state?.lastPrice ?? trades[0].price;
    let lastSign = state?.lastSign ?? 1;
    for (const next of trades) {
      lastSign = signOf(next, { lastPrice, lastSign, signs: params.signs });
      lastPrice = next.price;
      bar ??= opened(next);
      add(bar, next, lastSign);
      if (!rule.closes(bar, next, lastSign)) continue;
      bars.push({ ...bar, vwap: bar.quote / bar.volume });
      bar = undefined;
    }
    return {
      bars,
      state: {
        v: 1 as const,
        kind: params.kind,
        lastTime: trades[trades.length - 1].time,
        lastPrice,
        lastSign,
        ...(bar !== undefined && { bar }),
        ...rule.carried(),
      },
    };
  },
});

/** Says after each trade whether its bar is full. */
type ClosingRule = Readonly<{
  closes: (bar: OpenBar, trade: Trade, sign: 1 | -1) => boolean;
  carried: () => Partial<Imbalance>;
}>;

function closingRule({ state }: Input, params: Params): ClosingRule {
  if (state !== undefined && state.kind !== params.kind)
    refuse('input.state.kind', 'not the kind of the params', params.kind, state.kind);
  const { threshold } = params;
  if (params.kind === 'dollar' || params.kind === 'volume' || params.kind === 'tick') {
    if (threshold === undefined) refuse('params.threshold', 'missing', `how much fills a ${params.kind} bar`);
    const filled = { dollar: 'quote', volume: 'volume', tick: 'ticks' } as const;
    const field = filled[params.kind];
    return { closes: (bar) => bar[field] >= threshold, carried: () => ({}) };
  }
  if (threshold !== undefined)
    refuse('params.threshold', `given for ${params.kind}, which finds its own`, 'left out', threshold);
  const rule = imbalanceRule(limitsOf(params), state === undefined ? undefined : imbalanceOf(state));
  return { closes: (bar, next, sign) => fills(rule, bar, sign * sizeOf(params.kind, next)), carried: rule.carried };
}

function limitsOf({ expectedTicksInit, ...params }: Params) {
  if (expectedTicksInit === undefined) refuse('params.expectedTicksInit', 'missing', `trades, for ${params.kind}`);
  const { minTicks = Math.ceil(expectedTicksInit / 10), maxTicks = expectedTicksInit * 10 } = params;
  if (minTicks >= maxTicks) refuse('params.minTicks', 'not below maxTicks', `less than ${maxTicks}`, minTicks);
  const { imbalanceSpan, ticksSpan } = params;
  return { expectedTicksInit, minTicks, maxTicks, imbalanceSpan, ticksSpan, hasFloor: params.floor === 'null' };
}

/** What a state carries for imbalance kinds. */
function imbalanceOf(state: State): Imbalance {
  const names = ['nSeen', 'expTicks', 'ewImb', 'ewAbs', 'ewDen', 'ewTicksNum', 'ewTicksDen'] as const;
  const at = (name: (typeof names)[number]) =>
    state[name] ?? refuse(`input.state.${name}`, 'missing', `a number, for ${state.kind}`);
  return {
    nSeen: at('nSeen'),
    expTicks: at('expTicks'),
    ewImb: at('ewImb'),
    ewAbs: at('ewAbs'),
    ewDen: at('ewDen'),
    ewTicksNum: at('ewTicksNum'),
    ewTicksDen: at('ewTicksDen'),
  };
}

function sizeOf(chosen: Params['kind'], { price, amount }: Trade): number {
  if (chosen === 'tickImbalance') return 1;
  return chosen === 'volumeImbalance' ? amount : price * amount;
}

function fills(rule: ImbalanceRule, bar: OpenBar, signed: number): boolean {
  bar.theta = (bar.theta ?? 0) + signed;
  const threshold = rule.observe(signed);
  if (threshold === undefined) return false;
  bar.threshold = threshold;
  if (Math.abs(bar.theta) < threshold) return false;
  rule.close(bar.ticks);
  return true;
}

function refuseUnordered(trades: readonly Trade[], lastTime: number | undefined): void {
  let last = lastTime ?? trades[0].time;
  for (let i = 0; i < trades.length; i++) {
    const { time } = trades[i];
    if (time < last) refuse(`input.trades[${i}].time`, 'before the trade before it', `at least ${last}`, time);
    last = time;
  }
}

type Before = Readonly<{ lastPrice: number; lastSign: 1 | -1; signs: Params['signs'] }>;

/** Lee & Ready's tick rule where no side is to be had. */
function signOf({ price, side }: Trade, { lastPrice, lastSign, signs }: Before): 1 | -1 {
  if (signs === 'side' && side !== undefined) return side === 'buy' ? 1 : -1;
  if (price === lastPrice) return lastSign;
  return price > lastPrice ? 1 : -1;
}

const opened = ({ time, price }: Trade): OpenBar => ({
  openTime: time,
  closeTime: time,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  quote: 0,
  ticks: 0,
  buyVolume: 0,
  buyQuote: 0,
  buyTicks: 0,
});

function add(bar: OpenBar, { time, price, amount }: Trade, sign: 1 | -1): void {
  const quote = price * amount;
  bar.high = Math.max(bar.high, price);
  bar.low = Math.min(bar.low, price);
  bar.close = price;
  bar.closeTime = time;
  bar.volume += amount;
  bar.quote += quote;
  bar.ticks += 1;
  if (sign === -1) return;
  bar.buyVolume += amount;
  bar.buyQuote += quote;
  bar.buyTicks += 1;
}
