import type { GuardLimits } from '../../../core/orders/guard-types.ts';
import { terminalStates, type Fill, type OrderState } from '../../../core/orders/types.ts';
import type { LedgerEntry, OrderRecord } from '../../../core/ports/order-store.ts';
import { formatDecimal } from '../../../core/venue/decimal.ts';
import { exact, scale, type Journal } from './journal.ts';
import { limitFindings } from './judge-limits.ts';
import { modeFindings, type ModeSpan } from './judge-modes.ts';

/** What the desk's store holds when everything has come to rest. */
export type DeskBooks = Readonly<{
  orders: readonly OrderRecord[];
  fills: readonly Fill[];
  entries: readonly LedgerEntry[];
  /** When an id was submitted: host time of the row, by id. */
  submittedMs: ReadonlyMap<string, number>;
}>;

export type Circumstances = Readonly<{
  limits: GuardLimits;
  /** Balances before the first order, as the exchange had them. */
  opening: Journal['balances'];
  modes: readonly ModeSpan[];
  /** Orders that a person or another program placed: not ours, but their fills are to be in the ledger. */
  isForeign: (clientOrderId: string) => boolean;
  /** Ids that a store restored from a backup cannot have: their fills are to be in the ledger all the same. */
  forgotten: ReadonlySet<string>;
}>;

/** One broken invariant of reliability.md (c). */
export type Finding = Readonly<{
  invariant: 'S1' | 'S2' | 'E3' | 'E4' | 'S5' | 'E5' | 'S6' | 'S7' | 'stop' | 'E12' | 'E13' | 'exchange';
  what: string;
}>;

/** Judges by the exchange's journal; the desk's own word is only what is judged. Empty: nothing lost, nothing doubled. */
export function judge(journal: Journal, desk: DeskBooks, given: Circumstances): Finding[] {
  return [
    ...journal.broken.map((what): Finding => ({ invariant: 'exchange', what })),
    ...doubled(journal, desk, given),
    ...unannounced(journal, desk, given),
    ...unfinished(desk),
    ...contradicted(journal, desk),
    ...fillDifferences(journal, desk),
    ...unbalancedEntries(desk),
    ...balanceDifferences(journal, desk, given),
    ...positionDifferences(journal, desk),
    ...limitFindings(journal, given.limits, given.isForeign).map((what): Finding => ({ invariant: 'S6', what })),
    ...modeFindings(journal, desk, given).map((what): Finding => ({ invariant: 'S7', what })),
    ...struckStops(journal),
  ];
}

/** S1: an id is accepted once, and of an intent and its successors one at most; `reason` names the leg of an episode's plan. */
function doubled({ orders }: Journal, desk: DeskBooks, { isForeign }: Circumstances): Finding[] {
  const lineage = new Map(desk.orders.map(({ intent }) => [intent.clientOrderId, intent.reason]));
  const accepted = new Map<string, string[]>();
  const add = (key: string, id: string) => accepted.set(key, [...(accepted.get(key) ?? []), id]);
  for (const { clientOrderId, venueOrderId } of orders.filter((order) => !isForeign(order.clientOrderId))) {
    add(`id ${clientOrderId}`, venueOrderId);
    const line = lineage.get(clientOrderId);
    if (line !== undefined) add(`intent ${line}`, venueOrderId);
  }
  return [...accepted]
    .filter(([, ids]) => ids.length > 1)
    .map(([key, ids]) => ({ invariant: 'S1', what: `${key} was accepted ${ids.length} times: ${ids.join(', ')}` }));
}

/** S2: what the venue accepted is known to the store, and was submitted there with the times that were signed. */
function unannounced({ orders }: Journal, desk: DeskBooks, { isForeign, forgotten }: Circumstances): Finding[] {
  const records = new Map(desk.orders.map((record) => [record.intent.clientOrderId, record]));
  return orders.flatMap(({ clientOrderId, signedWireMs, deadlineWireMs }): Finding[] => {
    if (isForeign(clientOrderId) || forgotten.has(clientOrderId)) return [];
    const submission = records.get(clientOrderId)?.submission;
    if (submission === undefined)
      return [{ invariant: 'S2', what: `${clientOrderId} was accepted and never submitted` }];
    const sameTimes =
      (signedWireMs === undefined || signedWireMs === submission.timestampMs) &&
      deadlineWireMs === submission.deadlineMs;
    if (sameTimes) return [];
    const [signed, stored] = [
      `${signedWireMs} to ${deadlineWireMs}`,
      `${submission.timestampMs} to ${submission.deadlineMs}`,
    ];
    return [{ invariant: 'S2', what: `${clientOrderId} was signed for ${signed}, stored was ${stored}` }];
  });
}

/** E3: nothing is left open, nothing unknown. */
const unfinished = ({ orders }: DeskBooks): Finding[] =>
  orders
    .filter(({ state }) => !terminalStates.includes(state))
    .map(({ intent, state }) => ({ invariant: 'E3', what: `${intent.clientOrderId} is still ${state}` }));

/** E3: what the venue accepted has not ended as if it never had. */
function contradicted({ orders }: Journal, desk: DeskBooks): Finding[] {
  const accepted = new Set(orders.map(({ clientOrderId }) => clientOrderId));
  return desk.orders
    .filter(({ intent, state }) => accepted.has(intent.clientOrderId) && neverAccepted.includes(state))
    .map(({ intent, state }) => ({ invariant: 'E3', what: `${intent.clientOrderId} is ${state} and was accepted` }));
}

const neverAccepted: readonly OrderState[] = ['denied', 'rejected', 'notSent'];

/** E4: fills of the ledger and of the exchange are the same, trade by trade and to the last digit. */
function fillDifferences(journal: Journal, desk: DeskBooks): Finding[] {
  const text = (...parts: (string | bigint)[]) =>
    parts.map((part) => (typeof part === 'bigint' ? formatDecimal(part, scale) : part)).join(' ');
  const theirs = new Map(
    journal.fills.map((fill) => [
      `${fill.symbol} ${fill.tradeId}`,
      text(fill.side, fill.quantity, fill.price, fill.quote, fill.fee, fill.feeAsset),
    ]),
  );
  const seen = new Set<string>();
  const findings = desk.fills.flatMap((fill): Finding[] => {
    const key = `${fill.symbol} ${fill.tradeId}`;
    const again = seen.has(key);
    seen.add(key);
    if (again) return [{ invariant: 'E4', what: `fill ${key} is stored twice` }];
    const ours = text(
      fill.side,
      exact(fill.amount),
      exact(fill.price),
      exact(fill.quoteAmount),
      exact(fill.fee),
      fill.feeAsset,
    );
    const their = theirs.get(key);
    if (their === ours) return [];
    return [{ invariant: 'E4', what: `fill ${key} is ${ours} here and ${their ?? 'nothing'} at the venue` }];
  });
  const lost = [...theirs].filter(([key]) => !seen.has(key));
  return [
    ...findings,
    ...lost.map(([key, their]): Finding => ({ invariant: 'E4', what: `fill ${key} is lost: ${their}` })),
  ];
}

/** S5: each transaction sums to zero per asset. */
function unbalancedEntries({ entries }: DeskBooks): Finding[] {
  const sums = new Map<string, bigint>();
  for (const { transactionId, asset, amount } of entries) {
    const key = `${transactionId} ${asset}`;
    sums.set(key, (sums.get(key) ?? 0n) + exact(amount));
  }
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .map(([key, sum]) => ({ invariant: 'S5', what: `${key} sums to ${formatDecimal(sum, scale)}` }));
}

/**
 * E5: the ledger's balances are the venue's. Where the ledger never booked what was there before, the movement is
 * compared.
 */
function balanceDifferences(journal: Journal, { entries }: DeskBooks, { opening }: Circumstances): Finding[] {
  const held = (asset: string) =>
    entries
      .filter((entry) => entry.ledgerAccount.startsWith('assets') && entry.asset === asset)
      .reduce((sum, { amount }) => sum + exact(amount), 0n);
  const wasOpened = (asset: string) =>
    entries.some((entry) => entry.ledgerAccount === 'external' && entry.asset === asset);
  return Object.entries(journal.balances).flatMap(([asset, total]): Finding[] => {
    const expected = wasOpened(asset) ? total : total - (opening[asset] ?? 0n);
    const ours = held(asset);
    if (ours === expected) return [];
    const [here, there] = [formatDecimal(ours, scale), formatDecimal(expected, scale)];
    return [{ invariant: 'E5', what: `${asset} is ${here} in the ledger and ${there} at the venue` }];
  });
}

/** E5: the ledger's positions are the venue's; an episode begins without any. */
function positionDifferences({ positions }: Journal, { entries }: DeskBooks): Finding[] {
  const held = new Map<string, bigint>();
  for (const { ledgerAccount, asset, amount } of entries) {
    if (ledgerAccount.startsWith('positions')) held.set(asset, (held.get(asset) ?? 0n) + exact(amount));
  }
  return [...new Set([...held.keys(), ...Object.keys(positions)])].flatMap((symbol): Finding[] => {
    const [ours, theirs] = [held.get(symbol) ?? 0n, positions[symbol] ?? 0n];
    if (ours === theirs) return [];
    const [here, there] = [formatDecimal(ours, scale), formatDecimal(theirs, scale)];
    return [{ invariant: 'E5', what: `${symbol} is ${here} in the ledger and ${there} at the venue` }];
  });
}

/** The dead man's switch is off where a protective stop rests: it would leave the position without one. */
const struckStops = ({ orders }: Journal): Finding[] =>
  orders
    .filter(({ isStop, reason }) => isStop && reason === 'deadManSwitch')
    .map(({ clientOrderId }) => ({
      invariant: 'stop',
      what: `${clientOrderId} was canceled by the dead man's switch`,
    }));
