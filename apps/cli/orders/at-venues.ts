import { openAccounts } from '../../../adapters/credentials/open-accounts.ts';
import { errorDocument, errorLine } from '../../../core/errors.ts';
import { deskErrorOfVenue } from '../../../core/order-desk/venue-failures.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';

/** What an account's venue answered, or why it did not: one venue that is away hides nothing of the others. */
export type VenueAnswer<T> = Readonly<{ account: string; answer?: T; failure?: string }>;

/** Asks the venues of accounts, all at once. */
export async function atVenues<T>(
  accounts: readonly string[],
  ask: (exchange: Exchange, account: string) => Promise<T>,
): Promise<readonly VenueAnswer<T>[]> {
  const opened = openAccounts();
  try {
    return await Promise.all(
      accounts.map(async (account): Promise<VenueAnswer<T>> => {
        try {
          return { account, answer: await ask(await opened.exchange(account), account) };
        } catch (thrown) {
          return { account, failure: errorLine(errorDocument(deskErrorOfVenue(thrown))) };
        }
      }),
    );
  } finally {
    await opened.close();
  }
}
