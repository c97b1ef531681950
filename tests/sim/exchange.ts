import { VenueError, type Exchange, type SendOutcome, type VenueFailure } from '../../core/ports/exchange.ts';
import type { Fill, OrderIntent, Submission, VenueOrder } from '../../core/orders/types.ts';
import { believedVenueMs, type Processes, type SimProcess } from './processes.ts';
import type { Truth } from './truth.ts';
import type { OrderAnswer, SimVenue } from './venue.ts';
import { accountOf } from '../../core/venue/state.ts';
import { formatDecimal } from '../../core/venue/decimal.ts';
import { account, type World } from './world.ts';

/** How long a process waits for an answer. */
const timeoutMs = 10_000;

/** How long an index that misses orders does so. */
const missesMs = 3_000;

/** So few that a run has several pages. */
const fillsPerPage = 4;

export type ExchangeParts = Readonly<{
  world: World;
  processes: Processes;
  venue: SimVenue;
  truth: Truth;
  /** Called at the moment at which the first byte of an order request leaves. */
  onSent: (clientOrderId: string, submission: Submission) => void;
}>;

const privateQueries: ReadonlySet<string> = new Set([
  'findOrder',
  'openOrders',
  'ordersSince',
  'fillsSince',
  'balances',
]);

type Handler<T> = (answer: (result: T) => void) => void;

/** The venue as one process reaches it: requests and answers are messages that may be lost, late, or both. */
export function exchangeOf({ world, processes, venue, truth, onSent }: ExchangeParts, process: SimProcess): Exchange {
  const { scheduler, plan, strikes } = world;
  const { faults } = plan;
  const delay = () => 5 + world.chance('network').nextBelow(60);
  const longDelay = () => delay() + world.chance('network').nextBelow(12_000);

  /** `lost`: chance that it never arrives; `cut`: that the connection breaks meanwhile. */
  const request = <T>(lost: number, handle: Handler<T>, cut?: number): Promise<T | 'timeout'> =>
    new Promise((resolve) => {
      const share = cut === undefined ? faults.queriesLost : 1;
      const travel = () => (strikes(faults.late * share, 'late') ? longDelay() : delay());
      scheduler.after(timeoutMs, () => resolve('timeout'));
      if (strikes(cut ?? 0, 'cutOff')) scheduler.after(delay(), () => resolve('timeout'));
      if (strikes(lost, 'requestLost')) return;
      scheduler.after(travel(), () =>
        handle((result) => {
          if (strikes(faults.answerLost * share, 'answerLost')) return;
          scheduler.after(travel(), () => resolve(result));
        }),
      );
    });

  const isOut = (): boolean =>
    truth.outages.some(({ fromMs, untilMs }) => fromMs <= scheduler.nowMs() && scheduler.nowMs() < untilMs);

  const query = <T>(name: string, read: () => T): Promise<T> =>
    processes.call(process, name, async () => {
      if (strikes(faults.queryFails, 'queryFails')) throw new VenueError(unknown('no answer'));
      if (privateQueries.has(name) && isOut()) throw new VenueError(unknown('out of order'));
      const result = await request<T>(faults.requestLost * faults.queriesLost, (answer) => answer(read()));
      if (result === 'timeout') throw new VenueError(unknown('timed out'));
      return result;
    });

  const visible = <T>(entries: readonly Readonly<{ visibleMs: number; value: T }>[]): T | undefined =>
    entries.findLast(({ visibleMs }) => visibleMs <= scheduler.nowMs())?.value;

  const shownOrders = (): VenueOrder[] =>
    [...venue.seenOrders.values()].map(visible).filter((order) => order !== undefined);

  const shownFills = (): Fill[] =>
    venue.seenFills.filter(({ visibleMs }) => visibleMs <= scheduler.nowMs()).map(({ value }) => value);

  /** Moments in which one order is missing everywhere, at least 30 s apart. */
  const missed = venue.missed;
  const isMissed = (clientOrderId: string): boolean => {
    const now = scheduler.nowMs();
    const lastMs = missed.get(clientOrderId) ?? -Infinity;
    if (now < lastMs + missesMs) return true;
    if (now < lastMs + 30_000 || !strikes(faults.queryMisses, 'queryMisses')) return false;
    missed.set(clientOrderId, now);
    return true;
  };

  /** A planted bug signs with the moment of signing, not with what was written. */
  const signedAs = (written: Submission): Submission => {
    if (world.bug !== 'timestamp and deadline are made when signing') return written;
    const timestampMs = believedVenueMs(world, process);
    return { timestampMs, deadlineMs: timestampMs + venue.traits.receiveWindowMs };
  };

  /** The first one's answer is lost; the copy comes after the deadline, and its refusal is heard. */
  const copied = (intent: OrderIntent, submission: Submission, tell: (answer: OrderAnswer) => void): void => {
    venue.order(intent, submission, () => {});
    scheduler.after(8_000, () => {
      if (scheduler.nowMs() > submission.deadlineMs) venue.order(intent, submission, tell);
    });
  };

  const isOpen = ({ state }: VenueOrder) => state === 'accepted' || state === 'partiallyFilled';

  return {
    traits: venue.traits,
    markets: () => Promise.resolve(venue.markets),
    balances: () => query('balances', () => balancesOf(venue)),
    positions: () => Promise.resolve([]),
    serverTimeMs: () => query('serverTime', () => scheduler.nowMs()),
    venueTimeMs: () => processes.call(process, 'venueTime', () => Promise.resolve(believedVenueMs(world, process))),
    keyRights: () => Promise.resolve({ read: true, trade: true, withdraw: false, ipBound: true }),
    payToSend: async () => {}, // no rates here
    createOrder: (intent, written) =>
      processes.call(process, 'createOrder', async (): Promise<SendOutcome> => {
        const submission = signedAs(written);
        onSent(intent.clientOrderId, submission);
        world.note('sends', intent.clientOrderId, submission.timestampMs);
        const answer = await request<OrderAnswer>(
          faults.requestLost,
          (tell) => {
            if (strikes(faults.copied, 'copied')) return copied(intent, submission, tell);
            venue.order(intent, submission, tell);
          },
          faults.cutOff,
        );
        if (answer === 'timeout') return { kind: 'failed', failure: unknown('timed out') };
        if (answer.kind === 'accepted') return answer;
        // A late or repeated request is refused with words that do not tell what became of the first one.
        const sure = answer.code !== 'deadline' && answer.code !== 'duplicateClientId';
        const failure = { kind: sure ? 'rejected' : 'unknown', code: answer.code, message: 'refused' } as const;
        return { kind: 'failed', failure };
      }),
    findOrder: ({ symbol, clientOrderId, venueOrderId, sinceMs }) =>
      query('findOrder', () => {
        const isIt = (shown: Pick<VenueOrder, 'symbol' | 'venueOrderId' | 'clientOrderId'>) =>
          shown.symbol === symbol &&
          (shown.clientOrderId === clientOrderId ||
            (venueOrderId !== undefined && shown.venueOrderId === venueOrderId));
        if (isMissed(clientOrderId)) return { fills: [] };
        const order = shownOrders()
          .filter(isIt)
          .find((shown) => !(venue.traits.forgetsFilledIds && shown.state === 'filled'));
        const fills = shownFills().filter((fill) => isIt(fill) && fill.venueMs >= sinceMs);
        return order === undefined ? { fills } : { order, fills };
      }),
    cancelOrder: (reference) =>
      processes.call(process, 'cancelOrder', async () => {
        const answer = await request<VenueOrder | 'none'>(
          faults.requestLost,
          (tell) => tell(venue.cancel(reference.symbol, reference) ?? 'none'),
          faults.cutOff,
        );
        if (answer === 'timeout') return { kind: 'failed', failure: unknown('timed out') };
        if (answer === 'none')
          return { kind: 'failed', failure: { kind: 'unknownOrder', code: '-2011', message: 'unknown order' } };
        return { kind: 'canceled', order: answer };
      }),
    cancelAll: () =>
      processes.call(process, 'cancelAll', async () => {
        const cancel: Handler<'done'> = (tell) => {
          venue.cancelAll();
          tell('done');
        };
        const answer = await request(faults.requestLost, cancel, faults.cutOff);
        return answer === 'done' ? { kind: 'canceled' } : { kind: 'failed', failure: unknown('timed out') };
      }),
    openOrders: (symbol) =>
      query('openOrders', () =>
        shownOrders().filter((order) => isOpen(order) && (symbol === undefined || order.symbol === symbol)),
      ),
    fillsSince: (symbol, sinceMs, cursor) =>
      query('fillsSince', () => {
        const first = Number(cursor ?? 0);
        const fills = shownFills().filter((fill) => fill.symbol === symbol && fill.venueMs >= sinceMs);
        const page = fills.slice(first, first + fillsPerPage);
        return first + fillsPerPage < fills.length
          ? { fills: page, next: String(first + fillsPerPage) }
          : { fills: page };
      }),
    ordersSince: (symbol, sinceMs) =>
      query('ordersSince', () =>
        shownOrders().filter(
          (order) =>
            order.symbol === symbol &&
            order.venueMs >= sinceMs &&
            !(venue.traits.forgetsFilledIds && order.state === 'filled'),
        ),
      ),
    armDeadManSwitch: () => Promise.reject(new VenueError(unknown('none here'))),
    referencePrice: (symbol) =>
      query('price', () => {
        const now = scheduler.nowMs();
        const bad = truth.badPrices.findIndex(
          (each) => each.symbol === symbol && each.fromMs <= now && now <= each.untilMs,
        );
        const price = bad >= 0 && bad % 2 === 0 ? '0' : '100';
        return { price, source: 'bookMid' as const, venueMs: bad >= 0 && bad % 2 === 1 ? now - 60_000 : now };
      }),
    close: () => Promise.resolve(),
  };
}

const unknown = (message: string): VenueFailure => ({ kind: 'unknown', code: '', message });

function balancesOf({ state }: SimVenue) {
  const { balances } = accountOf(state, account);
  return [...balances].map(([asset, { total, locked }]) => ({
    asset,
    free: formatDecimal(total - locked, 8),
    locked: formatDecimal(locked, 8),
  }));
}
