import { formatDecimal, pow10 } from '../../../../core/venue/decimal.ts';
import { available } from '../../../../core/venue/funds.ts';
import { notionalToQuote } from '../../../../core/venue/market.ts';
import { setLeverage } from '../../../../core/venue/perpetuals.ts';
import { absolute, leverageOf, marginOf, unrealized } from '../../../../core/venue/positions.ts';
import { accountOf, assetOf, marketOf } from '../../../../core/venue/state.ts';
import { BinanceError } from './errors.ts';
import {
  marketNamed,
  marketsOf,
  needed,
  wholeNumber,
  type BinanceCall,
  type BinanceHost,
  type BinanceRoute,
} from './host.ts';
import { styleOf } from './text.ts';

const text = (value: bigint) => formatDecimal(value, 8);

/** Maintenance margin: 0.4 % of the position's value, the first bracket of the big contracts. */
const maintenance = (value: bigint) => (value * 4n) / 1000n;

/** The largest position at any leverage: brackets are not simulated. */
const mostNotional = '1000000';

/** One market's position of an account, amounts as texts. */
export function positionRow(host: BinanceHost, accountId: string, symbol: string) {
  const account = accountOf(host.venue, accountId);
  const state = marketOf(host.venue, symbol);
  const { market } = state;
  const quote = assetOf(host.venue, market.quote);
  const style = styleOf(host, market);
  const position = account.positions.get(symbol) ?? { size: 0n, cost: 0n, updatedMs: 0 };
  const value = notionalToQuote(market, position.size * state.markPrice, quote);
  const margin = absolute(value) / BigInt(leverageOf(account, symbol));
  const entry = style.average(absolute(position.cost), absolute(position.size));
  const orders = [...account.open.values()].filter((order) => order.market === symbol);
  return {
    symbol,
    positionSide: 'BOTH',
    positionAmt: style.quantity(position.size),
    entryPrice: entry,
    breakEvenPrice: entry,
    markPrice: style.price(state.markPrice),
    unRealizedProfit: text(notionalToQuote(market, unrealized(position, state), quote)),
    unrealizedProfit: text(notionalToQuote(market, unrealized(position, state), quote)),
    liquidationPrice: '0',
    isolatedMargin: '0',
    isolatedWallet: '0',
    notional: text(value),
    marginAsset: market.quote,
    initialMargin: text(margin),
    maintMargin: text(maintenance(absolute(value))),
    positionInitialMargin: text(margin),
    openOrderInitialMargin: text(orders.reduce((sum, { locked }) => sum + locked, 0n)),
    leverage: String(leverageOf(account, symbol)),
    marginType: 'cross',
    isolated: false,
    isAutoAddMargin: 'false',
    maxNotionalValue: mostNotional,
    adl: 0,
    bidNotional: '0',
    askNotional: '0',
    updateTime: position.updatedMs,
  };
}

function assetRow(host: BinanceHost, accountId: string, asset: string, nowMs: number) {
  const account = accountOf(host.venue, accountId);
  const { total, locked } = account.balances.get(asset) ?? { total: 0n, locked: 0n };
  const { positionMargin, unrealized: profit } = marginOf(host.venue, account, asset);
  const free = available(host.venue, account, asset);
  const shown = text(free > 0n ? free : 0n);
  return {
    asset,
    walletBalance: text(total),
    unrealizedProfit: text(profit),
    marginBalance: text(total + profit),
    maintMargin: text(maintenance(positionMargin * 20n)),
    initialMargin: text(positionMargin + locked),
    positionInitialMargin: text(positionMargin),
    openOrderInitialMargin: text(locked),
    crossWalletBalance: text(total),
    crossUnPnl: text(profit),
    availableBalance: shown,
    maxWithdrawAmount: shown,
    marginAvailable: true,
    updateTime: nowMs,
  };
}

/** v2 lists every market, v3 only where there is a position or an order. */
function positionRows({ host, account }: BinanceCall, every: boolean) {
  const { positions, open } = accountOf(host.venue, account.id);
  const busy = ({ market: { id } }: ReturnType<typeof marketsOf>[number]) =>
    (positions.get(id)?.size ?? 0n) !== 0n || [...open.values()].some((order) => order.market === id);
  return marketsOf(host)
    .filter((market) => every || busy(market))
    .map(({ market }) => positionRow(host, account.id, market.id));
}

function describeAccount(call: BinanceCall, every: boolean): unknown {
  const { host, nowMs } = call;
  const usdt = assetRow(host, call.account.id, 'USDT', nowMs);
  return {
    feeTier: 0,
    canTrade: call.account.permissions.trade,
    canDeposit: true,
    canWithdraw: call.account.permissions.withdraw,
    updateTime: 0,
    multiAssetsMargin: false,
    totalInitialMargin: usdt.initialMargin,
    totalMaintMargin: usdt.maintMargin,
    totalWalletBalance: usdt.walletBalance,
    totalUnrealizedProfit: usdt.unrealizedProfit,
    totalMarginBalance: usdt.marginBalance,
    totalPositionInitialMargin: usdt.positionInitialMargin,
    totalOpenOrderInitialMargin: usdt.openOrderInitialMargin,
    totalCrossWalletBalance: usdt.crossWalletBalance,
    totalCrossUnPnl: usdt.crossUnPnl,
    availableBalance: usdt.availableBalance,
    maxWithdrawAmount: usdt.maxWithdrawAmount,
    assets: [usdt],
    positions: positionRows(call, every),
  };
}

function balance({ host, account: { id }, nowMs }: BinanceCall): unknown {
  const row = assetRow(host, id, 'USDT', nowMs);
  const { asset, walletBalance, crossWalletBalance, crossUnPnl, availableBalance, maxWithdrawAmount } = row;
  return [
    {
      accountAlias: 'sim',
      asset,
      balance: walletBalance,
      crossWalletBalance,
      crossUnPnl,
      availableBalance,
      maxWithdrawAmount,
      marginAvailable: true,
      updateTime: nowMs,
    },
  ];
}

const brackets = [
  { bracket: 1, initialLeverage: 125, notionalCap: 300_000, notionalFloor: 0, maintMarginRatio: 0.004, cum: 0 },
  { bracket: 2, initialLeverage: 100, notionalCap: 800_000, notionalFloor: 300_000, maintMarginRatio: 0.005, cum: 300 },
  {
    bracket: 3,
    initialLeverage: 50,
    notionalCap: 12_000_000,
    notionalFloor: 800_000,
    maintMarginRatio: 0.01,
    cum: 4300,
  },
];

function ofSymbols(call: BinanceCall, describe: (symbol: string) => unknown): unknown[] {
  const symbol = call.get('symbol');
  return (symbol === undefined ? marketsOf(call.host) : [marketNamed(call.host, symbol)]).map(({ market }) =>
    describe(market.id),
  );
}

function changeLeverage(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  const leverage = wholeNumber({ get: (name) => needed(call, name) }, 'leverage', { fallback: 0, most: 1000 });
  if (leverage < 1 || leverage > 125) throw new BinanceError(-4028, `Leverage ${leverage} is not valid`);
  setLeverage(call.host.venue, { account: call.account.id, market: market.id, leverage });
  return { symbol: market.id, leverage, maxNotionalValue: mostNotional };
}

function changeMarginType(call: BinanceCall): unknown {
  marketNamed(call.host, needed(call, 'symbol'));
  const type = needed(call, 'marginType');
  if (type === 'CROSSED') throw new BinanceError(-4046, 'No need to change margin type.');
  throw new BinanceError(-4000, 'Isolated margin is not simulated.');
}

function changePositionMode(call: BinanceCall): unknown {
  const dual = needed(call, 'dualSidePosition').toLowerCase() === 'true';
  if (!dual) throw new BinanceError(-4059, 'No need to change position side.');
  throw new BinanceError(-4000, 'Hedge mode is not simulated.');
}

const rate = (ppm: bigint) => formatDecimal((ppm * pow10(6)) / 1_000_000n, 6);

function commission(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  return {
    symbol: market.id,
    makerCommissionRate: rate(market.makerFeePpm),
    takerCommissionRate: rate(market.takerFeePpm),
  };
}

const accountConfig = ({ account: { permissions } }: BinanceCall): unknown => ({
  feeTier: 0,
  canTrade: permissions.trade,
  canDeposit: true,
  canWithdraw: permissions.withdraw,
  dualSidePosition: false,
  updateTime: 0,
  multiAssetsMargin: false,
  tradeGroupId: -1,
});

const symbolConfig = (call: BinanceCall): unknown =>
  ofSymbols(call, (symbol) => ({
    symbol,
    marginType: 'CROSSED',
    isAutoAddMargin: false,
    leverage: leverageOf(accountOf(call.host.venue, call.account.id), symbol),
    maxNotionalValue: mostNotional,
  }));

/** What `income` shows where no start is asked for. */
const incomeShownMs = 7 * 86_400_000;

/** Fees, realised profit and funding of an account, oldest first; `tranId` is unique within a type. */
function income(call: BinanceCall): unknown {
  const { host, nowMs } = call;
  const fills = accountOf(host.venue, call.account.id).fills.flatMap((fill) => {
    const row = {
      symbol: fill.market,
      asset: fill.feeAsset,
      info: String(fill.tradeId),
      time: fill.timeMs,
      tranId: fill.tradeId,
      tradeId: String(fill.tradeId),
    };
    const fee = { ...row, incomeType: 'COMMISSION', income: text(-fill.fee) };
    return fill.realized === 0n ? [fee] : [fee, { ...row, incomeType: 'REALIZED_PNL', income: text(fill.realized) }];
  });
  const funding = host.simulation.world.fundingPayments
    .map((payment, place) => ({ ...payment, tranId: firstFundingId + place }))
    .filter((payment) => payment.account === call.account.id)
    .map(({ market, asset, amount, timeMs, tranId }) => ({
      symbol: market,
      asset,
      info: 'FUNDING_FEE',
      time: timeMs,
      tranId,
      tradeId: '',
      incomeType: 'FUNDING_FEE',
      income: text(amount),
    }));
  const type = call.get('incomeType');
  const symbol = call.get('symbol');
  const most = Number.MAX_SAFE_INTEGER;
  const toMs = wholeNumber(call, 'endTime', { fallback: most, most });
  const hasSpan = call.get('startTime') !== undefined || toMs < most;
  const fromMs = wholeNumber(call, 'startTime', { fallback: hasSpan ? 0 : nowMs - incomeShownMs, most });
  const limit = wholeNumber(call, 'limit', { fallback: 100, most: 1000 });
  const page = wholeNumber(call, 'page', { fallback: 1, most: 100_000 });
  return [...fills, ...funding]
    .filter(
      (row) =>
        (type === undefined || row.incomeType === type) &&
        (symbol === undefined || row.symbol === symbol) &&
        row.time >= fromMs &&
        row.time <= toMs,
    )
    .toSorted((a, b) => a.time - b.time)
    .slice((page - 1) * limit, page * limit);
}

/** Any number that is nobody's trade id. */
const firstFundingId = 9_000_000_000_000;

const signed = { security: 'signed', weight: 5 } as const;

/** With their version, below `/fapi/`. */
export const usdmAccountRoutes: Readonly<Record<string, BinanceRoute>> = {
  'GET v3/account': { ...signed, answer: (call) => describeAccount(call, false) },
  'GET v2/account': { ...signed, answer: (call) => describeAccount(call, true) },
  'GET v3/balance': { ...signed, answer: balance },
  'GET v2/balance': { ...signed, answer: balance },
  'GET v3/positionRisk': { ...signed, answer: (call) => positionRows(call, false) },
  'GET v2/positionRisk': { ...signed, answer: (call) => positionRows(call, true) },
  'GET v1/leverageBracket': {
    ...signed,
    weight: 1,
    answer: (call) => ofSymbols(call, (symbol) => ({ symbol, notionalCoef: 1.5, brackets })),
  },
  'POST v1/leverage': { ...signed, weight: 1, trades: true, answer: changeLeverage },
  'POST v1/marginType': { ...signed, weight: 1, trades: true, answer: changeMarginType },
  'GET v1/positionSide/dual': { ...signed, answer: () => ({ dualSidePosition: false }) },
  'POST v1/positionSide/dual': { ...signed, trades: true, answer: changePositionMode },
  'GET v1/commissionRate': { ...signed, answer: commission },
  'GET v1/accountConfig': { ...signed, answer: accountConfig },
  'GET v1/symbolConfig': { ...signed, answer: symbolConfig },
  'GET v1/income': { ...signed, weight: 30, answer: income },
  'GET v1/forceOrders': { ...signed, answer: () => [] },
  'GET v1/adlQuantile': { ...signed, answer: () => [] },
};
