import { relock } from './funds.ts';
import { notionalToQuote } from './market.ts';
import { accountOf, assetOf, balanceOf, marketOf, type MarketState, type VenueState } from './state.ts';

/** Hours between fundings; they fall on 00:00, 08:00 and 16:00 UTC. */
const fundingPeriodMs = 8 * 3_600_000;

export const nextFundingMs = (nowMs: number): number => (Math.floor(nowMs / fundingPeriodMs) + 1) * fundingPeriodMs;

export type FundingPayment = Readonly<{
  account: string;
  market: string;
  asset: string;
  /** What the account receives (negative: pays). */
  amount: bigint;
  timeMs: number;
}>;

/**
 * Longs pay shorts size x mark x rate (rate in hundred-millionths); negative rates the other way. House accounts take
 * the other side, and the unit that rounding leaves over goes to the makers, so that the sum over all accounts is 0.
 */
export function payFunding(state: VenueState, market: MarketState, ratePer1e8: bigint): FundingPayment[] {
  const { id, quote } = market.market;
  const payments: FundingPayment[] = [];
  let balance = 0n;
  for (const account of state.accounts.values()) {
    const size = account.positions.get(id)?.size ?? 0n;
    if (size === 0n) continue;
    const value = notionalToQuote(market.market, size * market.markPrice, assetOf(state, quote));
    const amount = -(value * ratePer1e8) / 100_000_000n;
    balanceOf(account, quote).total += amount;
    balance += amount;
    if (account.house) continue;
    payments.push({ account: account.id, market: id, asset: quote, amount, timeMs: state.nowMs });
    state.emit({ type: 'balances', account: account.id, assets: [quote], reason: 'funding', market: id });
  }
  const makers = [...state.accounts.values()].find(({ house }) => house);
  if (makers !== undefined) balanceOf(makers, quote).total -= balance;
  return payments;
}

/** Sets an account's leverage for a market; what its open orders set aside follows. */
export function setLeverage(
  state: VenueState,
  { account: id, market, leverage }: Readonly<{ account: string; market: string; leverage: number }>,
): void {
  const account = accountOf(state, id);
  account.leverage.set(market, leverage);
  for (const order of account.open.values()) {
    if (order.market === market) relock(state, marketOf(state, market), order, account);
  }
}
