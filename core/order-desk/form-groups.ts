import { DeskError } from '../errors.ts';
import { netIntents } from '../orders/netting.ts';
import { sameWant, type Want } from '../orders/want.ts';
import type { FormedGroups } from '../orders/want-queue.ts';
import type { NettedGroup, OrderStore } from '../ports/order-store.ts';
import { marketOf } from './apply-event.ts';
import { checkPrice, type PriceCheck } from './check-price.ts';
import type { OrderDesk } from './desk.ts';
import { askVenue } from './venue-failures.ts';

export type WaitingWants = Readonly<{
  symbol: string;
  wants: readonly Want[];
  /** What the ids of the legs are to be made of, where a group is new. */
  seed: string;
}>;

/**
 * What waits at one decision, as stored groups: the ones that these wants are in already (after a reset, a crash or a
 * repeat), and one new group of the others. A group is written before anything of it is sent, and never changed.
 * Where the account or the symbol is halted, or its price is not to be trusted, new wants are refused.
 */
export async function formGroups(desk: OrderDesk, waiting: WaitingWants, price: PriceCheck): Promise<FormedGroups> {
  const { symbol, wants } = waiting;
  const market = await marketOf(desk.exchange, symbol);
  const known = await knownGroups(desk.orders, wants);
  const fresh = wants.filter(({ intentId }) => !known.seen.has(intentId));
  if (fresh.length === 0) return { groups: known.groups, refused: known.refused };
  const refusal = await refusalNow(desk, symbol, price);
  if (refusal !== undefined) {
    const refused = fresh.map(({ intentId }) => ({ intentId, reason: refusal }));
    return { groups: known.groups, refused: [...known.refused, ...refused] };
  }
  const group = await storeGroup(desk, fresh, { ...waiting, symbol: market.symbol });
  return { groups: [...known.groups, group], refused: known.refused };
}

/** Groups that the wants are in, and wants that are known with another content. */
async function knownGroups(orders: OrderStore, wants: readonly Want[]) {
  const groups = new Map<string, NettedGroup>();
  const refused: { intentId: string; reason: string }[] = [];
  const seen = new Set<string>();
  for (const want of wants) {
    const group = await orders.groupOfIntent(want.intentId);
    if (group === undefined) continue;
    seen.add(want.intentId);
    const member = group.members.find(({ intentId }) => intentId === want.intentId);
    const isSame = member !== undefined && sameWant({ ...member, symbol: group.symbol }, want);
    if (isSame) groups.set(group.groupId, group);
    else refused.push({ intentId: want.intentId, reason: 'its id is known with another content' });
  }
  return { groups: [...groups.values()], refused, seen };
}

/** Books trade with each other only while the account may trade, and at a price that a second source confirms. */
async function refusalNow(desk: OrderDesk, symbol: string, price: PriceCheck): Promise<string | undefined> {
  const { mode, reason, haltedSymbols } = await desk.orders.accountState(desk.account);
  if (mode === 'HALTED') return `the account is HALTED${reason === '' ? '' : `: ${reason}`}`;
  const halt = haltedSymbols.find((each) => each.symbol === symbol);
  if (halt !== undefined) return `${symbol} is halted: ${halt.reason}`;
  return checkPrice(desk, { symbol, side: 'buy', type: 'market' }, price);
}

async function storeGroup(desk: OrderDesk, fresh: readonly Want[], { seed }: WaitingWants): Promise<NettedGroup> {
  const { account, orders, exchange, nowMs } = desk;
  const [plan] = netIntents(fresh, account, nowMs());
  if (plan === undefined) throw new DeskError('Internal', 'no want is left to be netted');
  const { price: middle } = await askVenue(exchange.referencePrice(plan.group.symbol));
  const written = await orders.putGroup({ ...plan.group, seed, middle });
  const stored = written === 'changed' ? undefined : await orders.group(plan.group.groupId);
  // An attempt of ours that was given up on may have stored some of them a moment ago: asked again, they are known.
  if (stored === undefined) throw new DeskError('StoreUnavailable', 'the wants were grouped meanwhile');
  return stored;
}
