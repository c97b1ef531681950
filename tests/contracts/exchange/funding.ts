import { describe, expect, test } from 'vitest';
import { units } from '../../../core/orders/amount.ts';
import type { Exchange, FundingPayment } from '../../../core/ports/exchange.ts';
import { accept, type VenueStand, type WithStand } from './stand.ts';

const periodMs = 8 * 3_600_000;

export async function allFunding(
  fundingSince: NonNullable<Exchange['fundingSince']>,
  { symbol }: Pick<VenueStand, 'symbol'>,
  sinceMs: number,
): Promise<readonly FundingPayment[]> {
  const payments: FundingPayment[] = [];
  let cursor: string | undefined;
  do {
    const page = await fundingSince({ symbols: [symbol], sinceMs, cursor });
    payments.push(...page.payments);
    cursor = page.next;
  } while (cursor !== undefined);
  return payments;
}

/** What holding a perpetual costs; a venue that has none says nothing of it. */
export function fundingContract(name: string, withStand: WithStand): void {
  describe(`${name}: funding`, () => {
    test(
      'each payment once, with its own id, exactly what the balance moved by',
      withStand(
        async (stand) => {
          const { exchange, symbol, quote, pass } = stand;
          const { fundingSince } = exchange;
          expect(fundingSince !== undefined).toBe(exchange.traits.hasPositions);
          if (fundingSince === undefined) return;
          const sinceMs = await exchange.serverTimeMs();
          expect(await allFunding(fundingSince, stand, sinceMs)).toEqual([]);
          await accept(stand);
          const total = async () => {
            const held = (await exchange.balances()).find(({ asset }) => asset === quote);
            return units(held?.free ?? '') + units(held?.locked ?? '');
          };
          const before = await total();
          await pass(2 * periodMs);
          await exchange.serverTimeMs();
          const told = { venue: exchange.traits.venue, symbol, asset: quote };
          const payments = await allFunding(fundingSince, stand, sinceMs);
          expect(payments).toMatchObject([told, told]);
          expect(new Set(payments.map(({ fundingId }) => fundingId)).size).toBe(2);
          expect(payments.map(({ venueMs }) => venueMs % periodMs)).toEqual([0, 0]);
          // A long pays where the rate is above zero, as it is at a price that stands.
          for (const { amount } of payments) expect(units(amount)).toBeLessThan(0n);
          expect(payments.reduce((sum, { amount }) => sum + units(amount), 0n)).toBe((await total()) - before);
          const [, second] = payments;
          expect(await allFunding(fundingSince, stand, second?.venueMs ?? 0)).toEqual([second]);
          expect(await allFunding(fundingSince, stand, (second?.venueMs ?? 0) + 1)).toEqual([]);
        },
        { stepMs: 3_600_000 },
      ),
    );
  });
}
