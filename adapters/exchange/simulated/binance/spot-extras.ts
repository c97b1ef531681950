import type { BinanceCall, BinanceRoutes } from './host.ts';
import { marketNamed, marketsOf, needed } from './host.ts';
import { marketDataRoutes } from './market-data.ts';
import { averageMinutes, recentlyTraded } from './percent-price.ts';
import { ppmText } from './spot.ts';
import { styleOf } from './text.ts';

/** Volume-weighted price of the last five minutes. */
function averagePrice(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const { notional, quantity } = recentlyTraded(call.host, market);
  const price = styleOf(call.host, market).average(notional, quantity);
  return { mins: averageMinutes, price, closeTime: call.nowMs };
}

function accountCommission(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const none = { maker: ppmText(0n), taker: ppmText(0n), buyer: ppmText(0n), seller: ppmText(0n) };
  const [maker, taker] = [ppmText(market.makerFeePpm), ppmText(market.takerFeePpm)];
  return {
    symbol: market.id,
    standardCommission: { ...none, maker, taker },
    specialCommission: none,
    taxCommission: none,
    discount: { enabledForAccount: false, enabledForSymbol: false, discountAsset: 'BNB', discount: ppmText(0n) },
  };
}

/** Locked out of trading exactly when its key may not trade. */
const tradingStatus = ({ account, host, nowMs }: BinanceCall): unknown => ({
  data: {
    isLocked: !account.permissions.trade,
    plannedRecoverTime: 0,
    triggerCondition: { GCR: 150, IFER: 150, UFR: 300 },
    indicators: Object.fromEntries(marketsOf(host).map(({ market }) => [market.id, []])),
    updateTime: nowMs,
  },
});

const signed = { weight: 1, security: 'signed' } as const;

/** What other clients (python-binance, …) ask first or often, beside what ccxt does. */
export const spotExtraRoutes: BinanceRoutes = {
  'GET /api/v3/avgPrice': { weight: 2, security: 'none', answer: averagePrice },
  'GET /api/v3/uiKlines': marketDataRoutes['GET klines'],
  'GET /api/v3/account/commission': { ...signed, weight: 20, answer: accountCommission },
  'GET /sapi/v1/system/status': { weight: 1, security: 'none', answer: () => ({ status: 0, msg: 'normal' }) },
  'GET /sapi/v1/account/status': { ...signed, answer: () => ({ data: 'Normal' }) },
  'GET /sapi/v1/account/apiTradingStatus': { ...signed, answer: tradingStatus },
};
