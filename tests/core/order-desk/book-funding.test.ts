import { describe, expect, test } from 'vitest';
import { fundingQuestion } from '../../../core/order-desk/book-funding.ts';
import { units } from '../../../core/orders/amount.ts';
import { entriesOf } from '../../../core/orders/ledger.ts';
import type { Exchange, FundingPayment, FundingQuery, Position } from '../../../core/ports/exchange.ts';
import { createMemoryStore } from '../../sim/memory-store.ts';
import { account, failing } from './desk-fixtures.ts';
import { openKeeper } from './keeper-stand.ts';

const symbol = 'BTC/USDT:USDT';
const hourMs = 3_600_000;

type Keeper = Awaited<ReturnType<typeof openKeeper>>;

/** The stand's venue with a perpetual and funding: what it paid, what it was asked, and what it still keeps to itself. */
function perpetualOf(keeper: Keeper) {
  const paid: FundingPayment[] = [];
  const asked: FundingQuery[] = [];
  const late = new Set<string>();
  const position: Position = { symbol, amount: '3', entryPrice: '100', unrealizedPnl: '0', leverage: '1' };
  let size = '0';
  // A while after the full hour: balances and payments agree by then.
  let sinceHourMs = 300_000;
  const exchange: Exchange = {
    ...keeper.exchange,
    traits: { ...keeper.exchange.traits, hasPositions: true },
    markets: async () => {
      const [market] = await keeper.exchange.markets();
      if (market === undefined) throw new Error('no market');
      return [{ ...market, symbol, base: 'BTC', quote: 'USDT', settle: 'USDT' }];
    },
    venueTimeMs: () => Promise.resolve(Math.ceil(keeper.nowMs() / hourMs) * hourMs + sinceHourMs),
    positions: () => Promise.resolve(size === '0' ? [] : [{ ...position, amount: size }]),
    // Two a page.
    fundingSince: (query) => {
      asked.push(query);
      const first = Number(query.cursor ?? 0);
      const told = paid.filter(({ venueMs, fundingId }) => venueMs >= query.sinceMs && !late.has(fundingId));
      const payments = told.slice(first, first + 2);
      return Promise.resolve({ payments, ...(first + 2 < told.length && { next: String(first + 2) }) });
    },
  };
  return {
    exchange,
    asked,
    late,
    /** So long after a full hour. */
    setClock: (ms: number) => {
      sinceHourMs = ms;
    },
    /** So much is in a book since then. */
    hold: async (book: string, amount: string, venueMs = keeper.nowMs()) => {
      size = String(Number(size) + Number(amount));
      const about = { transactionId: `${book} ${amount} ${venueMs}`, account, book, symbol, source: book, venueMs };
      await keeper.store.postEntries(entriesOf([['positions', 'trading', symbol, units(amount)]], about));
    },
    pay: (amount: string, venueMs = keeper.nowMs()) => {
      keeper.venue.deposit('USDT', amount);
      const fundingId = String(paid.length + 1);
      paid.push({ venue: 'binanceusdm', fundingId, symbol, asset: 'USDT', amount, venueMs });
      return fundingId;
    },
  };
}

/** What the ledger says of funding, by book. */
const funding = async ({ store }: Keeper) =>
  Object.fromEntries(
    (await store.ledgerTotals(account))
      .filter(({ ledgerAccount }) => ledgerAccount === 'funding')
      .map(({ book, amount }) => [book, amount]),
  );

async function openPerpetual() {
  const keeper = await openKeeper();
  return { keeper, perpetual: perpetualOf(keeper) };
}

describe('funding', () => {
  test('is booked once as funding, by what each book held when it was paid, and nothing of it as external', async () => {
    const { keeper, perpetual } = await openPerpetual();
    await perpetual.hold('STR-001', '2');
    await perpetual.hold('STR-002', '1');
    await keeper.wait(1_000);
    perpetual.pay('-0.3');
    await keeper.wait(1_000);
    await perpetual.hold('STR-002', '5');
    const { done, drift } = await keeper.reconcile(perpetual.exchange);
    expect(done).toEqual([`booked -0.3 USDT of funding of ${symbol}`]);
    expect(drift).toEqual([]);
    const booked = { 'STR-001': '0.2', 'STR-002': '0.1' };
    expect(await funding(keeper)).toEqual(booked);
    for (let round = 0; round < 3; round += 1) {
      const report = await keeper.reconcile(perpetual.exchange);
      expect(report).toMatchObject({ done: [], drift: [], corrections: 0, failures: [], hasSeenAll: true });
    }
    expect(await funding(keeper)).toEqual(booked);
    expect(await keeper.store.alerts({ account })).toEqual([]);
  });

  test('all pages are read, of the markets that the account holds', async () => {
    const { keeper, perpetual } = await openPerpetual();
    await perpetual.hold('STR-001', '1');
    for (const amount of ['-1', '-2', '-3', '-4', '-5']) perpetual.pay(amount);
    expect((await keeper.reconcile(perpetual.exchange)).done).toHaveLength(5);
    expect(perpetual.asked.map(({ cursor, symbols }) => [cursor, ...symbols])).toEqual([
      [undefined, symbol],
      ['2', symbol],
      ['4', symbol],
    ]);
    expect(await funding(keeper)).toEqual({ 'STR-001': '15' });
  });

  test('a keeper that knows nothing books nothing twice, and nothing of before the ledger began', async () => {
    const { keeper, perpetual } = await openPerpetual();
    await perpetual.hold('STR-001', '1');
    perpetual.pay('-1', keeper.nowMs() - hourMs);
    keeper.venue.deposit('USDT', '1'); // what was paid then, the balances have
    perpetual.pay('-1');
    keeper.venue.deposit('ETH', '1');
    await keeper.reconcile(perpetual.exchange);
    expect(await keeper.reconcile(perpetual.exchange)).toMatchObject({ corrections: 1 });
    await perpetual.hold('STR-002', '1', keeper.nowMs() - 1);
    keeper.forget();
    const { done } = await keeper.reconcile(perpetual.exchange);
    expect(done).toEqual([]);
    expect(await funding(keeper)).toEqual({ 'STR-001': '1' });
    expect(await keeper.store.alerts({ account })).toEqual([]);
    const opened = (await keeper.store.entries(account)).findLast(({ ledgerAccount }) => ledgerAccount === 'external');
    expect(new Set(perpetual.asked.map(({ sinceMs }) => sinceMs))).toEqual(new Set([opened?.venueMs]));
  });

  test('a ledger that has not begun looks back to nothing', async () => {
    const { keeper, perpetual } = await openPerpetual();
    const fresh = { ...keeper.desk, orders: createMemoryStore(), exchange: perpetual.exchange };
    const { sinceMs } = (await fundingQuestion(fresh, { asked: [], memory: undefined })) ?? {};
    expect(sinceMs).toBe(await perpetual.exchange.venueTimeMs());
  });

  test('one that comes between the two questions is drift of one round, and funding in the next', async () => {
    const { keeper, perpetual } = await openPerpetual();
    await perpetual.hold('STR-001', '1');
    const late = perpetual.pay('-1');
    perpetual.late.add(late);
    expect(await keeper.reconcile(perpetual.exchange)).toMatchObject({ drift: [{ difference: '-1' }], corrections: 0 });
    perpetual.late.delete(late);
    expect(await keeper.reconcile(perpetual.exchange)).toMatchObject({ drift: [], corrections: 0 });
    expect(await funding(keeper)).toEqual({ 'STR-001': '1' });
  });

  test('right after the full hour a balance waits for the venue’s list, however many rounds see it', async () => {
    const { keeper, perpetual } = await openPerpetual();
    await perpetual.hold('STR-001', '1');
    perpetual.setClock(0);
    perpetual.late.add(perpetual.pay('-1'));
    for (let round = 0; round < 3; round += 1) {
      expect(await keeper.reconcile(perpetual.exchange)).toMatchObject({
        drift: [{ difference: '-1' }],
        corrections: 0,
      });
    }
    perpetual.setClock(120_000);
    expect(await keeper.reconcile(perpetual.exchange)).toMatchObject({ corrections: 1 });
  });

  test('where the question fails no difference of its asset is booked', async () => {
    const { keeper, perpetual } = await openPerpetual();
    await perpetual.hold('STR-001', '1');
    perpetual.pay('-1');
    const broken = failing(perpetual.exchange, { fundingSince: 2 });
    for (let round = 0; round < 2; round += 1) {
      const report = await keeper.reconcile(broken);
      expect(report).toMatchObject({ corrections: 0, hasSeenAll: false, failures: ['funding: no answer'] });
    }
    expect(await keeper.reconcile(broken)).toMatchObject({ corrections: 0, drift: [], hasSeenAll: true });
    expect(await funding(keeper)).toEqual({ 'STR-001': '1' });
  });

  test('what no book holds is unassigned', async () => {
    const { keeper, perpetual } = await openPerpetual();
    perpetual.pay('0.5');
    await keeper.reconcile(perpetual.exchange);
    expect(await funding(keeper)).toEqual({ unassigned: '-0.5' });
  });
});
