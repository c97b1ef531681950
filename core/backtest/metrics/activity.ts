import { mean } from '../../math/moments.ts';
import { daysPerYear } from '../../market/timeframe.ts';
import type { Metric } from './metric.ts';

/** Share of bars (of all books) with a position at the close. */
export const exposure: Metric = {
  name: 'exposure',
  title: 'Exposure',
  unit: 'fraction',
  compute: ({ barsHeld, bars }) => barsHeld / bars,
};

/** Traded value, both sides, over the mean equity, a year. */
export const turnover: Metric = {
  name: 'turnover',
  title: 'Turnover a year',
  unit: 'ratio',
  compute: ({ notional, equity, days }) => {
    const meanEquity = mean(equity.equity);
    return meanEquity > 0 ? notional / meanEquity / (days / daysPerYear) : 'the mean equity is not positive';
  },
};

export const feesPaid: Metric = {
  name: 'feesPaid',
  title: 'Fees paid',
  unit: 'money',
  compute: (run) => run.feesPaid,
};

/** Positive when paid, negative when received. */
export const fundingPaid: Metric = {
  name: 'fundingPaid',
  title: 'Funding paid',
  unit: 'money',
  compute: (run) => run.fundingPaid,
};

/** The fee a side, in basis points, at which the run would have ended where it began. */
export const breakEvenCostBps: Metric = {
  name: 'breakEvenCostBps',
  title: 'Break-even cost',
  unit: 'bps',
  compute: ({ finalEquity, startEquity, feesPaid: fees, notional }) =>
    notional > 0 ? ((finalEquity - startEquity + fees) / notional) * 10_000 : 'nothing was traded',
};
