import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultKind } from '../../adapters/exchange/simulated/faults.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../adapters/exchange/simulated/start.ts';
import type { FeedNotice, FeedStream, MarketFeed } from '../../core/ports/market-feed.ts';
import type { FeedSettings } from '../../adapters/feeds/market-feed.ts';
import { control } from '../adapters/exchange/simulated/raw-client.ts';
import { runFeed, type FeedRun } from './feed-run.ts';
import { differences, truthNow, type TruthOf } from './feed-truth.ts';

/** A feed of a person's own venue passes this suite on a simulated exchange that speaks the venue's protocol. */
export type FeedSubject = Readonly<{
  name: string;
  feed(exchange: SimulatedExchange, settings: FeedSettings): MarketFeed;
  symbol: string;
  truth: TruthOf;
  /** Streams in the simulator's words, to aim faults at. */
  bookStream: string;
  tradeStream: string;
  tickerStream: string;
  candleStream: string;
}>;

const historyMinutes = 60;

export function marketFeedContract(subject: FeedSubject): void {
  const { symbol, truth: of } = subject;
  const streams: readonly FeedStream[] = [
    { channel: 'ticker', symbol },
    { channel: 'trades', symbol },
    { channel: 'book', symbol, depth: of.depth },
    { channel: 'candles', symbol, timeframe: '1m' },
  ];

  describe(`${subject.name}: market data`, () => {
    let exchange: SimulatedExchange;
    let run: FeedRun;

    beforeAll(async () => {
      exchange = await startSimulatedExchange({
        clock: { mode: 'manual' },
        historyMinutes,
        takersPerSecond: 10,
        rateLimits: false,
      });
    });
    afterAll(async () => exchange.close());
    beforeEach(() => {
      run = runFeed(exchange, (timers) => subject.feed(exchange, { timers }), streams);
    });
    afterEach(async () => {
      await control(exchange, '/faults/clear', {});
      await run.stop();
    });

    const missing = () => differences(run.heard, truthNow(exchange, of));
    const expectConvergence = async (what: string) => {
      await run.until(() => missing().length === 0, `convergence ${what}, but ${missing().join(' ')}`);
    };
    const begin = async () => {
      await run.until(() => run.heard.book !== undefined && run.heard.trades.length > 3, 'first events');
      await expectConvergence('at the start');
    };
    const notices = (kind: FeedNotice['kind']) => run.heard.notices.filter((notice) => notice.kind === kind);
    const strikes = () => exchange.simulation.faults.strikes.length;

    /** A fault strikes `count` times on a stream; then everything is as if it had not. */
    const expectSurvival = async (kind: FaultKind, stream: string, { count = 1, args = {} } = {}) => {
      await begin();
      const before = strikes();
      await control(exchange, '/fault', { kind, match: { venue: of.venue, stream }, count, args });
      await run.until(() => strikes() >= before + count, `strike of ${kind}`);
      await run.step(1_000);
      await expectConvergence(`after ${kind}`);
      await run.until(() => run.heard.closed.length > 0, 'a closed candle');
      await expectConvergence(`after ${kind} and a minute`);
    };

    test('tells tickers, trades, books and candles as the venue has them', async () => {
      await begin();
      await run.until(() => run.heard.closed.length > 1, 'two closed candles');
      await expectConvergence('after two minutes');
      expect(run.heard.notices.map(({ kind }) => kind)).toEqual(
        expect.not.arrayContaining(['gap', 'disconnected', 'badFrame', 'stale']),
      );
      const { trades, ticker, book } = run.heard;
      for (const event of [trades[0], ticker, book]) {
        expect(event?.venueMs).toBeLessThanOrEqual(exchange.simulation.world.clock.nowMs);
        expect(event?.receivedMs).toBeGreaterThan(0);
      }
    });

    test('gap: a lost difference of the book is seen, and the book taken anew', async () => {
      // Two seconds of it: a checksum covers ten levels, so what one frame changes below may never show.
      await expectSurvival('gap', subject.bookStream, { count: 20 });
      // Not only healed: seen, by its number, or where the venue has none by checksum or a crossed book.
      const signs = of.venue === 'krakenSpot' ? ['gap', 'badFrame'] : ['gap'];
      const seen = run.heard.notices.filter(({ kind, stream }) => signs.includes(kind) && stream === `book ${symbol}`);
      expect(seen.length).toBeGreaterThan(0);
      expect(notices('resynced').length).toBeGreaterThan(0);
    });

    test('gap: lost trades come back by REST', async () => {
      await expectSurvival('gap', subject.tradeStream, { count: 3 });
      expect(notices('gap')).toContainEqual(expect.objectContaining({ stream: `trades ${symbol}`, backfilled: true }));
    });

    test.each(['book', 'trade', 'ticker', 'candle'] as const)(
      'duplicate and reorder on the %s stream change nothing',
      async (name) => {
        const stream = subject[`${name}Stream`];
        await expectSurvival('duplicate', stream, { count: 2 });
        await expectSurvival('reorder', stream, { count: 2 });
      },
    );

    test('stale: a frame that comes ten seconds late changes nothing', async () => {
      await expectSurvival('stale', subject.bookStream, { args: { ms: 30 } });
      await expectSurvival('stale', subject.tradeStream, { args: { ms: 30 } });
    });

    test.each([1000, 1001, 1006 + 2, 1012])('ws-close %i: reconnects and catches up', async (code) => {
      await expectSurvival('ws-close', subject.bookStream, { args: { code } });
      expect(notices('disconnected').length).toBeGreaterThan(0);
      expect(notices('connected').length).toBeGreaterThan(1);
    });

    test('ws-half-open: a socket without any frame for five seconds is dead', async () => {
      await expectSurvival('ws-half-open', subject.bookStream);
      expect(notices('disconnected')).toContainEqual(expect.objectContaining({ reason: 'no frame for 5 s' }));
    });

    test('bad-json: a damaged frame is told, and the connection replaced', async () => {
      await expectSurvival('bad-json', subject.bookStream);
      expect(notices('badFrame').length).toBeGreaterThan(0);
      expect(notices('disconnected').length).toBeGreaterThan(0);
    });

    test('crossed-book: never told', async () => {
      await expectSurvival('crossed-book', subject.bookStream, { count: 2 });
      expect(notices('badFrame').length).toBeGreaterThan(0);
    });

    test('a stream that is confirmed and silent is found out by REST', async () => {
      await begin();
      await control(exchange, '/fault', { kind: 'gap', match: { venue: of.venue, stream: subject.bookStream } });
      await run.until(() => notices('stale').length > 0, 'a stale book');
      expect(notices('stale')[0]).toMatchObject({ stream: `book ${symbol}` });
      await control(exchange, '/faults/clear', {});
      await expectConvergence('after silence');
    });

    test('a disconnect after any message loses nothing', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 120 }), async (after) => {
          const goal = run.heard.events + after;
          await run.until(() => run.heard.events >= goal, `${after} more events`);
          await control(exchange, '/disconnect', { match: of.venue });
          await run.step(500);
          await run.until(() => run.heard.book !== undefined && run.heard.trades.length > 0, 'events');
          await expectConvergence(`after a cut ${after} events on`);
        }),
        { numRuns: 12, seed: 20_261_126 },
      );
    });

    test('a connection is replaced before its end, without a hole', async () => {
      await run.stop();
      const settings = { connectionLifeMs: 20_000 };
      run = runFeed(exchange, (timers) => subject.feed(exchange, { timers, ...settings }), streams);
      await begin();
      const lines = notices('connected').length;
      await run.until(() => notices('connected').length >= 4 * lines, 'three replacements');
      await expectConvergence('after three replacements');
      expect(run.heard.notices.map(({ kind }) => kind)).toEqual(
        expect.not.arrayContaining(['gap', 'disconnected', 'stale', 'badFrame']),
      );
    });

    test('a jump of the clock by two hours ends nothing', async () => {
      await begin();
      for (const ms of [7_200_000, -14_400_000]) {
        run.clock.jump(ms);
        const goal = run.heard.closed.length + 1;
        await run.until(() => run.heard.closed.length >= goal, 'a closed candle');
      }
      await expectConvergence('after two jumps');
      expect(notices('disconnected')).toEqual([]);
      expect(notices('stale')).toEqual([]);
    });

    test('ends when its signal aborts, and leaves no timer', async () => {
      await begin();
      await run.stop();
      expect(run.heard).toMatchObject({ ended: true, failed: undefined });
      expect(run.clock.waiting()).toBe(0);
    });

    test.each([
      ['no streams', [], 'streams'],
      ['one twice', [streams[0], streams[0]], 'streams'],
      ['a symbol that is none', [{ channel: 'ticker', symbol: 'BTCUSDT' }], 'symbol'],
      ['a depth of nothing', [{ channel: 'book', symbol, depth: 0 }], 'depth'],
      ['a timeframe that is none', [{ channel: 'candles', symbol, timeframe: '7m' }], 'timeframe'],
    ] as const)('refuses %s and names the field', (_, refused, field) => {
      const feed = subject.feed(exchange, { timers: run.clock.timers });
      expect(() => feed.stream(refused, { signal: AbortSignal.abort() })).toThrow(
        expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path: field }) }),
      );
    });
  });
}
