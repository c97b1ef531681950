import { z } from 'zod';
import type { GateThresholds } from '../core/validation/thresholds.ts';
import { loadSettings } from './load.ts';

/** Keys as in config/validation-gates.yaml, where each is explained. */
const schema = z.strictObject({
  L0: z
    .strictObject({
      historyDays: z.number().min(1).max(3_650).default(182.5),
      signals: z.int().min(0).max(1_000_000).default(10),
      winRateDistance: z.number().min(0).max(0.5).default(0.005),
      informationCoefficient: z.number().min(-1).max(1).default(0.01),
      futilityP: z.number().min(0).max(1).default(0.5),
      futilityResamples: z.int().min(100).max(100_000).default(1_000),
    })
    .prefault({}),
});

export const loadValidationGates = (folder?: string): GateThresholds =>
  loadSettings('validation-gates.yaml', schema, folder);
