import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';

const icPoint = z.strictObject({
  lagMs: z.number().positive().describe('from the signal to the return, ms'),
  ic: z.number().describe('information coefficient there: correlation of signal and return'),
});

const bounds = ['none', 'floor', 'minStep', 'exitBelow', 'maxHold'] as const;

type IcPoint = z.output<typeof icPoint>;

const position = z.strictObject({
  entryTime: timeMs().describe('when the position was opened'),
  refreshTime: timeMs().optional().describe('when the same signal fired last: the age counts from here'),
  now: timeMs(),
  initialSize: z.number().describe('signed fraction of equity at entry, not 0'),
  currentSize: z.number().describe('signed fraction of equity now, of the same sign, or 0'),
  icCurve: z.array(icPoint).optional().describe('information coefficient by lag; a half-life is fitted to it'),
});

type Position = z.output<typeof position>;

export const timeDecaySize = definePlugin({
  id: 'risk_time_decay_size',
  category: 'risk',
  kind: 'pure',
  summary: 'Shrinks a position with the age of its signal, from a set or fitted half-life, and says when to exit.',
  reference:
    'Garleanu & Pedersen (2013), Journal of Finance 68(6); Grinold & Kahn (2000), Active Portfolio Management, ch. 13',
  input: position,
  params: z.strictObject({
    halfLifeMs: z.number().positive().optional().describe('required unless icCurve yields one'),
    graceMs: z.number().nonnegative().default(0).describe('age that does not count'),
    floor: z.number().gte(0).lt(1).default(0).describe('least share of the initial size'),
    exitBelow: z.number().gte(0).lt(1).default(0.1).describe('share at or below which the position is closed'),
    minStep: z.number().nonnegative().default(0.05).describe('smaller changes are not made, share of the initial size'),
    maxHoldMs: z.number().positive().optional().describe('longest life from entry'),
  }),
  output: z.strictObject({
    remaining: z.number().describe('target share of the initial size, 0..1'),
    reduction: z.number().describe('1 - remaining'),
    targetSize: z.number().describe('signed fraction of equity'),
    delta: z.number().describe('targetSize - currentSize'),
    exit: z.boolean(),
    ageMs: z.number(),
    fittedHalfLifeMs: z.number().optional(),
    bound: z.enum(bounds),
  }),
  example: {
    input: {
      entryTime: 1761955200000,
      now: 1762063200000,
      initialSize: 0.12,
      currentSize: 0.12,
      icCurve: [
        { lagMs: 14400000, ic: 0.06 },
        { lagMs: 28800000, ic: 0.052 },
        { lagMs: 86400000, ic: 0.031 },
        { lagMs: 172800000, ic: 0.015 },
      ],
    },
    params: { halfLifeMs: 86400000, graceMs: 21600000, floor: 0, exitBelow: 0.1, minStep: 0.05, maxHoldMs: 604800000 },
  },
  compute: (input, params) => {
    const { entryTime, refreshTime = entryTime, now, initialSize, currentSize } = input;
    refuseBadPosition(input);
    const fittedHalfLifeMs = input.icCurve && fitHalfLife(input.icCurve);
    const halfLifeMs = fittedHalfLifeMs ?? params.halfLifeMs;
    if (halfLifeMs === undefined)
      refuse('params.halfLifeMs', 'missing', 'a half-life, or an icCurve that falls', undefined);

    const ageMs = now - refreshTime;
    const decayed = 2 ** (-Math.max(0, ageMs - params.graceMs) / halfLifeMs);
    // The decayed share decides, not the floored one: a floor does not stop the exit. Life counts from entry.
    const tooOld = params.maxHoldMs !== undefined && now - entryTime >= params.maxHoldMs;
    const exit = decayed <= params.exitBelow || tooOld;
    const remaining = exit ? 0 : Math.max(params.floor, decayed);
    const wanted = initialSize * remaining;
    // Decay only reduces: what was already cut is not bought back.
    const target = initialSize > 0 ? Math.min(wanted, currentSize) : Math.max(wanted, currentSize);
    const tooSmall = !exit && Math.abs(target - currentSize) < params.minStep * Math.abs(initialSize);
    const targetSize = tooSmall ? currentSize : target;
    return {
      remaining,
      reduction: 1 - remaining,
      targetSize,
      delta: targetSize - currentSize,
      exit,
      ageMs,
      ...(fittedHalfLifeMs !== undefined && { fittedHalfLifeMs }),
      bound: boundOf({ exit, decayed, tooSmall, ...params }),
    };
  },
});

function refuseBadPosition({ entryTime, refreshTime, now, initialSize, currentSize }: Position): void {
  if (now < entryTime) refuse('input.now', 'before the entry', `at least ${entryTime}`, now);
  if (refreshTime !== undefined && (refreshTime < entryTime || refreshTime > now)) {
    refuse('input.refreshTime', 'outside the life of the position', `${entryTime}..${now}`, refreshTime);
  }
  if (initialSize === 0) refuse('input.initialSize', 'zero', 'a signed size', 0);
  if (currentSize * initialSize < 0)
    refuse('input.currentSize', 'of the other sign than initialSize', '0 or the same sign', currentSize);
}

/** Half-life of the exponential through the points with a positive coefficient; undefined where they don't fall. */
function fitHalfLife(curve: readonly IcPoint[]): number | undefined {
  const points = curve.filter(({ ic }) => ic > 0);
  if (new Set(points.map(({ lagMs }) => lagMs)).size < 2) {
    refuse('input.icCurve', 'too few points above 0', 'at least 2 different lags with ic > 0', points.length);
  }
  const meanLag = points.reduce((sum, { lagMs }) => sum + lagMs, 0) / points.length;
  const meanLog = points.reduce((sum, { ic }) => sum + Math.log(ic), 0) / points.length;
  const cross = points.reduce((sum, { lagMs, ic }) => sum + (lagMs - meanLag) * (Math.log(ic) - meanLog), 0);
  const square = points.reduce((sum, { lagMs }) => sum + (lagMs - meanLag) ** 2, 0);
  const slope = cross / square;
  return slope < 0 ? -Math.LN2 / slope : undefined;
}

type BoundFacts = Readonly<{ exit: boolean; decayed: number; tooSmall: boolean; exitBelow: number; floor: number }>;

function boundOf({ exit, decayed, tooSmall, exitBelow, floor }: BoundFacts): (typeof bounds)[number] {
  if (exit) return decayed <= exitBelow ? 'exitBelow' : 'maxHold';
  if (tooSmall) return 'minStep';
  return decayed < floor ? 'floor' : 'none';
}
