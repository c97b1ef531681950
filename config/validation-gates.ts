import { z } from 'zod';
import type { GateThresholds, TierThresholds } from '../core/validation/thresholds.ts';
import { loadSettings } from './load.ts';

/** What stands for a key that the file leaves out. */
export const usualThresholds: TierThresholds = {
  L0: {
    historyDays: 182.5,
    signals: 10,
    winRateDistance: 0.005,
    informationCoefficient: 0.01,
    futilityP: 0.5,
    futilityResamples: 1_000,
  },
  L1: { historyDays: 365, sharpe: 0.5, profitFactor: 1, trades: 30, randomEntryP: 0.2, randomEntryDraws: 1_000 },
  L2: {
    historyDays: 1_095,
    maxPoints: 500,
    walkForwardWindows: 5,
    trainWindows: 2,
    oosSharpe: { pass: 1, marginal: 0.5 },
    maxDrawdown: { pass: 0.3, marginal: 0.5 },
    profitFactor: { pass: 1.1, marginal: 1 },
    trades: { pass: 100, marginal: 50 },
    walkForwardEfficiency: { pass: 0.5, marginal: 0.3 },
    plateau: { pass: 0.7, marginal: 0.5 },
    costStressMultiple: 2,
    marginals: 3,
    pbo: 0.5,
    pboBlocks: 16,
    monteCarloRuns: 1_000,
    monteCarloBlockWeeks: 4,
  },
  L3: {
    historyDays: 1_825,
    profitableWindows: 3,
    confidence: 0.95,
    bootstrapResamples: 2_000,
    profitableRegimes: 2,
    regimeTrades: 30,
    regimeDays: 30,
    correlation: 0.7,
    holdoutSharpe: 0,
    deflatedSharpeP: 0.01,
  },
};

const share = z.number().min(0).max(1);
const ratio = z.number().min(-100).max(100);
const count = z.int().min(0).max(1_000_000);
const days = z.number().min(1).max(3_650);
const draws = z.int().min(100).max(100_000);

const more = z
  .strictObject({ pass: ratio.max(1_000_000), marginal: ratio.max(1_000_000) })
  .refine(({ pass, marginal }) => pass >= marginal, 'pass at or above marginal');
const less = z
  .strictObject({ pass: share, marginal: share })
  .refine(({ pass, marginal }) => pass <= marginal, 'pass at or below marginal');

const tierSchemas = {
  L0: z.strictObject({
    historyDays: days,
    signals: count,
    winRateDistance: share.max(0.5),
    informationCoefficient: z.number().min(-1).max(1),
    futilityP: share,
    futilityResamples: draws,
  }),
  L1: z.strictObject({
    historyDays: days,
    sharpe: ratio,
    profitFactor: ratio,
    trades: count,
    randomEntryP: share,
    randomEntryDraws: draws,
  }),
  L2: z.strictObject({
    historyDays: days,
    maxPoints: z.int().min(1).max(5_000),
    walkForwardWindows: z.int().min(2).max(20),
    trainWindows: z.int().min(1).max(10),
    oosSharpe: more,
    maxDrawdown: less,
    profitFactor: more,
    trades: more,
    walkForwardEfficiency: more,
    plateau: more,
    costStressMultiple: z.number().min(1).max(100),
    marginals: count,
    pbo: share,
    pboBlocks: z.int().min(4).max(20).multipleOf(2),
    monteCarloRuns: z.int().min(0).max(10_000),
    monteCarloBlockWeeks: z.int().min(1).max(52),
  }),
  L3: z.strictObject({
    historyDays: days,
    profitableWindows: z.int().min(1).max(20),
    confidence: z.number().min(0.5).max(0.999),
    bootstrapResamples: draws,
    profitableRegimes: z.int().min(1).max(3),
    regimeTrades: z.int().min(1).max(10_000),
    regimeDays: z.int().min(5).max(365),
    correlation: z.number().min(-1).max(1),
    holdoutSharpe: ratio,
    deflatedSharpeP: share,
  }),
};

const given = {
  L0: tierSchemas.L0.partial(),
  L1: tierSchemas.L1.partial(),
  L2: tierSchemas.L2.partial(),
  L3: tierSchemas.L3.partial(),
};

const override = z.strictObject({
  reason: z.string().trim().min(10, 'why, in at least ten letters').max(500),
  L0: given.L0.optional(),
  L1: given.L1.optional(),
  L2: given.L2.optional(),
  L3: given.L3.optional(),
});

/** Keys as in config/validation-gates.yaml, where each is explained. */
const schema = z.strictObject({
  L0: given.L0.prefault({}),
  L1: given.L1.prefault({}),
  L2: given.L2.prefault({}),
  L3: given.L3.prefault({}),
  overrides: z.record(z.string().regex(/^STR-\d{3,6}$/, 'STR- and 3 to 6 digits'), override).prefault({}),
});

/** The gates' numbers: those of the file, and the usual ones where it says nothing. */
export function loadValidationGates(folder?: string): GateThresholds {
  const { L0, L1, L2, L3, overrides } = loadSettings('validation-gates.yaml', schema, folder);
  const own = Object.entries(overrides).map(([strategyId, { reason, ...each }]) => [
    strategyId,
    {
      reason,
      ...(each.L0 && { L0: whatIsSaid(each.L0) }),
      ...(each.L1 && { L1: whatIsSaid(each.L1) }),
      ...(each.L2 && { L2: whatIsSaid(each.L2) }),
      ...(each.L3 && { L3: whatIsSaid(each.L3) }),
    },
  ]);
  return {
    L0: { ...usualThresholds.L0, ...whatIsSaid(L0) },
    L1: { ...usualThresholds.L1, ...whatIsSaid(L1) },
    L2: { ...usualThresholds.L2, ...whatIsSaid(L2) },
    L3: { ...usualThresholds.L3, ...whatIsSaid(L3) },
    ...(own.length > 0 && { overrides: Object.fromEntries(own) }),
  };
}

type Said<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The keys that have a value: an optional key of a schema may also be there without one. */
const whatIsSaid = <T extends object>(values: T): Said<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Said<T>;
