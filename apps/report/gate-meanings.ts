import type { Tier } from '../../core/validation/verdict.ts';
import { sentence, words } from './format.ts';

/** Names that say more than the words they are made of. */
const titles: Readonly<Record<string, string>> = {
  oosSharpe: 'Sharpe out of sample',
  maxDrawdown: 'Maximum drawdown',
  walkForwardEfficiency: 'Walk-forward efficiency',
  walkForwardWindows: 'Walk-forward windows',
  pbo: 'Overfitting (PBO)',
  deflatedSharpe: 'Deflated Sharpe',
  randomEntry: 'Against random entries',
  futility: 'Mean trade (futility)',
  plausibility: 'Too good to be true',
  bootstrapInterval: 'Interval of the mean',
  deployedCorrelation: 'Correlation with deployed',
  holdoutSharpe: 'Sharpe in the holdout',
};

/** A gate as a page names it. */
export const gateTitle = (name: string): string =>
  (Object.hasOwn(titles, name) ? titles[name] : undefined) ?? sentence(words(name));

/** The same inside a sentence. */
export const gateWords = (name: string): string => {
  const title = gateTitle(name);
  return /^(?:Sharpe|[A-Z]{2})/.test(title) ? title : title.slice(0, 1).toLowerCase() + title.slice(1);
};

/** A note with the gates that it names as a page names them. */
export const namesInWords = (note: string): string =>
  note.replaceAll(/\b[a-z]+[A-Z][A-Za-z]+\b/g, (name) => (Object.hasOwn(titles, name) ? gateWords(name) : name));

/** What each gate asks, for those who have not read the docs, by tier and name. */
const meanings: Readonly<Record<Tier, Readonly<Record<string, string>>>> = {
  L0: {
    signals: 'How often the rule wanted in. A handful of entries shows nothing about it.',
    winRate: 'How far the share of winning trades is from one half. Exactly half is what a coin does.',
    informationCoefficient: 'Whether a stronger forecast goes with a better next bar, by rank. 0 is none, 1 perfect.',
    futility: 'Whether the mean trade may be above zero at all, after costs.',
  },
  L1: {
    sharpe: 'Return a year over how much it swings, after costs.',
    profitFactor: 'Money won over money lost. At 1 the two are equal.',
    trades: 'Closed trades. Few trades make every other number a guess.',
    randomEntry: 'Whether the entries are better timed than as many at random times.',
  },
  L2: {
    oosSharpe: 'Return over its swings on days that had no say in the choice of parameters.',
    maxDrawdown: 'The deepest fall from a peak on those days.',
    profitFactor: 'Money won over money lost on those days.',
    trades: 'Closed trades on those days.',
    walkForwardEfficiency: 'How much of what the past promised was earned afterwards. At 1 all of it.',
    plateau: 'How much is left of the Sharpe ratio when parameters move by 10 or 20 %.',
    costStress: 'Whether it still earns when fees and slippage are dearer.',
    pbo: 'How often the best parameters of one half of the days are below the middle on the other half.',
    deflatedSharpe: 'How likely the best point is just the luckiest of all that was tried.',
  },
  L3: {
    walkForwardWindows: 'How many of the windows after each choice earned.',
    bootstrapInterval: 'The lower end of where the true mean daily return may lie.',
    regimes: 'How many of rising, falling and sideways markets it earned in.',
    deployedCorrelation: 'Whether it only repeats what is deployed already.',
    holdoutSharpe: 'Return over its swings on the sealed last stretch of history.',
    deflatedSharpe: 'How likely all of it is just the luckiest of everything the family has tried.',
  },
};

export const gateMeaning = (tier: Tier, name: string): string | undefined =>
  Object.hasOwn(meanings[tier], name) ? meanings[tier][name] : undefined;
