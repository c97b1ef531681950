import { DeskError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';

/** The account that a person named, or every account that the store knows. NotFound for one that it does not know. */
export async function accountNames(store: OrderStore, name: string | undefined): Promise<readonly string[]> {
  const known = await store.accounts();
  if (name === undefined || known.includes(name)) return name === undefined ? known : [name];
  const nearest = nearestName(name, known);
  throw new DeskError('NotFound', 'the store knows no such account', {
    path: '--account',
    expected: known.length === 0 ? 'an account that has had an order; there is none' : known.join(', '),
    found: name,
    ...(nearest !== undefined && { nearest }),
  });
}
