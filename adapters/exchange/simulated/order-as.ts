import { parseDecimal } from '../../../core/venue/decimal.ts';
import { placeOrder } from '../../../core/venue/orders.ts';
import { takersAccount } from '../../../core/venue/state.ts';
import { ControlError, type OrderAsBody } from './control-body.ts';
import type { Simulation } from './simulation.ts';

function positive(name: 'quantity' | 'price', text: string, decimals: number): bigint {
  const value = parseDecimal(text, decimals);
  if (typeof value !== 'bigint') throw new ControlError(`${name}: ${value} at ${decimals} decimals`);
  if (value <= 0n) throw new ControlError(`${name}: expected above 0, found ${text}`);
  return value;
}

/** Places an order for an account (the house's takers where none is named), without protocol: the counterparty. */
export function orderAs(
  simulation: Simulation,
  { venue: venueName, symbol, side, account, ...given }: OrderAsBody,
): unknown {
  const simulated = simulation.markets.find(
    ({ venue, market, kraken }) => venue === venueName && [market.id, kraken?.altname, kraken?.symbol].includes(symbol),
  );
  if (simulated === undefined) throw new ControlError(`no market ${symbol} at ${venueName}`);
  const { market } = simulated;
  const quantity = positive('quantity', given.quantity, market.quantityDecimals);
  const price = given.price === undefined ? undefined : positive('price', given.price, market.priceDecimals);
  const placed = placeOrder(simulation.venue(simulated.venue), {
    account: account ?? takersAccount,
    market: market.id,
    side,
    quantity,
    ...(price === undefined ? { type: 'market' } : { type: 'limit', price }),
  });
  if ('refused' in placed) throw new ControlError(`the engine refused: ${placed.refused}`);
  return { orderId: placed.order.id, status: placed.order.status };
}
