import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_micro_imbalance';
type Input = PluginInput<typeof id>;
type Book = Input['books'][number];

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const whole = (value: number) => Math.round((value + 0.01) * 100_000); // 0..2000

/** Books of four levels about a walk of ticks, sizes 1 to 20, every 100 ms. */
function drawn(seed: number, count: number): Book[] {
  const steps = roughSeries(seed, count).map(whole);
  const spreads = roughSeries(seed + 1, count).map(whole);
  const sizes = roughSeries(seed + 2, count * 8).map(whole);
  let bid = 1_000;
  return steps.map((step, i) => {
    bid += (step % 3) - 1;
    const ask = bid + 1 + (spreads[i] % 2);
    const size = (m: number, side: number) => (sizes[(i * 4 + m) * 2 + side] % 20) + 1;
    return {
      t: i * 100,
      bids: [0, 1, 2, 3].map((m): [number, number] => [bid - m, size(m, 0)]),
      asks: [0, 1, 2, 3].map((m): [number, number] => [ask + m, size(m, 1)]),
    };
  });
}

const terms = { levels: 3, decay: 0.7, windowMs: 8_000, maxEvents: 60, ofiScale: 40, imbalanceWeight: 0.3 };
const seeds = fc.integer({ min: 1, max: 2 ** 30 });
const mirrored = ({ t, bids, asks }: Book): Book => ({
  t,
  bids: asks.map(([price, size]) => [3_000 - price, size]),
  asks: bids.map(([price, size]) => [3_000 - price, size]),
});

describe('alpha_micro_imbalance', () => {
  // numpy 2.4.6, the four indicator terms; by hand the flow of the best level: 1 + 2 + 1.3 + 0.8 = 5.1
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as never, params), output, 1e-12);
  });

  // the same in numpy over 200 books: a window that maxEvents cuts, and one that time cuts
  test.each([
    {
      windowMs: 8_000,
      events: 60,
      ofi: [46, 92, 107],
      averageDepth: 10.741666666666667,
      ofiWeighted: 6.921793468442139,
      signal: 0.015356158670213102,
      impact: { beta: 0.040123056994818655, rSquared: 0.6253140580701926 },
    },
    {
      windowMs: 3_000,
      events: 30,
      ofi: [23, 68, 117],
      averageDepth: 10.666666666666666,
      ofiWeighted: 5.476455479452055,
      signal: -0.009336854034172795,
      impact: { beta: 0.04057030253854179, rSquared: 0.6682167476936295 },
    },
  ])('a window of $windowMs ms, as numpy has it', ({ windowMs, ...flow }) => {
    const output = run({ books: drawn(1, 200) }, { ...terms, windowMs });
    const look = { imbalance: -0.3486015403323875, topImbalance: -0.25, microprice: 1003.75, confidence: 1 };
    const ofiNormalised = flow.ofi.map((each) => each / flow.averageDepth);
    expectSubset(output, { ...flow, ...look, ofiNormalised }, 1e-12);
    expect(output.state.events).toHaveLength(flow.events);
    expect(output.state.book.bids).toHaveLength(3);
  });

  test('cut into any pieces with the state carried over: the same, to the bit', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.nat(40), { maxLength: 5 }), (seed, places) => {
        const books = drawn(seed, 40).map((book, i) => (i % 5 === 0 ? { ...book, asks: book.asks.slice(0, 2) } : book));
        const pieces = cutAt(books, places).filter((piece) => piece.length > 0);
        for (const params of [
          { ...terms, maxEvents: 7 },
          { ...terms, windowMs: 900 },
        ]) {
          const outputs = carried(
            (input: Input) => run(input, params),
            pieces.map((piece) => ({ books: piece })),
          );
          expect(outputs[outputs.length - 1]).toEqual(run({ books }, params));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('sides swapped and prices mirrored: all pressure turns round', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const books = drawn(seed, 40);
        const plain = run({ books }, terms);
        const turned = run({ books: books.map(mirrored) }, terms);
        expectSubset(turned, {
          signal: -plain.signal,
          imbalance: -plain.imbalance,
          topImbalance: -plain.topImbalance,
          microprice: 3_000 - plain.microprice,
          ofi: plain.ofi?.map((flow) => -flow),
          confidence: plain.confidence,
          impact: plain.impact,
        });
      }),
      { numRuns: 40 },
    );
  });

  test('the unit of size changes sizes only', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(0.125, 1_000), (seed, unit) => {
        const books = drawn(seed, 40);
        const resized = books.map(({ t, bids, asks }) => ({
          t,
          bids: bids.map(([price, size]): [number, number] => [price, unit * size]),
          asks: asks.map(([price, size]): [number, number] => [price, unit * size]),
        }));
        const { signal, confidence, imbalance, microprice, ofiNormalised, averageDepth = 0 } = run({ books }, terms);
        const expected = { signal, confidence, imbalance, microprice, ofiNormalised };
        expectSubset(run({ books: resized }, terms), { ...expected, averageDepth: unit * averageDepth });
      }),
      { numRuns: 40 },
    );
  });

  test('the micro-price lies inside the spread, on the side of the smaller size', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const books = drawn(seed, 2);
        const { microprice, mid, topImbalance } = run({ books });
        const [
          {
            0: [bid],
          },
          {
            0: [ask],
          },
        ] = [books[1].bids, books[1].asks];
        expect(microprice).toBeGreaterThan(bid);
        expect(microprice).toBeLessThan(ask);
        expect(Math.sign(microprice - mid)).toBe(Math.sign(topImbalance));
      }),
    );
  });

  test('one book says what it says, without flow', () => {
    const output = run({ books: drawn(1, 1) });
    expect(output).toMatchObject({ events: 0, confidence: 0, signal: output.imbalance });
    for (const field of ['ofi', 'ofiNormalised', 'ofiWeighted', 'averageDepth', 'impact'])
      expect(output).not.toHaveProperty(field);
  });

  test('a book that does not change is an event without flow, and has no impact', () => {
    const [book] = drawn(1, 1);
    const still = Array.from({ length: 30 }, (_, i) => ({ ...book, t: i }));
    const output = run({ books: still });
    expect(output).toMatchObject({ events: 29, ofi: [0, 0, 0, 0], ofiWeighted: 0, confidence: 1 });
    expect(output).not.toHaveProperty('impact');
  });

  test('few events and a wide spread lower the confidence', () => {
    const books = drawn(1, 6);
    const { spread } = run({ books });
    expect(run({ books }, { minEvents: 10 }).confidence).toBe(0.5);
    expect(run({ books }, { minEvents: 10, tickSize: spread / 4, maxSpreadTicks: 2 }).confidence).toBe(0.25);
    expect(run({ books }, { minEvents: 10, tickSize: spread, maxSpreadTicks: 2 }).confidence).toBe(0.5);
  });

  const books = drawn(1, 3);
  const { state } = run({ books });
  const second = (change: Partial<Book>): Input => ({ books: [books[0], { ...books[1], ...change }] });
  test.each<[string, Input, string]>([
    ['a crossed book', second({ asks: [[900, 1]] }), 'input.books[1]'],
    ['a locked book', second({ asks: [[books[1].bids[0][0], 1]] }), 'input.books[1]'],
    ['a size of 0', second({ bids: [[1_000, 0]] }), 'input.books[1].bids[0][1]'],
    ['a size not finite', second({ bids: [[1_000, Infinity]] }), 'input.books[1].bids[0][1]'],
    [
      'bids that do not fall',
      second({
        bids: [
          [999, 1],
          [999, 1],
        ],
      }),
      'input.books[1].bids[1]',
    ],
    [
      'asks that do not rise',
      second({
        asks: [
          [1_010, 1],
          [1_009, 1],
        ],
      }),
      'input.books[1].asks[1]',
    ],
    ['a time that falls', { books: books.toReversed() }, 'input.books[1].t'],
    ['a time before the state', { books, state }, 'input.books[0].t'],
    ['an empty side', second({ asks: [] }), 'input.books[1].asks'],
    ['no books', { books: [] }, 'input.books'],
    ['a state of another shape', { books, state: { book: books[0] } as never }, 'input.state.events'],
    [
      'a state whose book is crossed',
      { books, state: { ...state, book: { ...books[0], asks: [[1, 1]] } } },
      'input.state.book',
    ],
    [
      'a state with levels missing',
      { books, state: { ...state, events: [{ t: 0, ofi: [1, 2], depth: [1], dMid: 0 }] } },
      'input.state.events[0].depth',
    ],
    [
      'a state whose events do not rise',
      { books, state: { ...state, events: state.events.toReversed() } },
      'input.state.events[0].t',
    ],
  ])('refuses %s and names the field', (_, input, path) => {
    expect(() => run(input)).toThrow(refusedAt(id, path));
  });
});
