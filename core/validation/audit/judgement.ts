import type { Audit } from './audit.ts';

/** Under so many observations only a very large Sharpe ratio says anything; it is said, not refused. */
const few = 30;

/** Probability from which the true Sharpe ratio counts as above luck. */
const enough = 0.95;

/** One plain sentence: what these numbers show, and what would have to be true for more. */
export function judgementOf(audit: Omit<Audit, 'judgement'>): string {
  const { sharpe, trials, luckySharpe, dsr, psr, drawdown, observations, unit, bootstrap } = audit;
  const annual = sharpe.annual.toFixed(2);
  const tried = trials === 1 ? 'if nothing else was ever tried' : `after ${number(trials)} trials`;
  if (sharpe.perPeriod <= 0) return 'It loses, or earns nothing: there is no edge to speak of.';
  if (observations < few) {
    return `Too short to tell: ${observations} ${unit}s cannot separate a Sharpe ratio of ${annual} from luck.`;
  }
  if (trials > 1 && sharpe.annual <= luckySharpe) {
    return (
      `Luck explains it: the best of ${number(trials)} worthless trials is expected to show a Sharpe ratio of ` +
      `${luckySharpe.toFixed(2)} over this time, and this shows ${annual}.`
    );
  }
  if (dsr < enough) {
    return (
      `Not shown: ${tried}, the chance that the true Sharpe ratio is above luck is ${percent(dsr)}, ` +
      `and 95 % are asked for${longer(audit)}.`
    );
  }
  if (bootstrap.low <= 0) {
    return (
      `Close: the Sharpe ratio of ${annual} is above luck ${tried} (${percent(dsr)}), but the interval of the mean ` +
      `return, which allows for returns that hang together, still holds 0.`
    );
  }
  return (
    `It holds ${tried}: the true Sharpe ratio is above ${trials === 1 ? '0' : 'luck'} with a probability of ` +
    `${percent(trials === 1 ? psr : dsr)}; be ready for a fall of ${percent(drawdown.once20)}.`
  );
}

function longer({ minTrackRecord: { aboveLuckYears }, years }: Omit<Audit, 'judgement'>): string {
  if (aboveLuckYears === null || aboveLuckYears <= years) return '';
  return `; at this rate that takes ${aboveLuckYears.toFixed(1)} years of record instead of ${years.toFixed(1)}`;
}

const percent = (share: number) => `${share > 0.9995 ? 'over 99.9' : (share * 100).toFixed(1)} %`;

const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 });
