import type { ReferencePrice } from '../ports/exchange.ts';
import type { OrderDecision } from '../ports/order-store.ts';

/** What the decision is called that keeps the price at which an order went out. */
const priced = 'priced';

type Noted = Readonly<{ account: string; clientOrderId: string; by: string; atMs: number }>;

/** The venue's price of a moment before the order is sent: what its execution is measured against later. */
export const arrivalDecision = (noted: Noted, { price, source }: ReferencePrice): OrderDecision => ({
  ...noted,
  what: priced,
  why: `${price} at the venue (${source}) before it was sent`,
});

/** Of an order's decisions, oldest first; undefined where none was noted. A decimal string. */
export const arrivalPriceOf = (decisions: readonly OrderDecision[]): string | undefined => {
  const last = decisions.findLast(({ what }) => what === priced);
  return last === undefined ? undefined : /^\d+(?:\.\d+)?(?= )/.exec(last.why)?.[0];
};
