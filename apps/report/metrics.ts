import type { MetricName } from '../../core/backtest/types.ts';
import { fixed, percent, signed, signedPercent } from './format.ts';

type MetricRow = Readonly<{ name: MetricName; label: string; meaning: string; show(value: number): string }>;
export type MetricGroup = Readonly<{ title: string; rows: readonly MetricRow[] }>;

const share = (value: number): string => percent(value, 1);
const ratio = (value: number): string => fixed(value, 2);
const count = (value: number): string => fixed(value, 0);

/** Every metric of a backtest in the order of a tear sheet, with its unit. Money is in the account's currency. */
export const metricGroups: readonly MetricGroup[] = [
  {
    title: 'Return',
    rows: [
      {
        name: 'totalReturn',
        label: 'Total return',
        meaning: 'final over start equity, less one',
        show: signedPercent,
      },
      { name: 'cagr', label: 'CAGR', meaning: 'growth a year of 365 days', show: signedPercent },
      {
        name: 'buyAndHoldReturn',
        label: 'Buy and hold',
        meaning: 'last close over first open, without costs',
        show: signedPercent,
      },
      { name: 'sharpe', label: 'Sharpe', meaning: 'daily mean over deviation, times √365; risk-free 0', show: ratio },
      { name: 'sortino', label: 'Sortino', meaning: 'as Sharpe, over the downside deviation of all days', show: ratio },
      { name: 'calmar', label: 'Calmar', meaning: 'CAGR over maximum drawdown', show: ratio },
      {
        name: 'psr',
        label: 'P(Sharpe > 0)',
        meaning: 'probability that the true daily Sharpe is above 0',
        show: share,
      },
    ],
  },
  {
    title: 'Risk',
    rows: [
      {
        name: 'volatility',
        label: 'Volatility a year',
        meaning: 'deviation of daily returns, times √365',
        show: share,
      },
      {
        name: 'maxDrawdown',
        label: 'Maximum drawdown',
        meaning: 'deepest fall from a peak, on bar marks',
        show: percent,
      },
      {
        name: 'longestDrawdownDays',
        label: 'Longest drawdown',
        meaning: 'from a peak until it is reached again, or the end',
        show: (value) => `${fixed(value, 1)} d`,
      },
      { name: 'ulcerIndex', label: 'Ulcer index', meaning: 'root mean square of daily drawdowns', show: percent },
      { name: 'var95', label: 'VaR 95% a day', meaning: 'daily loss that 5% of days exceed', show: percent },
      { name: 'cvar95', label: 'CVaR 95% a day', meaning: 'mean loss of the worst 5% of days', show: percent },
      { name: 'skew', label: 'Skew', meaning: 'of daily returns, bias-adjusted', show: ratio },
      { name: 'kurtosis', label: 'Kurtosis', meaning: 'of daily returns; a normal distribution has 3', show: ratio },
      { name: 'omega', label: 'Omega', meaning: 'gains over losses of daily returns', show: ratio },
      {
        name: 'tailRatio',
        label: 'Tail ratio',
        meaning: '95% quantile over 5% quantile of daily returns',
        show: ratio,
      },
    ],
  },
  {
    title: 'Trades',
    rows: [
      { name: 'trades', label: 'Trades', meaning: 'round trips', show: count },
      { name: 'winRate', label: 'Win rate', meaning: 'share of trades with a net gain', show: share },
      { name: 'profitFactor', label: 'Profit factor', meaning: 'sum of gains over sum of losses', show: ratio },
      { name: 'payoffRatio', label: 'Payoff ratio', meaning: 'average win over average loss', show: ratio },
      { name: 'expectancy', label: 'Expectancy', meaning: 'mean net return a trade', show: signedPercent },
      { name: 'avgWin', label: 'Average win', meaning: 'mean return of winning trades', show: signedPercent },
      { name: 'avgLoss', label: 'Average loss', meaning: 'mean return of losing trades', show: signedPercent },
      { name: 'bestTrade', label: 'Best trade', meaning: 'largest net return', show: signedPercent },
      { name: 'worstTrade', label: 'Worst trade', meaning: 'smallest net return', show: signedPercent },
      {
        name: 'maxConsecutiveLosses',
        label: 'Losses in a row',
        meaning: 'longest run of losing trades',
        show: count,
      },
      {
        name: 'kelly',
        label: 'Kelly fraction',
        meaning: 'growth-optimal fraction, from win rate and payoff',
        show: share,
      },
    ],
  },
  {
    title: 'Exposure and costs',
    rows: [
      { name: 'exposure', label: 'Exposure', meaning: 'share of bars with an open position', show: share },
      {
        name: 'turnover',
        label: 'Turnover a year',
        meaning: 'traded notional over mean equity',
        show: (value) => `${fixed(value, 1)} ×`,
      },
      {
        name: 'feesPaid',
        label: 'Fees paid',
        meaning: 'both sides, in account currency',
        show: (value) => fixed(value, 2),
      },
      {
        name: 'fundingPaid',
        label: 'Funding paid',
        meaning: 'positive when paid, in account currency',
        show: (value) => signed(value, 2),
      },
      {
        name: 'breakEvenCostBps',
        label: 'Break-even cost',
        meaning: 'cost a side at which the gain is gone',
        show: (value) => `${signed(value, 1)} bps`,
      },
    ],
  },
];

const rowByName = new Map<string, MetricRow>(metricGroups.flatMap(({ rows }) => rows.map((row) => [row.name, row])));

/** The metric of that name, if there is one. */
export const metricRow = (name: string): MetricRow | undefined => rowByName.get(name);
