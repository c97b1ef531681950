import { units, unitText } from '../../core/orders/amount.ts';
import { minuteReserve } from '../../core/orders/guard-rates.ts';
import { unbalanced } from '../../core/orders/ledger.ts';
import { isSettled, isTerminal } from '../../core/orders/order-machine.ts';
import type { Fill } from '../../core/orders/types.ts';
import { accountOf } from '../../core/venue/state.ts';
import { formatDecimal } from '../../core/venue/decimal.ts';
import type { Groups } from './groups.ts';
import { judgeBooks } from './judge-books.ts';
import { judgeOutcomes, signedAheadMs } from './judge-outcomes.ts';
import type { GuardEntity } from './guard-entity.ts';
import type { MemoryStore } from './memory-store.ts';
import type { Parents } from './parents.ts';
import type { Truth } from './truth.ts';
import { symbols, usualPrice, type Accepted, type SimVenue } from './venue.ts';
import { account, startMs, type World } from './world.ts';

/** A rule that did not hold. `rule` is the number of reliability.md (c) with a name. */
export type Breach = Readonly<{ rule: string; text: string }>;

export type Judged = Readonly<{
  world: World;
  venue: SimVenue;
  store: MemoryStore;
  guard: GuardEntity;
  parents: Parents;
  groups: Groups;
  truth: Truth;
}>;

/** What must hold at the end of a run, judged by the venue's truth and what the simulation saw, never by the desk's word. */
export function breachesOf(judged: Judged): Breach[] {
  const online = [...new Map(judged.truth.seen.map((seen) => [`${seen.rule} ${seen.text}`, seen])).values()];
  const checks = [
    oncePerIntent,
    persistedFirst,
    allEnded,
    fillsEqual,
    ledgerEqual,
    withinLimits,
    modesObeyed,
    alarmsRaised,
    guardEqual,
  ];
  return [...online, ...checks.flatMap((check) => check(judged)), ...judgeOutcomes(judged), ...judgeBooks(judged)];
}

const breach = (rule: string, text: string): Breach => ({ rule, text });

/** Sizes of the venue are in 10^-4. */
const size = (value: bigint) => units(formatDecimal(value, 4));

/** 1: a client order id reaches the venue once, and an intent with its successors is never traded twice. */
function oncePerIntent({ venue, truth, parents, world }: Judged): Breach[] {
  const breaches: Breach[] = [];
  for (const [id, sends] of Map.groupBy(truth.sent, ({ clientOrderId }) => clientOrderId)) {
    if (sends.length > 1 && world.plan.faults.restores === 0)
      breaches.push(breach('1 sent once', `${id} was sent ${sends.length} times`));
    // A restored store forgets what it sent: then an id may be sent anew when the first request can no longer arrive.
    const early = sends.find(({ sentMs }, place) => place > 0 && sentMs <= (sends[place - 1]?.deadlineMs ?? 0));
    if (early !== undefined) breaches.push(breach('1 sent anew too early', `${id} at ${early.sentMs - startMs}`));
  }
  for (const [id, orders] of Map.groupBy(venue.accepted, ({ clientOrderId }) => clientOrderId)) {
    if (orders.length > 1) breaches.push(breach('1 accepted once', `${id} was accepted ${orders.length} times`));
  }
  if (world.plan.faults.overfills > 0 || venue.heldTooLong.size > 0) return breaches;
  for (const parent of parents.all) {
    const orders = venue.accepted.filter(({ clientOrderId }) => {
      const intent = truth.persisted.get(clientOrderId);
      return intent !== undefined && `${intent.seed}-`.startsWith(`${parent.seed}-`);
    });
    const ids = new Set(orders.map(({ venueOrderId }) => venueOrderId));
    const traded = venue.fills
      .filter(({ venueOrderId }) => ids.has(venueOrderId))
      .reduce((sum, { amount }) => sum + units(amount), 0n);
    const most = parent.decided.map((amount) => units(amount)).reduce((a, b) => (a > b ? a : b), 0n);
    if (traded > most) {
      breaches.push(
        breach('1 not doubled', `${parent.workflowId} decided ${unitText(most)} and traded ${unitText(traded)}`),
      );
    }
  }
  return breaches;
}

/** 2: an intent is durable before its first byte leaves. */
function persistedFirst({ truth, venue }: Judged): Breach[] {
  const unsaved = truth.sent.filter(({ persistedBefore }) => !persistedBefore);
  const unknown = venue.accepted.filter(({ clientOrderId }) => !truth.persisted.has(clientOrderId));
  return [
    ...unsaved.map(({ clientOrderId }) =>
      breach('2 persisted first', `${clientOrderId} was sent before it was stored`),
    ),
    ...unknown.map(({ clientOrderId }) =>
      breach('2 persisted first', `${clientOrderId} was accepted and never stored`),
    ),
  ];
}

/** 3: every intent has ended, with a state that says the truth, and its workflow with it. */
function allEnded({ store, venue, parents, world }: Judged): Breach[] {
  const breaches: Breach[] = [];
  const acceptedIds = new Set(venue.accepted.map(({ clientOrderId }) => clientOrderId));
  for (const { record, adopted } of store.held.state.orders.values()) {
    const { clientOrderId } = record.intent;
    // Others' orders of a venue that forgets ended ids: nothing there says any more how one ended.
    if (adopted && world.plan.venue.forgetsFilledIds) continue;
    if (!isTerminal(record.state)) breaches.push(breach('3 ended', `${clientOrderId} is ${record.state}`));
    else if (!isSettled(record))
      breaches.push(
        breach('3 settled', `${clientOrderId}: ${record.appliedExecuted} of ${record.venueExecuted} applied`),
      );
    const denies = ['notSent', 'rejected', 'denied'].includes(record.state);
    // A restored store has forgotten what it sent: it denies, notices and cancels; that is the most it can do.
    const sayable = world.plan.faults.restores === 0 && !venue.heldTooLong.has(clientOrderId);
    if (denies && acceptedIds.has(clientOrderId) && sayable) {
      breaches.push(breach('3 true state', `${clientOrderId} is ${record.state}, and the venue accepted it`));
    }
  }
  const open = [...accountOf(venue.state, account).open.values()].filter(({ clientId }) => clientId !== '');
  breaches.push(...open.map(({ clientId }) => breach('3 nothing left', `${clientId} still rests at the venue`)));
  for (const { child, finished, workflowId } of parents.all) {
    if (child?.running === true && !finished)
      breaches.push(breach('3 workflow ended', `${workflowId} is ${child.state.phase}`));
  }
  return breaches;
}

/** 4: fills in the ledger are the venue's, by trade id, to the last unit. */
/** The desk has sent nothing in the market yet: it watches a market's trades from its first order on. */
function isBeforeDesk(judged: Pick<Judged, 'store' | 'truth'>, { symbol, venueMs }: Fill): boolean {
  const symbolOf = (id: string) => judged.store.held.state.orders.get(id)?.record.intent.symbol;
  return judged.truth.sent.every((sent) => symbolOf(sent.clientOrderId) !== symbol || venueMs < sent.sentMs);
}

function fillsEqual({ store, venue, truth }: Judged): Breach[] {
  const ours = new Map(
    [...store.held.state.fills.values()].map(({ fill }) => [`${fill.symbol} ${fill.tradeId}`, fill]),
  );
  const breaches: Breach[] = [];
  for (const fill of venue.fills) {
    const key = `${fill.symbol} ${fill.tradeId}`;
    const known = ours.get(key);
    ours.delete(key);
    // By hand, on a market that the desk has no order in: seen as a change of the balance, not as a trade.
    if (known === undefined && isBeforeDesk({ store, truth }, fill)) continue;
    if (known === undefined) breaches.push(breach('4 no fill lost', `trade ${key} is not in the ledger`));
    else if (
      (['amount', 'price', 'quoteAmount', 'fee'] as const).some((field) => units(known[field]) !== units(fill[field]))
    ) {
      breaches.push(breach('4 true numbers', `trade ${key} has other numbers in the ledger`));
    }
  }
  for (const key of ours.keys()) breaches.push(breach('4 no fill invented', `trade ${key} is not the venue's`));
  return breaches;
}

/** 5: every transaction balances, and the assets are the venue's. */
function ledgerEqual({ store, venue }: Judged): Breach[] {
  const { state } = store.held;
  const entries = state.entries.map(({ entry }) => entry);
  const breaches = unbalanced(entries).map((text) => breach('5 balanced', text));
  for (const [asset, { total }] of accountOf(venue.state, account).balances) {
    const held = entries
      .filter((entry) => entry.ledgerAccount === 'assets' && entry.asset === asset)
      .reduce((sum, { amount }) => sum + units(amount), 0n);
    const real = units(formatDecimal(total, 8));
    if (held !== real)
      breaches.push(breach('5 ledger is the venue', `${asset}: ledger ${unitText(held)}, venue ${unitText(real)}`));
  }
  const applied = new Map<string, bigint>();
  for (const { fill, clientOrderId } of state.fills.values()) {
    applied.set(clientOrderId, (applied.get(clientOrderId) ?? 0n) + units(fill.amount));
  }
  for (const { record } of state.orders.values()) {
    const sum = applied.get(record.intent.clientOrderId) ?? 0n;
    if (sum !== units(record.appliedExecuted)) {
      breaches.push(
        breach(
          '5 applied is the fills',
          `${record.intent.clientOrderId}: ${record.appliedExecuted}, fills ${unitText(sum)}`,
        ),
      );
    }
  }
  return breaches;
}

/** 6: limits at the venue, with everything that rests counted as filled. */
function withinLimits({ world, venue }: Judged): Breach[] {
  const { limits, faults } = world.plan;
  const price = units(usualPrice);
  const notional = (amount: bigint) => (amount * price) / units('1');
  const breaches: Breach[] = [];
  // What others trade in the account is known to the guard only afterwards, as is what the venue gives too much or late.
  const disturbed = faults.manualTrades + faults.overfills + faults.restores + venue.heldTooLong.size > 0;
  for (const order of venue.accepted) {
    if (notional(size(order.amount)) > units(limits.maxOrderNotional)) {
      breaches.push(breach('6 order notional', `${order.clientOrderId}: ${unitText(size(order.amount))}`));
    }
    if (!disturbed && notional(size(order.worstAmount)) > units(limits.maxPositionNotional)) {
      breaches.push(breach('6 position', `${order.symbol} could reach ${unitText(size(order.worstAmount))}`));
    }
  }
  for (const { worstOfAll, acceptedMs, clientOrderId } of venue.accepted) {
    if (!disturbed && notional(size(worstOfAll)) > units(limits.maxExposureNotional)) {
      breaches.push(breach('6 exposure', `${clientOrderId} at ${acceptedMs - startMs}: ${unitText(size(worstOfAll))}`));
    }
  }
  const within = (order: Accepted, ms: number) =>
    venue.accepted.filter(({ acceptedMs }) => acceptedMs <= order.acceptedMs && acceptedMs > order.acceptedMs - ms);
  if (venue.heldTooLong.size > 0) return breaches;
  // What reduces has a reserve of its own a minute, and passes the limit of the day.
  const increases = (order: Accepted) => (disturbed ? order.positionBefore === 0n : !reducesThere(order));
  const { maxOrdersPerMinute: most } = limits;
  for (const order of venue.accepted) {
    const minute = within(order, 60_000);
    const entries = minute.filter(increases).length;
    if (entries > most || minute.length > most + minuteReserve(most))
      breaches.push(breach('6 orders a minute', `${entries} of ${minute.length} at ${order.acceptedMs - startMs}`));
    const day = within(order, 86_400_000).filter(increases);
    const spent = day.reduce((sum, each) => sum + notional(size(each.amount)), 0n);
    if (spent > units(limits.maxNotionalPerDay)) breaches.push(breach('6 notional a day', unitText(spent)));
  }
  return breaches;
}

/** By the venue's truth: whether the order made a position smaller, with what rested on its side. */
const reducesThere = ({ positionBefore: before, side, amount, restingBefore }: Accepted): boolean =>
  before !== 0n && before > 0n === (side === 'sell') && amount + restingBefore <= (before < 0n ? -before : before);

/** 7: nothing is signed a second after a halt, and nothing increases exposure while reducing. */
function modesObeyed({ truth, venue, world }: Judged): Breach[] {
  const breaches: Breach[] = [];
  const roomMs = signedAheadMs(world.plan.faults);
  for (const [index, { mode, fromMs }] of truth.modes.entries()) {
    const untilMs = truth.modes[index + 1]?.fromMs ?? Infinity;
    const late = [...truth.submitted].filter(([, { atMs }]) => atMs > fromMs && atMs < untilMs);
    for (const [id] of late) if (mode === 'HALTED') breaches.push(breach('7 submitted while halted', id));
    const after = venue.accepted.filter(
      ({ timestampMs }) => timestampMs > fromMs + roomMs && timestampMs < untilMs - 3_500,
    );
    for (const order of after) {
      if (mode === 'HALTED')
        breaches.push(breach('7 halted', `${order.clientOrderId} was signed ${order.timestampMs - fromMs} ms after`));
      const { positionBefore: before, side } = order;
      const reduces = reducesThere(order);
      const disturbed = world.plan.faults.manualTrades + world.plan.faults.overfills + venue.heldTooLong.size > 0;
      if (mode === 'REDUCING' && !reduces && !disturbed) {
        breaches.push(breach('7 reducing', `${order.clientOrderId} ${side} ${order.amount} from ${before}`));
      }
    }
  }
  return breaches;
}

/** What a person has to hear of is told, and the symbol stands still. */
function alarmsRaised({ store, world }: Judged): Breach[] {
  const { alerts, orders, accounts } = store.held.state;
  const kinds = new Set([...alerts.keys()].map((key) => key.split(':')[1] ?? ''));
  const over = [...orders.values()].filter(({ record }) => units(record.appliedExecuted) > units(record.intent.amount));
  const breaches: Breach[] = [];
  if (world.plan.faults.restores > 0) return breaches;
  for (const { record } of over) {
    const { clientOrderId, symbol } = record.intent;
    const halted = accounts.get(account)?.haltedSymbols.some((halt) => halt.symbol === symbol) ?? false;
    if (!kinds.has('overfill') || !halted) {
      breaches.push(breach('8 overfill is told', `${clientOrderId} ${symbol} halted: ${halted}`));
    }
  }
  return breaches;
}

/** At rest the guard holds nothing back, and its positions are the venue's. */
function guardEqual({ guard, venue, store, truth }: Judged): Breach[] {
  const { state } = guard;
  if (state === undefined) return [breach('6 guard at rest', 'it never loaded')];
  const breaches = state.reservations.map(({ clientOrderId }) =>
    breach('6 guard at rest', `${clientOrderId} is still reserved`),
  );
  for (const symbol of symbols) {
    if (![...store.held.state.orders.values()].some(({ record }) => record.intent.symbol === symbol)) continue;
    const ours = new Set(
      [...store.held.state.fills.values()].flatMap(({ fill }) => (fill.symbol === symbol ? [fill.tradeId] : [])),
    );
    const real = venue.fills
      .filter((fill) => fill.symbol === symbol && (ours.has(fill.tradeId) || !isBeforeDesk({ store, truth }, fill)))
      .reduce((sum, { side, amount }) => sum + (side === 'buy' ? 1n : -1n) * units(amount), 0n);
    const held = units(state.positions[symbol] ?? '0');
    if (held !== real)
      breaches.push(breach('6 guard knows positions', `${symbol}: ${unitText(held)}, venue ${unitText(real)}`));
  }
  return breaches;
}
