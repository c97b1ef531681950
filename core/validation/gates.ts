import { normalCdf } from '../math/normal.ts';
import type { Band, TierThresholds } from './thresholds.ts';
import type { Gate, Tier } from './verdict.ts';

/** One gate of the ladder: what it asks, of what, and how often luck alone passes it. */
export type GateDefinition = Readonly<{
  tier: Tier;
  name: string;
  /** In words, for people. */
  asks: string;
  /** As it is compared and printed. */
  threshold(thresholds: TierThresholds): string;
  /** The test half, where there is one. */
  test?: string;
  /** Share of worthless strategies that pass by luck; left out where no formula says it, only a simulation. */
  errorRate?(thresholds: TierThresholds): number;
  fixable: boolean;
  /** Failure taxonomy (skill 2). */
  errorType: string;
  /** Printed, and decides nothing. */
  informs?: true;
}>;

const more = ({ pass, marginal }: Band) => `pass >= ${pass}, marginal >= ${marginal}`;
const less = ({ pass, marginal }: Band) => `pass <= ${pass}, marginal <= ${marginal}`;

const yearDays = 365;
/** Sharpe ratios of worthless strategies spread by 1 / sqrt(years). Lo (2002). */
const luckySharpe = (sharpe: number, days: number) => normalCdf(-sharpe * Math.sqrt(days / yearDays));

/** Out-of-sample days of a walk-forward over `days`. */
export const outOfSampleDays = (
  { walkForwardWindows: windows, trainWindows }: TierThresholds['L2'],
  days: number,
): number => (days * windows) / (windows + trainWindows);

/** The chance that a fair coin shows at least `least` heads in `tosses`. */
export function coinTail(tosses: number, least: number): number {
  let chance = 0.5 ** tosses;
  let tail = 0;
  for (let heads = 0; heads <= tosses; heads += 1) {
    if (heads >= least) tail += chance;
    chance *= (tosses - heads) / (heads + 1);
  }
  return tail;
}

const low = { fixable: true, errorType: 'sharpe_below_threshold' } as const;
const seldom = { fixable: true, errorType: 'signal_frequency_low' } as const;
const fatal = { fixable: false, errorType: 'fundamental_strategy_flaw' } as const;
const halfAYearOfHours = 4_380;

const l0 = {
  signals: {
    tier: 'L0',
    name: 'signals',
    asks: 'entries that fired',
    threshold: ({ L0 }: Pick<TierThresholds, 'L0'>) => `> ${L0.signals}`,
    ...seldom,
  },
  winRate: {
    tier: 'L0',
    name: 'winRate',
    asks: 'distance of the win rate from one half',
    threshold: ({ L0 }: Pick<TierThresholds, 'L0'>) => `abs(winRate - 0.5) >= ${L0.winRateDistance}`,
    fixable: true,
    errorType: 'win_rate_suspicious',
  },
  informationCoefficient: {
    tier: 'L0',
    name: 'informationCoefficient',
    asks: 'rank correlation of the forecast with the next return',
    threshold: ({ L0 }: Pick<TierThresholds, 'L0'>) => `> ${L0.informationCoefficient}`,
    test: 'IC <= 0, one-sided',
    errorRate: ({ L0 }) => normalCdf(-L0.informationCoefficient * Math.sqrt(halfAYearOfHours)),
    ...low,
  },
  futility: {
    tier: 'L0',
    name: 'futility',
    asks: 'mean trade return, resampled',
    threshold: ({ L0 }: Pick<TierThresholds, 'L0'>) => `p < ${L0.futilityP}`,
    test: 'mean trade return <= 0, bootstrap',
    errorRate: ({ L0 }) => L0.futilityP,
    ...low,
  },
} as const satisfies Record<string, GateDefinition>;

const l1 = {
  sharpe: {
    tier: 'L1',
    name: 'sharpe',
    asks: 'annual Sharpe of daily returns',
    threshold: ({ L1 }: Pick<TierThresholds, 'L1'>) => `> ${L1.sharpe}`,
    test: 'Sharpe <= 0, one-sided',
    errorRate: ({ L1 }) => luckySharpe(L1.sharpe, L1.historyDays),
    ...low,
  },
  profitFactor: {
    tier: 'L1',
    name: 'profitFactor',
    asks: 'money won over money lost',
    threshold: ({ L1 }: Pick<TierThresholds, 'L1'>) => `> ${L1.profitFactor}`,
    ...low,
  },
  trades: {
    tier: 'L1',
    name: 'trades',
    asks: 'closed trades',
    threshold: ({ L1 }: Pick<TierThresholds, 'L1'>) => `> ${L1.trades}`,
    ...seldom,
  },
  randomEntry: {
    tier: 'L1',
    name: 'randomEntry',
    asks: 'p of the mean trade against trades of the same sides and lengths at random times',
    threshold: ({ L1 }: Pick<TierThresholds, 'L1'>) => `< ${L1.randomEntryP}`,
    test: 'entries are no better than random ones',
    errorRate: ({ L1 }) => L1.randomEntryP,
    ...low,
  },
} as const satisfies Record<string, GateDefinition>;

const l2 = {
  oosSharpe: {
    tier: 'L2',
    name: 'oosSharpe',
    asks: 'annual Sharpe out of sample (walk-forward)',
    threshold: ({ L2 }: Pick<TierThresholds, 'L2'>) => more(L2.oosSharpe),
    test: 'Sharpe <= 0, one-sided',
    errorRate: ({ L2 }) => luckySharpe(L2.oosSharpe.marginal, outOfSampleDays(L2, L2.historyDays)),
    ...low,
  },
  maxDrawdown: {
    tier: 'L2',
    name: 'maxDrawdown',
    asks: 'largest fall from a peak out of sample',
    threshold: ({ L2 }: Pick<TierThresholds, 'L2'>) => less(L2.maxDrawdown),
    fixable: true,
    errorType: 'max_drawdown_extreme',
  },
  profitFactor: {
    tier: 'L2',
    name: 'profitFactor',
    asks: 'money won over money lost out of sample',
    threshold: ({ L2 }: Pick<TierThresholds, 'L2'>) => more(L2.profitFactor),
    ...low,
  },
  trades: {
    tier: 'L2',
    name: 'trades',
    asks: 'closed trades out of sample',
    threshold: ({ L2 }: Pick<TierThresholds, 'L2'>) => more(L2.trades),
    ...seldom,
  },
  walkForwardEfficiency: {
    tier: 'L2',
    name: 'walkForwardEfficiency',
    asks: 'annual return out of sample over in sample',
    threshold: ({ L2 }: Pick<TierThresholds, 'L2'>) => more(L2.walkForwardEfficiency),
    ...low,
  },
  plateau: {
    tier: 'L2',
    name: 'plateau',
    asks: 'median Sharpe of neighbouring parameters over that of the defaults',
    threshold: ({ L2 }: Pick<TierThresholds, 'L2'>) => more(L2.plateau),
    ...low,
  },
  costStress: {
    tier: 'L2',
    name: 'costStress',
    asks: 'return out of sample at a multiple of the costs',
    threshold: ({ L2 }: Pick<TierThresholds, 'L2'>) => `> 0 at ${L2.costStressMultiple} x costs`,
    fixable: true,
    errorType: 'signal_frequency_high',
  },
  pbo: {
    tier: 'L2',
    name: 'pbo',
    asks: 'share of splits in which the best point in sample is below the median out of sample',
    threshold: ({ L2 }: Pick<TierThresholds, 'L2'>) => `< ${L2.pbo}`,
    ...low,
  },
  deflatedSharpe: {
    tier: 'L2',
    name: 'deflatedSharpe',
    asks: 'p of the best point, all trials counted',
    threshold: () => 'nothing (it informs)',
    test: 'the best of all trials is luck',
    ...low,
    informs: true,
  },
} as const satisfies Record<string, GateDefinition>;

const l3 = {
  walkForwardWindows: {
    tier: 'L3',
    name: 'walkForwardWindows',
    asks: 'walk-forward windows that earned',
    threshold: ({ L2, L3 }: Pick<TierThresholds, 'L2' | 'L3'>) =>
      `>= ${L3.profitableWindows} of ${L2.walkForwardWindows}`,
    test: 'each window earns by the toss of a coin',
    errorRate: ({ L2, L3 }) => coinTail(L2.walkForwardWindows, L3.profitableWindows),
    ...fatal,
  },
  bootstrapInterval: {
    tier: 'L3',
    name: 'bootstrapInterval',
    asks: 'lower end of the interval of the mean daily return out of sample',
    threshold: ({ L3 }: Pick<TierThresholds, 'L3'>) => `> 0 (${L3.confidence * 100} %)`,
    test: 'mean daily return <= 0, block bootstrap',
    errorRate: ({ L3 }) => (1 - L3.confidence) / 2,
    ...fatal,
  },
  regimes: {
    tier: 'L3',
    name: 'regimes',
    asks: 'regimes (bull, bear, sideways) that earned out of sample',
    threshold: ({ L3 }: Pick<TierThresholds, 'L3'>) => `>= ${L3.profitableRegimes} of 3`,
    test: 'each regime earns by the toss of a coin',
    errorRate: ({ L3 }) => coinTail(3, L3.profitableRegimes),
    ...fatal,
  },
  deployedCorrelation: {
    tier: 'L3',
    name: 'deployedCorrelation',
    asks: 'largest correlation of daily returns with a deployed strategy',
    threshold: ({ L3 }: Pick<TierThresholds, 'L3'>) => `< ${L3.correlation}`,
    ...fatal,
  },
  holdoutSharpe: {
    tier: 'L3',
    name: 'holdoutSharpe',
    asks: 'annual Sharpe in the holdout, opened once',
    threshold: ({ L3 }: Pick<TierThresholds, 'L3'>) => `> ${L3.holdoutSharpe}`,
    test: 'Sharpe <= 0, one-sided',
    errorRate: ({ L3 }) => (L3.holdoutSharpe === 0 ? 0.5 : luckySharpe(L3.holdoutSharpe, yearDays)),
    ...fatal,
  },
  deflatedSharpe: {
    tier: 'L3',
    name: 'deflatedSharpe',
    asks: 'p of the Sharpe over L2’s window and the holdout, all trials of the family counted',
    threshold: ({ L3 }: Pick<TierThresholds, 'L3'>) => `<= ${L3.deflatedSharpeP}`,
    test: 'the best of all trials is luck',
    errorRate: ({ L3 }) => L3.deflatedSharpeP,
    ...fatal,
  },
} as const satisfies Record<string, GateDefinition>;

export const gateDefinitions = { L0: l0, L1: l1, L2: l2, L3: l3 } as const;

/** Every gate, in the order of the ladder. */
export const allGates: readonly GateDefinition[] = Object.values(gateDefinitions).flatMap((tier) =>
  Object.values<GateDefinition>(tier),
);

/** Whether a row of a verdict decides, or only informs: the rows that every face counts. */
export const hasVote = (tier: Tier, { name, informs }: Pick<Gate, 'name' | 'informs'>): boolean =>
  informs !== true && !allGates.some((gate) => gate.tier === tier && gate.name === name && gate.informs === true);

type Measured = Partial<Pick<Gate, 'value' | 'test' | 'note' | 'marginal' | 'informs'>> & Readonly<{ passed: boolean }>;

/** The row of a gate in a verdict. A value that is not a number is left out: it could not be computed. */
export function gateRow<Thresholds extends Partial<TierThresholds>>(
  definition: Pick<GateDefinition, 'name' | 'fixable' | 'errorType'> & { threshold(thresholds: Thresholds): string },
  thresholds: Thresholds,
  { value, passed, test, note, marginal, informs }: Measured,
): Gate {
  const { name, fixable, errorType } = definition;
  return {
    name,
    ...(value !== undefined && Number.isFinite(value) && { value }),
    threshold: definition.threshold(thresholds),
    passed,
    ...(passed && marginal === true && { marginal }),
    ...(test !== undefined && { test }),
    fixable,
    errorType,
    ...(note !== undefined && { note }),
    ...(informs && { informs }),
  };
}

/** Where a value stands in a band. Nothing (undefined, NaN) fails. */
export function inBand(
  value: number | undefined,
  { pass, marginal }: Band,
  better: 'more' | 'less',
): Pick<Measured, 'passed' | 'marginal'> & { value?: number } {
  if (value === undefined || Number.isNaN(value)) return { passed: false };
  const reaches = (limit: number) => (better === 'more' ? value >= limit : value <= limit);
  return { value, passed: reaches(marginal), marginal: !reaches(pass) };
}
