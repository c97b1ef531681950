import { z } from 'zod';
import type { Tier } from '../core/validation/verdict.ts';
import { loadSettings } from './load.ts';

const seconds = z.number().positive().max(86_400);
const share = z.number().min(0).max(1);

/** Keys as in config/parallel-validation.yaml, where each is explained. */
const schema = z.strictObject({
  max_workers: z.int().min(1).max(200).default(4),
  min_queue_depth_for_parallel: z.int().min(1).max(1_000).default(2),
  worker_timeout_seconds: seconds.default(600),
  l0_timeout_multiplier: z.number().positive().max(1_000).default(1),
  l1_timeout_multiplier: z.number().positive().max(1_000).default(1.5),
  l2_timeout_multiplier: z.number().positive().max(1_000).default(3),
  l3_timeout_multiplier: z.number().positive().max(1_000).default(6),
  polling_interval_seconds: seconds.default(5),
  max_polling_attempts: z.int().min(1).default(120),
  fail_fast: z.boolean().default(false),
  auto_escalate_threshold: share.default(0.5),
  escalation_timeout_seconds: z.number().min(0).max(604_800).default(900),
  auto_retry_fixable: z.boolean().default(true),
  resource_limits: z
    .strictObject({
      memory_per_worker_mb: z.int().min(32).max(65_536).default(200),
      cpu_percent_per_worker: z.number().min(1).max(100).optional(),
    })
    .prefault({}),
  deployed: z
    .strictObject({
      strategies: z.array(z.string().min(1)).max(1_000).default([]),
      order_days: z.number().min(0).max(3_650).default(30),
    })
    .prefault({}),
  track_worker_performance: z.boolean().default(true),
  log_worker_times: z.boolean().default(true),
  alert_on_outliers: z.boolean().default(true),
});

export type ParallelValidationSettings = Readonly<z.output<typeof schema>>;

export const loadParallelValidation = (folder?: string): ParallelValidationSettings =>
  loadSettings('parallel-validation.yaml', schema, folder);

/** Time limit of one strategy at a tier, in seconds. */
export function timeoutSeconds(settings: ParallelValidationSettings, tier: Tier): number {
  const multipliers: Partial<Record<Tier, number>> = {
    L0: settings.l0_timeout_multiplier,
    L1: settings.l1_timeout_multiplier,
    L2: settings.l2_timeout_multiplier,
    L3: settings.l3_timeout_multiplier,
  };
  return settings.worker_timeout_seconds * (multipliers[tier] ?? 1);
}

/** Threads that compute: one a core, fewer when the settings cap the share of the machine, never none. */
export function computingThreads({ resource_limits: limits }: ParallelValidationSettings, cores: number): number {
  const cap = limits.cpu_percent_per_worker;
  return cap === undefined ? cores : Math.max(1, Math.floor((cores * cap) / 100));
}
