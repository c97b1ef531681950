import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, timeMs } from '../fields.ts';
import { isBook, refuseBadBook } from '../order-book.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { type BookEvent, decayWeights, eventBetween, flowOf, impactOf, levelsOf, midOf } from './order-flow.ts';

const side = z
  .array(z.tuple([z.number(), z.number().positive()]))
  .min(1)
  .describe('[price, size in base units], best first');

const timedBook = z.strictObject({ t: timeMs(), bids: side, asks: side });

const bookEvent = z.strictObject({
  t: timeMs(),
  ofi: z.array(z.number()).min(1).describe('order flow of each level, base units'),
  depth: z.array(z.number().positive()).min(1).describe('mean size of the two sides, a level each'),
  dMid: z.number().describe('move of the mid price'),
});

const state = z.strictObject({
  book: timedBook.describe('the last one, its best `levels`'),
  events: z.array(bookEvent).describe('of the window'),
});

const input = z.strictObject({
  books: z.array(timedBook).min(1).describe('of one symbol; times do not fall'),
  state: state.optional().describe("the last output's"),
});

const params = z.strictObject({
  levels: z.int().min(1).max(20).default(5).describe('price levels of each side that count'),
  decay: z.number().gt(0).max(1).default(0.5).describe('weight of each level beside the one before'),
  windowMs: z.number().positive().default(10_000).describe('order flow older than this does not count'),
  maxEvents: z.int().min(1).default(2000).describe('nor do events before the newest so many'),
  minEvents: z.int().min(1).default(20).describe('events of full confidence, and the least for impact'),
  ofiScale: z.number().positive().default(5).describe('order flow, in average depths, at which its tanh is 0.76'),
  imbalanceWeight: fraction().default(0.5).describe('of the imbalance beside the order flow'),
  tickSize: z.number().positive().optional().describe('with it a wide spread lowers the confidence'),
  maxSpreadTicks: z.number().positive().default(2).describe('spread of full confidence'),
});

type TimedBook = z.output<typeof timedBook>;
type Input = z.output<typeof input>;
type Params = z.output<typeof params>;

export const microImbalance = definePlugin({
  id: 'alpha_micro_imbalance',
  category: 'alpha',
  kind: 'stateful',
  summary:
    'Pressure of the order book over the next moments: depth-weighted imbalance, micro-price and order-flow imbalance over several levels.',
  reference:
    'Cont, Kukanov & Stoikov (2014), Journal of Financial Econometrics 12(1), sec. 2; Xu, Gould & Howison (2018), Market Microstructure and Liquidity 4; Stoikov (2018), Quantitative Finance 18(12)',
  input,
  params,
  output: z.strictObject({
    signal: z.number().min(-1).max(1).describe('above 0: buying pressure'),
    confidence: fraction(),
    imbalance: z.number().min(-1).max(1).describe('of the sizes of the last book, decayed over levels'),
    topImbalance: z.number().min(-1).max(1).describe('of its best level'),
    microprice: z.number().describe('mid price weighted by the sizes across'),
    mid: z.number(),
    spread: z.number().positive().describe('price'),
    events: z.int().describe('changes of book in the window; without one the next four are left out'),
    ofi: z.array(z.number()).optional().describe('order-flow imbalance of each level, base units'),
    ofiNormalised: z.array(z.number()).optional().describe('over averageDepth'),
    ofiWeighted: z.number().optional().describe('decayed over levels'),
    averageDepth: z.number().optional().describe('base units'),
    impact: z
      .strictObject({ beta: z.number().describe('price per base unit'), rSquared: fraction() })
      .optional()
      .describe('of order flow on the move at the same time; from minEvents on, if both vary'),
    state,
  }),
  example: {
    input: {
      books: [
        {
          t: 1763683200000,
          bids: [
            [91500, 2],
            [91499.5, 3],
          ],
          asks: [
            [91500.5, 1.5],
            [91501, 2.5],
          ],
        },
        {
          t: 1763683200100,
          bids: [
            [91500, 2.6],
            [91499.5, 3],
          ],
          asks: [
            [91500.5, 1.1],
            [91501, 2.5],
          ],
        },
        {
          t: 1763683200200,
          bids: [
            [91500.5, 0.9],
            [91500, 2.6],
          ],
          asks: [
            [91501, 2.4],
            [91501.5, 4],
          ],
        },
        {
          t: 1763683200300,
          bids: [
            [91500.5, 1.7],
            [91500, 2.4],
          ],
          asks: [
            [91501, 1.9],
            [91501.5, 4.2],
          ],
        },
        {
          t: 1763683200400,
          bids: [
            [91500.5, 2.2],
            [91500, 3.1],
          ],
          asks: [
            [91501, 1.6],
            [91501.5, 2.7],
          ],
        },
      ],
    },
    params: {
      levels: 2,
      decay: 0.5,
      windowMs: 10000,
      minEvents: 4,
      ofiScale: 5,
      imbalanceWeight: 0.5,
      tickSize: 0.5,
      maxSpreadTicks: 2,
    },
  },
  compute: (given, terms) => {
    const { levels, minEvents } = terms;
    const book = given.books[given.books.length - 1];
    const recent = recentEvents(given, terms);
    const look = lookAt(book, terms);
    const bookLevels = Math.min(levels, levelsOf(book));
    const flow = recent.length === 0 ? undefined : flowOf(recent, { decay: terms.decay, bookLevels });
    const impact = recent.length < minEvents ? undefined : impactOf(recent);
    return {
      signal: pressure(look.imbalance, flow?.ofiWeighted, terms),
      confidence: Math.min(1, recent.length / minEvents) * tightness(look.spread, terms),
      ...look,
      events: recent.length,
      ...flow,
      ...(impact !== undefined && { impact }),
      state: {
        book: { t: book.t, bids: book.bids.slice(0, levels), asks: book.asks.slice(0, levels) },
        events: recent,
      },
    };
  },
});

function refuseUnlessNext(index: number, book: TimedBook, lastT: number): void {
  if (!isBook(book)) refuseBadBook(`input.books[${index}]`, book);
  if (book.t < lastT) refuse(`input.books[${index}].t`, 'before the book before', `at least ${lastT}`, book.t);
}

function refuseBadState({ book, events }: NonNullable<Input['state']>): void {
  refuseBadBook('input.state.book', book);
  events.forEach(({ t, ofi, depth }, i) => {
    refuseUnlessAligned(`input.state.events[${i}].depth`, depth, {
      path: `input.state.events[${i}].ofi`,
      length: ofi.length,
    });
    const next = events[i + 1]?.t ?? book.t;
    if (t > next) refuse(`input.state.events[${i}].t`, 'after what came next', `at most ${next}`, t);
  });
}

/**
 * The events that count at the last book: those of its window, the newest maxEvents of them. No other is computed. Every
 * book is checked, in the same pass, while it is at hand.
 */
function recentEvents({ books, state: before }: Input, { levels, windowMs, maxEvents }: Params): BookEvent[] {
  if (before !== undefined) refuseBadState(before);
  const since = books[books.length - 1].t - windowMs;
  const events: BookEvent[] = before?.events.filter(({ t }) => t > since) ?? [];
  const first = books.length - maxEvents;
  let previous: TimedBook | undefined = before?.book;
  for (let i = 0; i < books.length; i++) {
    const book = books[i];
    refuseUnlessNext(i, book, previous?.t ?? 0);
    if (i >= first && previous !== undefined && book.t > since) events.push(eventBetween(previous, book, levels));
    previous = book;
  }
  return events.length > maxEvents ? events.slice(-maxEvents) : events;
}

/** What the last book alone says. */
function lookAt(book: TimedBook, { levels, decay }: Params) {
  const [[bid, bidSize], [ask, askSize]] = [book.bids[0], book.asks[0]];
  let [net, gross] = [0, 0];
  decayWeights(Math.min(levels, levelsOf(book)), decay).forEach((weight, m) => {
    net += weight * (book.bids[m][1] - book.asks[m][1]);
    gross += weight * (book.bids[m][1] + book.asks[m][1]);
  });
  return {
    imbalance: net / gross,
    topImbalance: (bidSize - askSize) / (bidSize + askSize),
    microprice: (askSize * bid + bidSize * ask) / (askSize + bidSize),
    mid: midOf(book),
    spread: ask - bid,
  };
}

function pressure(imbalance: number, ofiWeighted: number | undefined, terms: Params): number {
  if (ofiWeighted === undefined) return imbalance;
  const { imbalanceWeight, ofiScale } = terms;
  return clip(imbalanceWeight * imbalance + (1 - imbalanceWeight) * Math.tanh(ofiWeighted / ofiScale), -1, 1);
}

/** 1 for a spread of at most maxSpreadTicks, less for a wider one; 1 where the tick is not known. */
function tightness(spread: number, { tickSize, maxSpreadTicks }: Params): number {
  return tickSize === undefined ? 1 : Math.min(1, maxSpreadTicks / (spread / tickSize));
}
