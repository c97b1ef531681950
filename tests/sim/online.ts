import { units, unitText } from '../../core/orders/amount.ts';
import { isSettled } from '../../core/orders/order-machine.ts';
import type { Judged } from './invariants.ts';
import { symbols } from './venue.ts';

/** What must hold at every moment, looked at each second; the end judges the rest. */
export function watchOnline({ world, venue, store, guard, truth }: Judged): void {
  const { state } = guard;
  const { faults } = world.plan;
  // What others do in the account, and a store that has forgotten, are known to the guard only afterwards.
  if (state === undefined || faults.manualTrades + faults.overfills + faults.restores + venue.heldTooLong.size > 0)
    return;
  const rows = [...store.held.state.orders.values()].map(({ record }) => record);
  for (const symbol of symbols) {
    const busy =
      state.reservations.some((held) => held.symbol === symbol) ||
      rows.some((record) => record.intent.symbol === symbol && !isSettled(record)) ||
      venue.openFor(symbol);
    if (busy) continue;
    const real = venue.fills
      .filter((fill) => fill.symbol === symbol)
      .reduce((sum, { side, amount }) => sum + (side === 'buy' ? 1n : -1n) * units(amount), 0n);
    const held = units(state.positions[symbol] ?? '0');
    if (held === real) continue;
    const text = `${symbol}: with nothing under way ${unitText(held)}, venue ${unitText(real)}`;
    truth.seen.push({ rule: '6 guard knows positions', text });
  }
}
