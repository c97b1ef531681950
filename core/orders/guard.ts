import { absolute, largest, notionalOf, signOf, units, unitText } from './amount.ts';
import type {
  GuardDecision,
  GuardEvent,
  GuardLimits,
  GuardState,
  GuardStep,
  GuardTiming,
  Reservation,
  ReservationRequest,
  RestoredGuard,
} from './guard-types.ts';
import { above, rateRefusal } from './guard-rates.ts';
import { bucketsSince, largestOf, minuteOf } from './notional-by-minute.ts';
import { holdingOf } from './holding.ts';
import { positionIn, reduces } from './reducing.ts';

/** A grant must be used within it (orders.md 3.2). */
export const grantLifeMs = 5_000;

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Ended ids that are kept; past it the oldest go early, and the store's row, no longer `initialized`, still refuses. */
const mostDecided = 20_000;

/** Orders that may be under way at once in an account; more are refused. */
const mostReservations = 2_000;

export type GuardStart = Readonly<{ account: string; limits: GuardLimits; timing: GuardTiming }>;

export const startGuard = ({ account, limits, timing }: GuardStart): GuardState => ({
  account,
  limits,
  timing,
  mode: 'ACTIVE',
  reason: '',
  haltedSymbols: [],
  positions: {},
  prices: {},
  reservations: [],
  decided: [],
  recentGrantsMs: [],
  notionalByMinute: [],
  settledCount: 0,
  latestDeadlineMs: 0,
});

/** The serial place where every intent of an account is allowed or refused (orders.md 6). */
export function stepGuard(state: GuardState, event: GuardEvent): GuardStep {
  switch (event.type) {
    case 'reserve':
      return reserve(forget(state, event.venueMs), event.request, event.venueMs);
    case 'ended':
      return { state: end(forget(state, event.venueMs), event) };
    case 'synced':
      return { state: sync(state, event) };
    case 'remembered':
      return { state: takeForgotten(state, event) };
    case 'setMode':
      return setMode(state, event);
    case 'modeStored':
      return modeStored(state, event);
    case 'haltSymbol': {
      const { symbol, reason } = event;
      if (state.haltedSymbols.some((halted) => halted.symbol === symbol)) return { state };
      return { state: { ...state, haltedSymbols: [...state.haltedSymbols, { symbol, reason }] } };
    }
    case 'resumeSymbol':
      if (!event.person) return { state };
      return {
        state: { ...state, haltedSymbols: state.haltedSymbols.filter(({ symbol }) => symbol !== event.symbol) },
      };
    case 'priced':
      break;
  }
  return { state: takePrices(state, event) };
}

/** What a granted order may still take until the venue counts it: added to each period that rates are counted over. */
export const graceMs = ({ receiveWindowMs, engineTimeMs }: GuardTiming): number =>
  grantLifeMs + receiveWindowMs + engineTimeMs;

/** The span that a day's notional is counted over. */
export const countedDayMs = (timing: GuardTiming): number => dayMs + graceMs(timing);

function forget(state: GuardState, venueMs: number): GuardState {
  const recentGrantsMs = state.recentGrantsMs.filter(
    (grantedMs) => grantedMs > venueMs - minuteMs - graceMs(state.timing),
  );
  const sinceMs = venueMs - countedDayMs(state.timing);
  const notionalByMinute = bucketsSince(state.notionalByMinute, sinceMs);
  const decided = state.decided.filter(({ endedMs }) => endedMs > venueMs - dayMs).slice(-mostDecided);
  const { restored, ...others } = state;
  return { ...others, recentGrantsMs, notionalByMinute, decided, ...restoredSince(restored, sinceMs) };
}

/** After a day nothing that was forgotten counts. */
function restoredSince(restored: RestoredGuard | undefined, sinceMs: number): Pick<GuardState, 'restored'> {
  if (restored === undefined || restored.safeMs <= sinceMs) return {};
  const { safeMs, forgotten } = restored;
  return { restored: forgotten === undefined ? restored : { safeMs, forgotten: bucketsSince(forgotten, sinceMs) } };
}

/**
 * Asked again for an id that holds a reservation, it decides anew, as if that had never been made: positions and prices
 * have moved, and it is sent by the newest grant. Were it still counted from the oldest, then after a minute without a
 * worker all that waited would be forgotten by the rates, and all be sent at once.
 */
function reserve(before: GuardState, request: ReservationRequest, venueMs: number): GuardStep {
  const held = before.reservations.find(({ clientOrderId }) => clientOrderId === request.clientOrderId);
  const state = held === undefined ? before : uncounted(before, held);
  const refusal = refusalOf(state, request, venueMs);
  // What is refused stays counted: until its row is denied an older grant may be used.
  if (refusal !== undefined) {
    const decision = { kind: 'refused', reason: refusal.reason } as const;
    return { state: before, decision, ...(refusal.trips === true && { trip: refusal.reason }) };
  }
  const reservation: Reservation = {
    ...request,
    reservationId: `reservation-${request.clientOrderId}`,
    grantedMs: Math.max(venueMs, held?.grantedMs ?? 0),
    reduces: reduces(state, request),
  };
  const prices = request.unvalued === undefined ? { ...state.prices, [request.symbol]: request.price } : state.prices;
  return { state: counted({ ...state, prices }, reservation, venueMs), decision: granted(reservation, venueMs) };
}

function uncounted(state: GuardState, held: Reservation): GuardState {
  const place = state.recentGrantsMs.indexOf(held.grantedMs);
  const minute = minuteOf(held.grantedMs);
  return {
    ...state,
    reservations: state.reservations.filter((entry) => entry !== held),
    recentGrantsMs: state.recentGrantsMs.filter((_, index) => index !== place),
    notionalByMinute: state.notionalByMinute.map((bucket) =>
      bucket.minuteMs === minute
        ? { ...bucket, notional: unitText(units(bucket.notional) - notionalNow(held)) }
        : bucket,
    ),
  };
}

function counted(state: GuardState, reservation: Reservation, venueMs: number): GuardState {
  const minute = minuteOf(reservation.grantedMs);
  const before = state.notionalByMinute.find((each) => each.minuteMs === minute)?.notional ?? '0';
  const bucket = { minuteMs: minute, notional: unitText(units(before) + notionalNow(reservation)) };
  const others = state.notionalByMinute.filter((each) => each.minuteMs !== minute);
  // The order that the grant leads to is signed at most a grant's life later.
  const deadlineMs = venueMs + grantLifeMs + state.timing.receiveWindowMs;
  return {
    ...state,
    reservations: [...state.reservations, reservation],
    recentGrantsMs: [...state.recentGrantsMs, reservation.grantedMs],
    notionalByMinute: [...others, bucket].toSorted((a, b) => a.minuteMs - b.minuteMs),
    latestDeadlineMs: Math.max(state.latestDeadlineMs, deadlineMs),
  };
}

const notionalNow = ({ price, amount }: Pick<Reservation, 'price' | 'amount'>): bigint =>
  notionalOf(units(price), units(amount));

const granted = ({ clientOrderId, reservationId, reduces: less }: Reservation, venueMs: number): GuardDecision => ({
  kind: 'granted',
  grant: { clientOrderId, grantedMs: venueMs, reservationId },
  reduces: less,
});

/** Why not, or undefined. The first reason that holds. */
function refusalOf(state: GuardState, request: ReservationRequest, venueMs: number): Refusal | undefined {
  const { mode, limits } = state;
  if (state.decided.some(({ clientOrderId }) => clientOrderId === request.clientOrderId))
    return { reason: 'already ended' };
  if (mode === 'HALTED') return { reason: `HALTED: ${state.reason}` };
  const halted = state.haltedSymbols.find(({ symbol }) => symbol === request.symbol);
  if (halted !== undefined) return { reason: `${request.symbol} is halted: ${halted.reason}` };
  const less = reduces(state, request);
  if (mode === 'REDUCING' && !less) return { reason: `REDUCING: ${state.reason}; the order would increase exposure` };
  if (request.reduceOnly && !less) {
    return { reason: 'reduce only, but with what is under way it would not reduce' };
  }
  const forgotten = forgottenRefusal(state, venueMs);
  if (forgotten !== undefined) return { reason: forgotten };
  if (state.reservations.length >= mostReservations) return { reason: `${mostReservations} orders are under way` };
  const price = units(request.price, 'price');
  const amount = units(request.amount, 'amount');
  if (request.unvalued !== undefined && !less) return { reason: request.unvalued };
  const isPriced = price > 0n || request.unvalued !== undefined;
  if (!isPriced || amount <= 0n) return { reason: 'price and amount must be above zero' };
  const tooLarge = above('order notional', notionalOf(price, amount), limits.maxOrderNotional);
  if (tooLarge !== undefined) return { reason: tooLarge };
  const tooMuch = rateRefusal(state, request, less);
  if (tooMuch !== undefined) return { reason: tooMuch, trips: mode === 'ACTIVE' && !less };
  const exposed = exposureRefusal(state, request);
  return exposed === undefined ? undefined : { reason: exposed };
}

/** `trips`: it is no single order that is wrong, but whoever sends them. */
type Refusal = Readonly<{ reason: string; trips?: boolean }>;

/** Where a backup may have forgotten any number of orders, as many count as a minute allows, as late as they may have come. */
function forgottenRefusal({ restored }: GuardState, venueMs: number): string | undefined {
  if (restored === undefined) return undefined;
  if (restored.forgotten === undefined)
    return 'the store was restored from a backup: what it has forgotten is looked up first';
  if (venueMs > restored.safeMs + minuteMs) return undefined;
  return 'orders a minute: the store was restored from a backup, and may have forgotten as many';
}

/** Positions with everything under way filled on the side where it hurts; an order that reduces is never refused by them. */
function exposureRefusal(state: GuardState, request: ReservationRequest): string | undefined {
  if (reduces(state, request)) return undefined;
  const { limits } = state;
  const symbols = new Set([...Object.keys(state.positions), ...state.reservations.map(({ symbol }) => symbol)]);
  const holdings = Map.groupBy([request.symbol, ...symbols], holdingOf);
  let total = 0n;
  for (const [holding, [symbol = '', ...others]] of holdings) {
    const extra = holding === holdingOf(request.symbol) ? request : undefined;
    const amount = worstAmount(state, symbol, extra);
    const known = [extra?.price, ...[symbol, ...others].map((each) => symbols.has(each) && state.prices[each])];
    const price = known.reduce((most, each) => largest(most, units(each || '0')), 0n);
    // Counted as nothing, what is held would make room for more.
    if (amount > 0n && price <= 0n) return `no price is known of ${symbol}, which is held: nothing may increase`;
    const notional = notionalOf(price, amount);
    total += notional;
    if (extra === undefined) continue;
    const refusal = above(`position in ${symbol}`, notional, limits.maxPositionNotional);
    if (refusal !== undefined) return refusal;
  }
  return above('exposure', total, limits.maxExposureNotional);
}

/** Largest size that the position of a symbol can reach, long or short, with what is the same holding. */
export function worstAmount(
  state: Pick<GuardState, 'positions' | 'reservations'>,
  symbol: string,
  extra?: Pick<ReservationRequest, 'side' | 'amount'>,
): bigint {
  let long = positionIn(state, symbol);
  let short = long;
  const orders = state.reservations.filter((held) => holdingOf(held.symbol) === holdingOf(symbol));
  for (const { side, amount } of extra === undefined ? orders : [...orders, extra]) {
    if (side === 'buy') long += units(amount);
    else short -= units(amount);
  }
  return largest(absolute(long), absolute(short));
}

/** Reservation to position in one step; without effect for an id that holds none. */
function end(
  state: GuardState,
  { clientOrderId, executed, venueMs }: Extract<GuardEvent, { type: 'ended' }>,
): GuardState {
  const held = state.reservations.find((entry) => entry.clientOrderId === clientOrderId);
  if (held === undefined) return remember(state, clientOrderId, venueMs);
  const position = units(state.positions[held.symbol] ?? '0') + signOf(held.side) * units(executed);
  return remember(
    {
      ...state,
      positions: withPosition(state.positions, held.symbol, position),
      reservations: state.reservations.filter((entry) => entry !== held),
      settledCount: state.settledCount + 1,
    },
    clientOrderId,
    venueMs,
  );
}

function remember(state: GuardState, clientOrderId: string, endedMs: number): GuardState {
  if (state.decided.some((entry) => entry.clientOrderId === clientOrderId)) return state;
  return { ...state, decided: [...state.decided, { clientOrderId, endedMs }].slice(-mostDecided) };
}

function withPosition(positions: GuardState['positions'], symbol: string, amount: bigint): GuardState['positions'] {
  const { [symbol]: _before, ...others } = positions;
  return amount === 0n ? others : { ...others, [symbol]: unitText(amount) };
}

function sync(state: GuardState, event: Extract<GuardEvent, { type: 'synced' }>): GuardState {
  if (event.settledCount !== state.settledCount || event.loadedMs !== state.loadedMs) return state;
  const underWay = new Map<string, bigint>();
  for (const { clientOrderId, symbol } of state.reservations) {
    const applied = event.appliedByOrder[clientOrderId];
    // One that was granted since: what the ledger has of it was not read apart, and would count again when it ends.
    if (applied === undefined) return state;
    underWay.set(symbol, (underWay.get(symbol) ?? 0n) + units(applied));
  }
  let positions: GuardState['positions'] = {};
  for (const [symbol, amount] of Object.entries(event.ledgerPositions)) {
    positions = withPosition(positions, symbol, units(amount) - (underWay.get(symbol) ?? 0n));
  }
  return { ...state, positions };
}

/** Without effect where a newer price is known: whoever stood still between asking and telling has an old one. */
function takePrices(state: GuardState, { prices, venueMs }: Extract<GuardEvent, { type: 'priced' }>): GuardState {
  if (venueMs < (state.pricedMs ?? 0)) return state;
  return { ...state, prices: { ...state.prices, ...prices }, pricedMs: venueMs };
}

/** The larger one stays: whoever stood still between reading and telling knows less than was told since. */
function takeForgotten(state: GuardState, event: Extract<GuardEvent, { type: 'remembered' }>): GuardState {
  const { restored } = state;
  if (restored === undefined || event.loadedMs !== state.loadedMs) return state;
  const forgotten = largestOf(restored.forgotten ?? [], event.notionalByMinute);
  return { ...state, restored: { ...restored, forgotten } };
}

/** Only a person leaves HALTED, with a reason. */
function setMode(state: GuardState, event: Extract<GuardEvent, { type: 'setMode' }>): GuardStep {
  const { mode, reason, person, changedMs } = event;
  if (changedMs !== undefined && changedMs < (state.modeChangedMs ?? 0)) return { state };
  if (state.mode === 'HALTED' && mode !== 'HALTED' && (!person || reason.trim() === '')) return { state };
  const next = { ...state, mode, reason, ...(changedMs !== undefined && { modeChangedMs: changedMs }) };
  return mode === 'HALTED' ? { state: next, haltNow: true } : { state: next };
}

function modeStored(state: GuardState, event: Extract<GuardEvent, { type: 'modeStored' }>): GuardStep {
  const { mode, changedMs } = event;
  if (state.mode !== mode) return setMode(state, { ...event, type: 'setMode', person: true, venueMs: 0 });
  if (changedMs === undefined || changedMs < (state.modeChangedMs ?? 0)) return { state };
  return { state: { ...state, modeChangedMs: changedMs } };
}
