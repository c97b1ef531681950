import { describe, expect, test } from 'vitest';
import type { Fill, OrderIntent } from '../../../core/orders/types.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import { exact, type Journal, type JournalFill, type JournalOrder, type JournalRequest } from './journal.ts';
import { type Circumstances, type DeskBooks, judge } from './judge.ts';
import type { ModeSpan } from './judge-modes.ts';

/** One buy of 0.5 BTC at 60,000 that was filled in two trades, as both sides wrote it down. */

const order: JournalOrder = {
  venueOrderId: '7',
  clientOrderId: 'a'.repeat(32),
  symbol: 'BTC/USDT',
  side: 'buy',
  isStop: false,
  reduceOnly: false,
  price: exact('60000'),
  quantity: exact('0.5'),
  filled: exact('0.5'),
  status: 'filled',
  reason: '',
  signedWireMs: 1_000,
  deadlineWireMs: 6_000,
  acceptedWireMs: 1_100,
  createdMs: 1_100,
  updatedMs: 1_300,
};

const trade = (tradeId: string, quantity: string): JournalFill => ({
  tradeId,
  venueOrderId: '7',
  symbol: 'BTC/USDT',
  side: 'buy',
  price: exact('60000'),
  quantity: exact(quantity),
  quote: exact(String(60_000 * Number(quantity))),
  fee: exact('0.0001'),
  feeAsset: 'BTC',
  timeMs: 1_200,
});

const request: JournalRequest = {
  clientOrderId: order.clientOrderId,
  receivedWireMs: 1_050,
  signedWireMs: 1_000,
  deadlineWireMs: 6_000,
  refusal: undefined,
};

const journal: Journal = {
  orders: [order],
  fills: [trade('1', '0.2'), trade('2', '0.3')],
  requests: [request],
  balances: { BTC: exact('2.4998'), USDT: exact('70000') },
  positions: {},
  broken: [],
};

const intent: OrderIntent = {
  clientOrderId: order.clientOrderId,
  account: 'main',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  amount: '0.5',
  price: '60000',
  timeInForce: 'GTC',
  reduceOnly: false,
  book: 'test',
  reason: 'chaos',
  seed: 'plan',
  leg: '1',
  intentNumber: 1,
};

const record: OrderRecord = {
  intent,
  venue: 'binance',
  state: 'filled',
  version: 4,
  submission: { timestampMs: 1_000, deadlineMs: 6_000 },
  venueExecuted: '0.5',
  appliedExecuted: '0.5',
  reason: '',
  ownerWorkflowId: 'w',
  createdMs: 900,
  changedMs: 1_400,
};

const fill = (tradeId: string, amount: string): Fill => ({
  venue: 'binance',
  symbol: 'BTC/USDT',
  tradeId,
  venueOrderId: '7',
  side: 'buy',
  amount,
  price: '60000',
  quoteAmount: String(60_000 * Number(amount)),
  fee: '0.0001',
  feeAsset: 'BTC',
  liquidity: 'maker',
  venueMs: 1_200,
});

const entry = (ledgerAccount: string, asset: string, amount: string) => ({
  transactionId: 'fills',
  account: 'main',
  ledgerAccount,
  asset,
  amount,
  book: 'test',
  symbol: 'BTC/USDT',
  source: '1',
  venueMs: 1_200,
});

/** When the host's clock was at the venue's 0. */
const hostMs = 500_000;

const desk: DeskBooks = {
  orders: [record],
  fills: [fill('1', '0.2'), fill('2', '0.3')],
  entries: [
    entry('assets', 'BTC', '0.4998'),
    entry('fees', 'BTC', '0.0002'),
    entry('trading', 'BTC', '-0.5'),
    entry('assets', 'USDT', '-30000'),
    entry('trading', 'USDT', '30000'),
  ],
  submittedMs: new Map([[order.clientOrderId, hostMs + 1_000]]),
};

const given: Circumstances = {
  limits: {
    maxOrderNotional: '30000',
    maxPositionNotional: '30000',
    maxExposureNotional: '30000',
    maxOrdersPerMinute: 2,
    maxNotionalPerDay: '60000',
  },
  opening: { BTC: exact('2'), USDT: exact('100000') },
  modes: [],
  isForeign: (id) => id.startsWith('manual'),
  // Orders of ours that these few rows do not show.
  forgotten: new Set([800, 900, 1_250, 1_260, 2_000, 61_101].map((ms) => `other-${ms}`)),
};

test('what agrees is not found fault with', () => {
  expect(judge(journal, desk, given)).toEqual([]);
});

/** By both clocks. */
const span = (mode: ModeSpan['mode'], fromVenueMs: number, toVenueMs: number): ModeSpan => ({
  mode,
  fromVenueMs,
  toVenueMs,
  fromMs: hostMs + fromVenueMs,
  toMs: hostMs + toVenueMs,
});

type Changes = Readonly<{ journal?: Partial<Journal>; desk?: Partial<DeskBooks>; given?: Partial<Circumstances> }>;

/** The findings of the case with something changed, as `invariant: text`. */
const found = (changes: Changes) =>
  judge({ ...journal, ...changes.journal }, { ...desk, ...changes.desk }, { ...given, ...changes.given }).map(
    ({ invariant, what }) => `${invariant}: ${what}`,
  );

const id = order.clientOrderId;
const second = { ...order, venueOrderId: '8', filled: 0n, status: 'canceled' } as const;
const successor = { ...record, intent: { ...intent, clientOrderId: 'b'.repeat(32), intentNumber: 2 } };
const later = (atMs: number, change: Partial<JournalOrder> = {}): JournalOrder => ({
  ...second,
  clientOrderId: `other-${atMs}`,
  acceptedWireMs: atMs,
  createdMs: atMs,
  updatedMs: atMs,
  ...change,
});

/** The buy, where so much had been sold before, with others that came before it. */
function withHeld(sold: string, changed: Partial<Circumstances>, ...others: JournalOrder[]): Changes {
  const short = later(800, {
    side: 'sell',
    quantity: exact(sold),
    filled: exact(sold),
    status: 'filled',
    updatedMs: 810,
  });
  const seller = { ...short, venueOrderId: '6' };
  const fills = [{ ...trade('0', sold), venueOrderId: '6', side: 'sell', timeMs: 810 } as const, ...journal.fills];
  const limits = { ...given.limits, maxOrdersPerMinute: 9, maxNotionalPerDay: '900000', maxOrderNotional: '90000' };
  const wide = { ...limits, maxPositionNotional: '90000', maxExposureNotional: '90000' };
  const stored = { ...fill('0', sold), venueOrderId: '6', side: 'sell' } as const;
  const ours = { fills: [stored, ...desk.fills] };
  return { desk: ours, journal: { orders: [seller, ...others, order], fills }, given: { limits: wide, ...changed } };
}

describe('each invariant', () => {
  test.each<[string, Changes, string]>([
    ['an id accepted twice', { journal: { orders: [order, second] } }, `S1: id ${id} was accepted 2 times: 7, 8`],
    [
      'an intent and its successor',
      {
        journal: { orders: [order, { ...second, clientOrderId: 'b'.repeat(32) }] },
        desk: { orders: [record, successor] },
      },
      'S1: intent chaos was accepted 2 times: 7, 8',
    ],
    ['an order that nobody stored', { desk: { orders: [] } }, `S2: ${id} was accepted and never submitted`],
    [
      'other times than were stored',
      { desk: { orders: [{ ...record, submission: { timestampMs: 2_000, deadlineMs: 7_000 } }] } },
      `S2: ${id} was signed for 1000 to 6000, stored was 2000 to 7000`,
    ],
    ['an unknown one', { desk: { orders: [{ ...record, state: 'unknown' }] } }, `E3: ${id} is still unknown`],
    [
      'a refusal of what was accepted',
      { desk: { orders: [{ ...record, state: 'rejected' }] } },
      `E3: ${id} is rejected and was accepted`,
    ],
    [
      'a fill that is missing',
      { desk: { fills: desk.fills.slice(1) } },
      'E4: fill BTC/USDT 1 is lost: buy 0.200000000000000000 60000.000000000000000000 12000.000000000000000000 0.000100000000000000 BTC',
    ],
    [
      'a fill that is there twice',
      { desk: { fills: [...desk.fills, fill('2', '0.3')] } },
      'E4: fill BTC/USDT 2 is stored twice',
    ],
    [
      'a fill that never was',
      { desk: { fills: [...desk.fills, fill('3', '0.3')] } },
      'E4: fill BTC/USDT 3 is buy 0.300000000000000000 60000.000000000000000000 18000.000000000000000000 0.000100000000000000 BTC here and nothing at the venue',
    ],
    [
      'entries that do not balance',
      {
        desk: { entries: desk.entries.map((row) => (row.ledgerAccount === 'fees' ? entry('fees', 'BTC', '0') : row)) },
      },
      'S5: fills BTC sums to -0.000200000000000000',
    ],
    [
      'a balance that is off by one unit',
      { journal: { balances: { ...journal.balances, BTC: exact('2.49980001') } } },
      'E5: BTC is 0.499800000000000000 in the ledger and 0.499800010000000000 at the venue',
    ],
    [
      'a position that the ledger has otherwise',
      { journal: { positions: { 'BTC/USDT:USDT': exact('-0.5') } } },
      'E5: BTC/USDT:USDT is 0.000000000000000000 in the ledger and -0.500000000000000000 at the venue',
    ],
    [
      'a position that the venue does not have',
      {
        desk: {
          entries: [...desk.entries, entry('positions', 'BTC/USDT:USDT', '1'), entry('trading', 'BTC/USDT:USDT', '-1')],
        },
      },
      'E5: BTC/USDT:USDT is 1.000000000000000000 in the ledger and 0.000000000000000000 at the venue',
    ],
    [
      'an order that was too big',
      { given: { limits: { ...given.limits, maxOrderNotional: '29999.99' } } },
      `S6: order ${id} of 30000, the limit is 29999.99`,
    ],
    [
      'a position that was too big with what rested',
      { journal: { orders: [order, later(1_250, { quantity: exact('0.0001'), updatedMs: 9_000 })] } },
      'S6: position in BTC/USDT above 30000',
    ],
    [
      'orders on both sides, each fills alone',
      {
        journal: {
          orders: [order, later(1_250, { side: 'sell', quantity: exact('1.0001'), updatedMs: 9_000 })],
        },
        given: { limits: { ...given.limits, maxOrderNotional: '90000', maxNotionalPerDay: '900000' } },
      },
      'S6: position in BTC/USDT above 30000',
    ],
    [
      'too many in a minute',
      { journal: { orders: [order, ...[2_000, 61_099].map((ms) => later(ms, { quantity: 0n }))] } },
      'S6: 3 orders in a minute, the limit is 2',
    ],
    [
      'too much in a day',
      {
        journal: {
          orders: [
            order,
            later(70_000, { quantity: exact('0.4'), status: 'canceled' }),
            later(140_000, { quantity: exact('0.2') }),
          ],
        },
      },
      'S6: 66000 in a day, the limit is 60000',
    ],
    [
      'an order that was signed after a halt',
      { given: { modes: [span('HALTED', -1, 9_000)] } },
      `S7: ${id} was signed 1001 ms after HALTED`,
    ],
    [
      'an order that was signed for an earlier time while HALTED',
      { desk: { submittedMs: new Map([[id, hostMs + 3_000]]) }, given: { modes: [span('HALTED', 1_500, 9_000)] } },
      `S7: ${id} was signed 1500 ms after HALTED`,
    ],
    [
      'a request while HALTED that is not the one of the row',
      {
        journal: {
          requests: [request, { ...request, signedWireMs: 3_000, receivedWireMs: 3_050, deadlineWireMs: 8_000 }],
        },
        given: { modes: [span('HALTED', 1_500, 9_000)] },
      },
      `S7: ${id} was signed 1500 ms after HALTED`,
    ],
    [
      'an order of REDUCING that increases',
      { given: { modes: [span('REDUCING', -1, 9_000)] } },
      `S7: ${id} was signed 1001 ms after REDUCING`,
    ],
    [
      'an order of REDUCING that is more than what is held',
      withHeld('0.4', { modes: [span('REDUCING', -6_000, 9_000)] }),
      `S7: ${id} was signed 7000 ms after REDUCING`,
    ],
    [
      'an order of REDUCING for which what rests leaves nothing',
      withHeld(
        '0.6',
        { modes: [span('REDUCING', -6_000, 9_000)] },
        later(900, { quantity: exact('0.2'), updatedMs: 9_000 }),
      ),
      `S7: ${id} was signed 7000 ms after REDUCING`,
    ],
    [
      'a protective stop that the switch has canceled',
      {
        journal: { orders: [order, { ...second, isStop: true, reason: 'deadManSwitch', clientOrderId: 'other-2000' }] },
      },
      "stop: other-2000 was canceled by the dead man's switch",
    ],
    ['an exchange that contradicts itself', { journal: { broken: ['value of BTC'] } }, 'exchange: value of BTC'],
  ])('%s', (_, changes, finding) => {
    expect(found(changes)).toContain(finding);
  });

  test.each<[string, Changes]>([
    ['signed within the grace of a halt', { given: { modes: [span('HALTED', 0, 9_000)] } }],
    ['signed after a halt was over', { given: { modes: [span('HALTED', -5_000, 999)] } }],
    [
      'signed for a later time by a clock that was wrong',
      {
        journal: { requests: [{ ...request, signedWireMs: 3_000, receivedWireMs: 2_900 }] },
        given: { modes: [span('HALTED', 1_500, 9_000)] },
      },
    ],
    [
      'signed after a halt by a clock that had not heard of a jump in it',
      {
        desk: { submittedMs: new Map([[id, hostMs + 9_500]]) },
        given: { modes: [span('HALTED', -1_000, 9_000)] },
      },
    ],
    ['an order of REDUCING that is what is held', withHeld('0.5', { modes: [span('REDUCING', -6_000, 9_000)] })],
    [
      'an order that was granted before what took its room',
      withHeld(
        '0.5',
        { modes: [span('REDUCING', -1, 9_000)] },
        later(900, { quantity: exact('0.2'), updatedMs: 9_000 }),
      ),
    ],
    [
      'a reducing order in REDUCING',
      {
        journal: { orders: [{ ...order, reduceOnly: true }] },
        given: { modes: [span('REDUCING', -1, 9_000)] },
      },
    ],
    [
      'two in the next minute',
      { journal: { orders: [order, ...[2_000, 61_101].map((ms) => later(ms, { quantity: 0n }))] } },
    ],
    [
      'an order that came when the first had been canceled',
      {
        journal: {
          orders: [
            order,
            later(1_250, { side: 'sell', quantity: exact('0.5') }),
            later(1_260, { side: 'sell', quantity: exact('0.5') }),
          ],
        },
        given: { limits: { ...given.limits, maxOrdersPerMinute: 3, maxNotionalPerDay: '90000' } },
      },
    ],
    [
      'what somebody else did twice under one id',
      { journal: { orders: [order, ...[20_000, 20_001].map((ms) => later(ms, { clientOrderId: 'manual' }))] } },
    ],
    ['an id that the backup did not have', { desk: { orders: [] }, given: { forgotten: new Set([id]) } }],
    [
      'a ledger that booked what was there before',
      {
        desk: {
          entries: [
            ...desk.entries,
            { ...entry('assets', 'BTC', '2'), transactionId: 'opening' },
            { ...entry('external', 'BTC', '-2'), transactionId: 'opening' },
          ],
        },
      },
    ],
  ])('is not found: %s', (_, changes) => {
    expect(found(changes)).toEqual([]);
  });
});
