import { mean } from '../../math/moments.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Trade } from '../types.ts';
import { tradeMetric, type Metric } from './metric.ts';

const returnsOf = (trades: readonly Trade[]) => trades.map(({ returnFraction }) => returnFraction);
const winners = ({ trades }: RunSummary) => trades.filter(({ pnl }) => pnl > 0);
const losers = ({ trades }: RunSummary) => trades.filter(({ pnl }) => pnl < 0);
const totalPnl = (trades: readonly Trade[]) => trades.reduce((sum, { pnl }) => sum + pnl, 0);
const shareOfWinners = (run: RunSummary) => winners(run).length / run.trades.length;

/** Closed trades; a position left open at the end is none. */
export const tradeCount: Metric = {
  name: 'trades',
  title: 'Trades',
  unit: 'count',
  compute: ({ trades }) => trades.length,
};

/** Share of trades with a profit after all costs. */
export const winRate = tradeMetric({ name: 'winRate', title: 'Win rate', unit: 'fraction', compute: shareOfWinners });

/** Money won over money lost. freqtrade and quantstats `profit_factor`, on trades. */
export const profitFactor = tradeMetric({
  name: 'profitFactor',
  title: 'Profit factor',
  unit: 'ratio',
  compute: (run) => {
    const lost = losers(run);
    return lost.length > 0 ? totalPnl(winners(run)) / -totalPnl(lost) : 'no losing trade';
  },
});

/** Mean winning over mean losing returnFraction. */
export const payoffRatio = tradeMetric({
  name: 'payoffRatio',
  title: 'Payoff ratio',
  unit: 'ratio',
  compute: payoff,
});

function payoff(run: RunSummary): number | string {
  const [won, lost] = [winners(run), losers(run)];
  if (won.length === 0) return 'no winning trade';
  if (lost.length === 0) return 'no losing trade';
  return mean(returnsOf(won)) / -mean(returnsOf(lost));
}

/** Mean returnFraction of a trade. */
export const expectancy = tradeMetric({
  name: 'expectancy',
  title: 'Mean trade',
  unit: 'fraction',
  compute: ({ trades }) => mean(returnsOf(trades)),
});

export const avgWin = tradeMetric({
  name: 'avgWin',
  title: 'Mean win',
  unit: 'fraction',
  compute: (run) => {
    const won = winners(run);
    return won.length > 0 ? mean(returnsOf(won)) : 'no winning trade';
  },
});

/** Negative. */
export const avgLoss = tradeMetric({
  name: 'avgLoss',
  title: 'Mean loss',
  unit: 'fraction',
  compute: (run) => {
    const lost = losers(run);
    return lost.length > 0 ? mean(returnsOf(lost)) : 'no losing trade';
  },
});

export const bestTrade = tradeMetric({
  name: 'bestTrade',
  title: 'Best trade',
  unit: 'fraction',
  compute: ({ trades }) => trades.reduce((best, { returnFraction }) => Math.max(best, returnFraction), -Infinity),
});

export const worstTrade = tradeMetric({
  name: 'worstTrade',
  title: 'Worst trade',
  unit: 'fraction',
  compute: ({ trades }) => trades.reduce((worst, { returnFraction }) => Math.min(worst, returnFraction), Infinity),
});

/** Longest run of losing trades, in the order of trades; a trade of exactly 0 ends it. */
export const maxConsecutiveLosses = tradeMetric({
  name: 'maxConsecutiveLosses',
  title: 'Losses in a row',
  unit: 'count',
  compute: ({ trades }) => {
    let longest = 0;
    let current = 0;
    for (const { pnl } of trades) {
      current = pnl < 0 ? current + 1 : 0;
      longest = Math.max(longest, current);
    }
    return longest;
  },
});

/** Kelly fraction, winRate - (1 - winRate) / payoffRatio. Kelly (1956); freqtrade and quantstats `kelly_criterion`. */
export const kelly = tradeMetric({
  name: 'kelly',
  title: 'Kelly fraction',
  unit: 'fraction',
  compute: (run) => {
    const ratio = payoff(run);
    if (typeof ratio === 'string') return ratio;
    const share = shareOfWinners(run);
    return share - (1 - share) / ratio;
  },
});
