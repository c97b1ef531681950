import { absolute, units, unitText } from '../../core/orders/amount.ts';
import type { Breach, Judged } from './invariants.ts';

/** One unit of the venue's ledger. */
const unit = 10n ** 10n;

/** What each member of a netted group got: all of the smaller side crossed, the larger side pro rata to size. */
export function judgeBooks({ groups, venue, store, world }: Judged): Breach[] {
  const { faults } = world.plan;
  if (faults.restores + faults.overfills + venue.heldTooLong.size > 0) return [];
  const entries = store.held.state.entries.map(({ entry }) => entry);
  return groups.all.flatMap(({ plan, workflowId, clientOrderIds, finished }) => {
    if (!finished) return [{ rule: '3 workflow ended', text: `${workflowId} has not shared out` }];
    const { members, symbol } = plan.group;
    const base = symbol.slice(0, 3);
    const fills = venue.fills.filter(({ clientOrderId = '' }) => clientOrderIds.includes(clientOrderId));
    const traded = fills.reduce((sum, { amount }) => sum + units(amount), 0n);
    const sizeOf = (side: 'buy' | 'sell') =>
      members.filter((member) => member.side === side).reduce((sum, { amount }) => sum + units(amount), 0n);
    const [bought, sold] = [sizeOf('buy'), sizeOf('sell')];
    const larger = bought >= sold ? 'buy' : 'sell';
    const crossed = bought < sold ? bought : sold;
    return members.flatMap(({ book, side, amount }): Breach[] => {
      const held = entries
        .filter((entry) => entry.book === book && entry.asset === base)
        .filter(({ ledgerAccount }) => ledgerAccount === 'trading' || ledgerAccount === 'crossing')
        .reduce((sum, entry) => sum - units(entry.amount), 0n);
      const whole = side === larger ? ((crossed + traded) * units(amount)) / sizeOf(side) : units(amount);
      const fair = side === 'buy' ? whole : -whole;
      const room = unit * BigInt(fills.length + 2);
      if (absolute(held - fair) <= room) return [];
      return [{ rule: '5 books are fair', text: `${book}: ${unitText(held)}, fair ${unitText(fair)}` }];
    });
  });
}
