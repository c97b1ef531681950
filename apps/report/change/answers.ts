import { daysPerYear } from '../../../core/market/timeframe.ts';
import { normalQuantile } from '../../../core/math/normal.ts';
import type { Deflated } from '../../../core/validation/deflate.ts';
import { day, exact, fixed, percent, plain, signedPercent } from '../format.ts';
import type { Answer, Facts, Question } from './change.ts';
import { leastWhole } from './limits.ts';

/** The one-sided 5 % point of the normal distribution. */
const z05 = normalQuantile(0.95);

/** A negative number as it stands behind a minus. */
const term = (text: string): string => (text.startsWith('−') ? `(${text})` : text);

/** Sharpe = mean a year over volatility a year; its standard error over so many years is 1 / sqrt(years). */
export const sharpeAnswer: Answer = ({ gate: { value, note }, target, facts }) => {
  if (value === undefined) return { claim: `There is no Sharpe ratio yet: ${note ?? 'it could not be computed'}.` };
  const { volatility } = facts.verdict.metrics;
  const rise = `The annual Sharpe ratio would have to be ${exact(target)} instead of ${fixed(value, 2)}.`;
  const same =
    volatility === undefined
      ? undefined
      : `Sharpe is mean over volatility: at the same volatility of ${percent(volatility, 1)} a year, the mean return a year would have to be ${exact(target)} × ${percent(volatility, 1)} = ${signedPercent(target * volatility, 1)}, not ${signedPercent(value * volatility, 1)}.`;
  return { claim: rise, arithmetic: [same, moreData(value, facts)].filter(Boolean).join(' ') };
};

/** How long the same mean would have to last until a one-sided test at 5 % tells it from nothing. */
function moreData(sharpe: number, { verdict, days }: Facts): string {
  if (!(sharpe > 0)) return 'A mean at or below zero does not become one above it by more data.';
  const years = (z05 / sharpe) ** 2;
  const had = days / daysPerYear;
  const need = `(${fixed(z05, 3)} / ${fixed(sharpe, 2)})² = ${fixed(years, 1)} years`;
  if (years <= had)
    return `The ${fixed(had, 1)} years it had are enough for a one-sided test at 5%, which needs ${need}.`;
  const { trades } = verdict.metrics;
  const asTrades =
    trades === undefined || trades === 0 ? '' : `, about ${fixed((trades / had) * years, 0)} trades at its pace`;
  return `To pass a one-sided test at 5% with the same mean it would need ${need}${asTrades}; it had ${fixed(had, 1)}.`;
}

export const profitFactorAnswer: Answer = ({ gate: { value }, target, facts: { report } }) => {
  if (value === undefined) return undefined;
  const trades = report.result?.trades ?? [];
  const won = trades.reduce((sum, { pnl }) => sum + Math.max(0, pnl), 0);
  const lost = trades.reduce((sum, { pnl }) => sum + Math.max(0, -pnl), 0);
  const claim = `For each unit lost, ${exact(target)} would have to be won instead of ${fixed(value, 2)}.`;
  if (!(won > 0 && lost > 0)) return { claim };
  return {
    claim,
    arithmetic: `It won ${fixed(won, 0)} and lost ${fixed(lost, 0)}: winnings of ${exact(target)} × ${fixed(lost, 0)} = ${fixed(target * lost, 0)} would do (${signedPercent((target * lost) / won - 1, 0)}), or losses of ${fixed(won, 0)} / ${exact(target)} = ${fixed(won / target, 0)} (${signedPercent(won / target / lost - 1, 0)}).`,
  };
};

export const countAnswer: Answer = ({ gate: { value = 0 }, limit, target, facts: { days } }) => {
  const least = target === limit.bound ? leastWhole(limit) : target;
  const claim = `${fixed(least - value, 0)} more would have to come: ${fixed(least, 0)} instead of ${fixed(value, 0)}.`;
  if (value === 0) return { claim };
  return {
    claim,
    arithmetic: `It makes ${fixed(value, 0)} in ${fixed(days, 0)} days. At that pace ${fixed(least, 0)} take ${fixed(least, 0)} × ${fixed(days, 0)} / ${fixed(value, 0)} = ${fixed((least * days) / value, 0)} days of history.`,
  };
};

export const winRateAnswer: Answer = ({ target, facts: { verdict } }) => {
  const { winRate, trades } = verdict.metrics;
  if (winRate === undefined || trades === undefined || trades === 0) return undefined;
  const wins = Math.round(winRate * trades);
  const fewer = wins - Math.floor((0.5 - target) * trades);
  const more = Math.ceil((0.5 + target) * trades) - wins;
  return {
    claim: `The win rate would have to be ${percent(target, 1)} away from one half.`,
    arithmetic: `${fixed(wins, 0)} of ${fixed(trades, 0)} trades won; ${fixed(more, 0)} more winners or ${fixed(fewer, 0)} fewer are that far from ${fixed(trades / 2, 1)}.`,
  };
};

export const correlationOfForecastAnswer: Answer = ({ gate: { value, test, note }, target }) => {
  if (value === undefined) return { claim: `There is no rank correlation yet: ${note ?? 'too few pairs'}.` };
  const claim = `The rank correlation would have to be above ${exact(target)} instead of ${plain(value, 3)}.`;
  if (test?.statistic === undefined || value === 0) return { claim };
  const error = value / test.statistic;
  return {
    claim,
    arithmetic: `Its standard error is ${plain(error, 2)}, so it is (${exact(target)} − ${term(plain(value, 3))}) / ${plain(error, 2)} = ${fixed((target - value) / error, 1)} standard errors short.`,
  };
};

export const futilityAnswer: Answer = ({ gate: { value, test }, facts: { verdict } }) => {
  if (value === undefined) return undefined;
  const p = test === undefined ? '' : ` (${percent(test.pValue, 0)} of resampled means are not)`;
  const { breakEvenCostBps } = verdict.metrics;
  return {
    claim: `The mean trade would have to be above zero after costs${p}; it is ${signedPercent(value, 2)}.`,
    ...(breakEvenCostBps !== undefined && { arithmetic: breakEvenText(breakEvenCostBps) }),
  };
};

/** What costs a side would leave nothing over. */
export const breakEvenText = (bps: number): string =>
  bps > 0
    ? `It breaks even at costs of ${fixed(bps, 1)} bps a side, all else equal.`
    : `Costs are not what fails it: the trades lose before them (break-even at ${fixed(bps, 1)} bps a side).`;

/** Quantiles of a normal distribution through the 5 and 95 % of the draws. */
export const randomEntryAnswer: Answer = ({ target, facts: { report } }) => {
  const draws = report.details?.randomEntry;
  if (draws === undefined) return undefined;
  const deviation = (draws.high - draws.low) / (2 * z05);
  const needed = draws.median + normalQuantile(1 - target) * deviation;
  return {
    claim: `The mean trade would have to be about ${signedPercent(needed, 2)} instead of ${signedPercent(draws.mean, 2)}: better than ${percent(1 - target, 0)} of random entries.`,
    arithmetic: `Random entries earn ${signedPercent(draws.median, 2)} in the middle with a deviation of about (${signedPercent(draws.high, 2)} − ${term(signedPercent(draws.low, 2))}) / ${fixed(2 * z05, 2)} = ${percent(deviation, 2)}; ${signedPercent(draws.median, 2)} + ${fixed(normalQuantile(1 - target), 2)} × ${percent(deviation, 2)} = ${signedPercent(needed, 2)}.`,
  };
};

/** The gates that are passed by being some number of something. */
export const windowsAnswer: Answer = ({ gate: { value = 0 }, limit, facts: { report } }) => {
  const lost = (report.details?.walkForward ?? [])
    .map(({ testReturn, testFromMs }, index) => ({ window: index + 1, testReturn, testFromMs }))
    .filter(({ testReturn }) => testReturn <= 0)
    .toSorted((a, b) => b.testReturn - a.testReturn);
  const more = leastWhole(limit) - value;
  return {
    claim: `${fixed(more, 0)} more ${more === 1 ? 'window' : 'windows'} would have to earn.`,
    ...(lost.length > 0 && {
      arithmetic: `Nearest to it: ${lost
        .slice(0, more)
        .map(
          ({ window, testReturn, testFromMs }) =>
            `window ${window} from ${day(testFromMs)} (${signedPercent(testReturn, 1)})`,
        )
        .join(', ')}.`,
    }),
  };
};

export const regimesAnswer: Answer = ({ gate: { value = 0 }, limit, facts: { report } }) => {
  const regimes = report.details?.regimes ?? [];
  const lost = regimes.filter(({ profitable }) => profitable === false);
  const refused = regimes.filter(({ profitable }) => profitable === undefined);
  const parts = [
    ...lost.map(({ name, pnl }) => `${name} lost ${percent(Math.abs(pnl), 1)} of the start equity`),
    ...refused.map(({ name, trades }) => `${name} had ${fixed(trades, 0)} trades, too few to be judged`),
  ];
  const more = leastWhole(limit) - value;
  return {
    claim: `${fixed(more, 0)} more ${more === 1 ? 'regime' : 'regimes'} would have to earn, with enough trades.`,
    ...(parts.length > 0 && { arithmetic: `${parts.join('; ')}.` }),
  };
};

/** The half-width of the interval shrinks with the root of the number of days. */
export const intervalAnswer: Answer = ({ facts: { report, days } }: Question) => {
  const interval = report.details?.bootstrap;
  if (interval === undefined) return undefined;
  const { mean, low } = interval;
  const half = mean - low;
  const claim = `The mean daily return would have to be above ${signedPercent(half, 3)} instead of ${signedPercent(mean, 3)}.`;
  const reach = `The lower end lies ${signedPercent(mean, 3)} − ${term(signedPercent(low, 3))} = ${percent(half, 3)} below the mean.`;
  if (mean <= 0) return { claim, arithmetic: `${reach} More days cannot lift a mean that is not above zero.` };
  const needed = days * (half / mean) ** 2;
  return {
    claim,
    arithmetic: `${reach} That distance shrinks with the root of the days: the same mean would need ${fixed(days, 0)} × (${percent(half, 3)} / ${percent(mean, 3)})² = ${fixed(needed, 0)} days out of sample.`,
  };
};

export const sealedOr =
  (answer: Answer): Answer =>
  (question) =>
    question.facts.report.details?.holdout?.sealed === undefined
      ? answer(question)
      : { claim: 'It is judged only when the holdout is opened, and that waits for the gates above.' };

/** The Sharpe ratio at which a deflated one has this p: the statistic is (S - lucky) over the error of the estimate. */
export function deflatedBar(deflated: Deflated, p: number): Readonly<{ needed: number; error: number; z: number }> {
  const error = (deflated.sharpe - deflated.luckySharpe) / deflated.statistic;
  const z = normalQuantile(1 - p);
  return { needed: deflated.luckySharpe + z * error, error, z };
}

/** How the bar comes about. */
export function deflatedText(
  { luckySharpe, trials }: Deflated,
  p: number,
  { needed, error, z }: ReturnType<typeof deflatedBar>,
): string {
  return `Luck of ${fixed(trials, 1)} trials shows ${fixed(luckySharpe, 2)}, the standard error is ${fixed(error, 2)}, and p = ${exact(p)} lies ${fixed(z, 2)} of them higher: ${fixed(luckySharpe, 2)} + ${fixed(z, 2)} × ${fixed(error, 2)} = ${fixed(needed, 2)}.`;
}

export const deflatedAnswer: Answer = ({ target, facts: { report } }) => {
  const deflated = report.details?.deflated;
  if (deflated === undefined || deflated.statistic === 0) return undefined;
  const bar = deflatedBar(deflated, target);
  return {
    claim: `Over everything, the annual Sharpe ratio would have to be ${fixed(bar.needed, 2)} instead of ${fixed(deflated.sharpe, 2)}.`,
    arithmetic: deflatedText(deflated, target, bar),
  };
};

export const drawdownAnswer: Answer = ({ gate: { value }, target }) =>
  value === undefined
    ? undefined
    : {
        claim: `The deepest fall would have to be ${percent(target, 0)} instead of ${percent(value, 1)}.`,
        arithmetic: `Falls grow about in proportion to the position: ${percent(target, 0)} / ${percent(value, 1)} = ${fixed(target / value, 2)} of the size would do, at ${fixed(target / value, 2)} of the return.`,
      };

export const efficiencyAnswer: Answer = ({ gate: { value }, target, facts: { verdict } }) => {
  const { sharpe, volatility } = verdict.metrics;
  if (value === undefined) return { claim: 'The chosen parameters would first have to earn where they were chosen.' };
  const claim = `${percent(target, 0)} of the return in sample would have to be left out of sample; it is ${percent(value, 0)}.`;
  if (sharpe === undefined || volatility === undefined || value === 0) return { claim };
  const out = sharpe * volatility;
  const inside = out / value;
  return {
    claim,
    arithmetic: `In sample the choices earned ${signedPercent(inside, 1)} a year: ${exact(target)} × that is ${signedPercent(target * inside, 1)}, and ${signedPercent(out, 1)} was earned.`,
  };
};
