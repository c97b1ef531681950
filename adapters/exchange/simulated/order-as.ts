import { parseDecimal } from '../../../core/venue/decimal.ts';
import { placeOrder } from '../../../core/venue/orders.ts';
import { takersAccount } from '../../../core/venue/state.ts';
import { ControlError, textIn, type Body } from './control-body.ts';
import type { Simulation } from './simulation.ts';

/** Places an order for an account (the house's takers where none is named), without protocol: the counterparty. */
export function orderAs(simulation: Simulation, body: Body): unknown {
  const venueName = textIn(body, 'venue');
  const symbol = textIn(body, 'symbol');
  const side = textIn(body, 'side');
  if (side !== 'buy' && side !== 'sell') throw new ControlError(`side: expected buy or sell, found ${side}`);
  const simulated = simulation.markets.find(
    ({ venue, market, kraken }) => venue === venueName && [market.id, kraken?.altname, kraken?.symbol].includes(symbol),
  );
  if (simulated === undefined) throw new ControlError(`no market ${symbol} at ${venueName}`);
  const { market } = simulated;
  const amount = (name: string, decimals: number) => {
    const value = parseDecimal(textIn(body, name), decimals);
    if (typeof value !== 'bigint') throw new ControlError(`${name}: ${value} at ${decimals} decimals`);
    return value;
  };
  const quantity = amount('quantity', market.quantityDecimals);
  const price = body.price === undefined ? undefined : amount('price', market.priceDecimals);
  const placed = placeOrder(simulation.venue(simulated.venue), {
    account: typeof body.account === 'string' ? body.account : takersAccount,
    market: market.id,
    side,
    quantity,
    ...(price === undefined ? { type: 'market' } : { type: 'limit', price }),
  });
  if ('refused' in placed) throw new ControlError(`the engine refused: ${placed.refused}`);
  return { orderId: placed.order.id, status: placed.order.status };
}
