import { units, unitText } from '../../core/orders/amount.ts';
import { accountOf } from '../../core/venue/state.ts';
import type { Breach, Judged } from './invariants.ts';
import type { FaultPlan } from './plan.ts';
import { account } from './world.ts';

/** What callers were told, what stands still while it has to, and what nothing explains. */
export function judgeOutcomes(judged: Judged): Breach[] {
  return [
    outcomesTrue,
    idsApart,
    replansFew,
    haltsFinal,
    symbolsStill,
    pricesObeyed,
    correctionsFew,
    onceBooked,
    undeadTold,
  ].flatMap((check) => check(judged));
}

const breach = (rule: string, text: string): Breach => ({ rule, text });

/** What a caller was told of an order is what the venue executed of it. */
function outcomesTrue({ parents, venue, world }: Judged): Breach[] {
  if (world.plan.faults.overfills + world.plan.faults.restores > 0 || venue.heldTooLong.size > 0) return [];
  return parents.all.flatMap(({ outcomes, workflowId }) =>
    outcomes
      .flatMap(({ last, earlier }) => [...earlier, last])
      .flatMap(({ clientOrderId, executed }) => {
        const real = venue.fills
          .filter((fill) => fill.clientOrderId === clientOrderId)
          .reduce((sum, { amount }) => sum + units(amount), 0n);
        if (real === units(executed)) return [];
        return [
          breach(
            '4 outcome is true',
            `${workflowId} was told ${executed} of ${clientOrderId}, the venue says ${unitText(real)}`,
          ),
        ];
      }),
  );
}

/** Two decisions never share an id. */
function idsApart({ parents }: Judged): Breach[] {
  const owners = new Map<string, unknown>();
  const breaches: Breach[] = [];
  for (const parent of parents.all) {
    for (const { last, earlier } of parent.outcomes) {
      for (const { clientOrderId } of [last, ...earlier]) {
        const owner = owners.get(clientOrderId);
        if (owner !== undefined && owner !== parent)
          breaches.push(breach('1 one id, one intent', `${clientOrderId} served two decisions`));
        owners.set(clientOrderId, parent);
      }
    }
  }
  return breaches;
}

/** One that was concluded never accepted, and trades later, is told to a person, and its symbol stands still. */
function undeadTold({ venue, store, world }: Judged): Breach[] {
  const { orders, alerts, accounts } = store.held.state;
  if (world.plan.faults.restores > 0) return [];
  return venue.accepted.flatMap(({ clientOrderId, symbol }) => {
    if (orders.get(clientOrderId)?.record.state !== 'notSent') return [];
    // What came and went without a trace between two looks has harmed nobody.
    if (venue.fills.every((fill) => fill.clientOrderId !== clientOrderId)) return [];
    const told = [...alerts.values()].some((raised) => raised.clientOrderId === clientOrderId);
    const halted = accounts.get(account)?.haltedSymbols.some((halt) => halt.symbol === symbol) ?? false;
    if (told && halted) return [];
    return [breach('8 undead is told', `${clientOrderId} told: ${told}, ${symbol} halted: ${halted}`)];
  });
}

/** At most three new intents follow one that was never accepted. */
function replansFew({ parents }: Judged): Breach[] {
  return parents.all.flatMap(({ outcomes, workflowId }) =>
    outcomes
      .filter(({ earlier }) => earlier.length > 3)
      .map(({ earlier }) => breach('1 three new intents', `${workflowId} planned anew ${earlier.length} times`)),
  );
}

/** After a halt that much may be signed: a second, and more by a clock that stands before the venue's. */
export const signedAheadMs = ({ skewMs, driftPpm }: FaultPlan): number =>
  1_000 + (skewMs > 1_000 || driftPpm > 0 ? 3_500 : 0);

/** When a halt says that it is done nothing rests and nothing can come. */
function haltsFinal({ truth, venue, world }: Judged): Breach[] {
  if (world.plan.faults.manualTrades + world.plan.faults.overfills > 0 || venue.heldTooLong.size > 0) return [];
  const orders = [...accountOf(venue.state, account).orders.values()];
  return truth.haltsDone.flatMap(({ doneMs, resumedMs }) => [
    ...orders
      .filter(({ createdMs, updatedMs, status }) => createdMs <= doneMs && (status === 'open' || updatedMs > doneMs))
      .filter(({ updatedMs }) => updatedMs < resumedMs)
      .map(({ clientId }) => breach('7 halt is final', `${clientId} rested when the halt was done`)),
    ...venue.accepted
      .filter(({ acceptedMs }) => acceptedMs > doneMs && acceptedMs < resumedMs)
      .map(({ clientOrderId }) => breach('7 halt is final', `${clientOrderId} was accepted after the halt was done`)),
  ]);
}

/** No order of a halted symbol is submitted after it, nor signed a second later; symbols stay halted in these runs. */
function symbolsStill({ truth, venue, world }: Judged): Breach[] {
  if (world.plan.faults.restores > 0) return [];
  const roomMs = signedAheadMs(world.plan.faults);
  return truth.symbolHalts.flatMap(({ symbol, fromMs }) =>
    venue.accepted
      .filter((order) => order.symbol === symbol)
      .filter(({ clientOrderId, timestampMs }) => {
        const submittedMs = truth.submitted.get(clientOrderId)?.atMs ?? timestampMs;
        return submittedMs > fromMs || timestampMs > fromMs + roomMs;
      })
      .map(({ clientOrderId }) => breach('7 symbol halted', `${clientOrderId} was signed after ${symbol} was halted`)),
  );
}

/** Nothing is signed long into a time in which the price is zero or old: grant 5 s, clocks 6 s. */
function pricesObeyed({ truth, venue }: Judged): Breach[] {
  return truth.badPrices.flatMap(({ symbol, fromMs, untilMs }) =>
    venue.accepted
      .filter(
        (order) =>
          order.symbol === symbol && order.timestampMs > fromMs + 11_000 && order.timestampMs < untilMs - 3_500,
      )
      .map(({ clientOrderId }) => breach('6 price collar', `${clientOrderId} was signed while ${symbol} had no price`)),
  );
}

/** A correction has a cause: money that moved without an order of ours. */
function correctionsFew({ store, world, venue }: Judged): Breach[] {
  const { faults } = world.plan;
  if (faults.overfills + faults.restores > 0 || venue.heldTooLong.size > 0) return [];
  const corrections = store.held.state.entries
    .map(({ entry }) => entry)
    .filter((entry) => entry.ledgerAccount === 'external' && entry.source !== 'opening');
  const byAsset = Map.groupBy(corrections, ({ asset }) => asset);
  // Each trade by hand can be booked as a correction, and taken back when it is seen as a trade after all; a process
  // that was stopped between its look and its entry corrects by an old balance, and the next look takes that back.
  const stale = faults.pause > 0 ? 2 : 0;
  return [...byAsset]
    .filter(([, entries]) => entries.length > 2 * faults.manualTrades + stale + faults.deposits)
    .map(([asset, entries]) => breach('8 corrections have causes', `${asset} was corrected ${entries.length} times`));
}

/** The same difference is booked once: each deposit has a size of its own. */
function onceBooked({ store, world, venue }: Judged): Breach[] {
  const { faults } = world.plan;
  if (faults.overfills + faults.restores + faults.manualTrades > 0 || venue.heldTooLong.size > 0) return [];
  const booked = store.held.state.entries
    .map(({ entry }) => entry)
    .filter((entry) => entry.ledgerAccount === 'external' && entry.source !== 'opening');
  return [...Map.groupBy(booked, ({ asset, amount }) => `${amount} ${asset}`)]
    .filter(([, entries]) => entries.length > 1)
    .map(([what, entries]) => breach('8 corrected once', `${what} was booked ${entries.length} times`));
}
