import { answerContract } from './exchange/answers.ts';
import { fundingContract } from './exchange/funding.ts';
import { limitContract } from './exchange/limits.ts';
import { lookContract } from './exchange/looks.ts';
import { orderContract } from './exchange/orders.ts';
import { withStandOf, type StandFactory } from './exchange/stand.ts';
import { unknownOutcomeContract } from './exchange/unknown-outcomes.ts';

/**
 * What every `Exchange` does (core/ports/exchange.ts), each test on a venue of its own.
 *
 * To add a venue that ccxt knows:
 *
 * 1. Try it first as it is: every venue of ccxt opens through its unified calls (adapters/exchange/other). That is good
 *    for reading; for orders it is as careful as ccxt is exact, and has no deadline.
 * 2. Give it a table of errors in adapters/exchange/errors/, by the venue's own codes or texts: what surely was not
 *    accepted is `rejected` or `rateLimited`; what a copy of an accepted order could get, and what you are not sure of,
 *    stays `unknown`. Each row gets a line in the table's test.
 * 3. Give it its requests in a folder of its own (copy adapters/exchange/kraken): create with our client order id and the
 *    submission's timestamp and deadline, a look by both ids in open and ended orders, fills page by page. Use ccxt for
 *    signing and markets (`session.request`), read answers with zod, keep figures as texts.
 * 4. Give it its prices in adapters/exchange/rate-budget/, its addresses in adapters/exchange/ccxt/addresses.ts, and one
 *    entry in adapters/exchange/venues.ts.
 * 5. Give this suite a `StandFactory`: the venue in a test's hands, with its own books as the judge. For Binance and
 *    Kraken that is the simulated exchange (exchange/simulated-stand.ts); another venue needs its protocol there, in
 *    adapters/exchange/simulated/, before its orders are worth money. Then one line in a test:
 *    `exchangeContract('Kraken spot', simulatedStand(krakenVenue))`.
 */
export function exchangeContract(name: string, open: StandFactory): void {
  const withStand = withStandOf(open);
  answerContract(name, withStand);
  orderContract(name, withStand);
  unknownOutcomeContract(name, withStand);
  lookContract(name, withStand);
  limitContract(name, withStand);
  fundingContract(name, withStand);
}
