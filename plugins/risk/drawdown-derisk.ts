import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { fraction, openFraction, timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { type HighWater, highWaterOfAllTime, highWaterOfWindow } from './high-water.ts';

const bounds = ['none', 'drawdown', 'ladder', 'hardLimit', 'halted', 'maxStepUp'] as const;

const observation = z.strictObject({
  t: timeMs(),
  value: z.number().positive().describe('equity, marked to market, after the flow'),
  flow: z.number().optional().describe('money paid in since the last observation, negative = taken out'),
});

const rung = z.strictObject({
  drawdown: fraction().describe('from the high-water mark, from which the rung holds'),
  multiplier: fraction().describe('factor on every exposure there'),
});

const stateSchema = z.strictObject({
  highWaterMark: z.number().positive().optional().describe('highest equity so far, scaled by the flows since'),
  halted: z.boolean().default(false).describe('exposure is kept at 0'),
  multiplier: fraction().describe('the last one given'),
  t: timeMs().describe('the last observation'),
  haltedAt: timeMs().optional().describe('while halted'),
  window: z
    .array(z.strictObject({ t: timeMs(), value: z.number().positive().describe('equity, scaled by the flows since') }))
    .min(1)
    .optional()
    .describe('exactly with params.window: values that can still be the highest'),
});

const input = z.strictObject({
  equity: z.array(observation).min(1),
  state: stateSchema
    .optional()
    .describe('of the last output; to reset a halt drop halted, haltedAt, highWaterMark, window'),
});

const deriskParams = z.strictObject({
  maxDrawdown: openFraction().describe('exposure is 0 there'),
  softStart: fraction().default(0).describe('drawdown up to which nothing is cut, below maxDrawdown'),
  mode: z
    .enum(['grossmanZhou', 'linear', 'ladder'])
    .default('grossmanZhou')
    .describe('how exposure falls from softStart to maxDrawdown'),
  ladder: z.array(rung).optional().describe('ascending, for mode ladder'),
  window: z.number().positive().optional().describe('ms the high-water mark looks back; all time without'),
  maxStepUp: z.number().gt(0).max(1).default(1).describe('largest rise of the multiplier an observation'),
  haltAtLimit: z.boolean().default(true).describe('stay at 0 once maxDrawdown is reached, until coolOffMs or a reset'),
  coolOffMs: z.number().positive().optional().describe('a halt ends after this; only by a reset without'),
});

type Observation = z.output<typeof observation>;
type State = z.output<typeof stateSchema>;
type Params = z.output<typeof deriskParams>;
type Bound = (typeof bounds)[number];

/**
 * Exposure as the surplus over the largest allowed drawdown, W - (1 - D) M, as a share of equity: 1 at the soft start,
 * 0 at the limit. Cuts are immediate, re-risking is gradual. Money in or out moves the mark with it.
 */
export const drawdownDerisk = definePlugin({
  id: 'risk_drawdown_derisk',
  category: 'risk',
  kind: 'stateful',
  summary:
    'Cuts exposure as drawdown grows, so that a set maximum is approached and not passed; halts, cools off, re-risks.',
  reference:
    'Grossman & Zhou (1993), Mathematical Finance 3(3); Cvitanic & Karatzas (1995); Black & Perold (1992), CPPI; Yang & Zhong (2012), rolling high-water mark',
  input,
  params: deriskParams,
  output: z.strictObject({
    multiplier: fraction().describe('factor on every exposure'),
    drawdown: fraction().describe('below the high-water mark'),
    highWaterMark: z.number(),
    halted: z.boolean(),
    bound: z.enum(bounds),
    series: z.array(z.strictObject({ t: timeMs(), drawdown: z.number(), multiplier: fraction() })),
    state: stateSchema,
  }),
  example: {
    input: {
      equity: [
        { t: 1761955200000, value: 100000 },
        { t: 1762041600000, value: 104000 },
        { t: 1762128000000, value: 98500 },
        { t: 1762214400000, value: 106500, flow: 10000 },
        { t: 1762300800000, value: 99000 },
      ],
    },
    params: { maxDrawdown: 0.2, softStart: 0.05, mode: 'grossmanZhou', maxStepUp: 0.1, haltAtLimit: true },
  },
  compute: ({ equity, state }, params) => {
    refuseBadParams(params);
    refuseBadState(state, params);
    const water =
      params.window === undefined
        ? highWaterOfAllTime(state?.highWaterMark)
        : highWaterOfWindow(params.window, state?.window);
    let risk: Risk = startOf(state);
    const series = equity.map((now, i) => {
      refuseUnlessLater(now.t, `input.equity[${i}].t`, i === 0 ? state?.t : equity[i - 1].t);
      moveWithFlow(water, now, `input.equity[${i}].flow`);
      risk = advance(risk, now, { water, params });
      return { t: now.t, drawdown: risk.drawdown, multiplier: risk.multiplier };
    });
    const { multiplier, drawdown, highWaterMark, bound, haltedAt } = risk;
    const halted = haltedAt !== undefined;
    const next = {
      highWaterMark,
      halted,
      multiplier,
      t: equity[equity.length - 1].t,
      ...(halted && { haltedAt }),
      ...(params.window !== undefined && { window: water.entries() }),
    };
    return { multiplier, drawdown, highWaterMark, halted, bound, series, state: next };
  },
});

type Risk = Readonly<{
  multiplier: number;
  drawdown: number;
  highWaterMark: number;
  bound: Bound;
  haltedAt: number | undefined;
}>;

const startOf = (state?: State): Risk => ({
  multiplier: state?.multiplier ?? 1,
  drawdown: 0,
  highWaterMark: state?.highWaterMark ?? 0,
  bound: 'none',
  haltedAt: state?.halted ? state.haltedAt : undefined,
});

function moveWithFlow(water: HighWater, { value, flow = 0 }: Observation, path: string): void {
  if (flow >= value) refuse(path, 'nothing was there before it', `less than the value after it, ${value}`, flow);
  if (flow !== 0) water.scale(value / (value - flow));
}

/** Takes one observation in: halts, cools off, cuts at once, re-risks by steps. */
function advance(
  last: Risk,
  { t, value }: Observation,
  { water, params }: Readonly<{ water: HighWater; params: Params }>,
): Risk {
  let { haltedAt } = last;
  if (haltedAt !== undefined && params.coolOffMs !== undefined && t - haltedAt >= params.coolOffMs) {
    haltedAt = undefined;
    water.restart();
  }
  const highWaterMark = water.take({ t, value });
  const drawdown = 1 - value / highWaterMark;
  const atLimit = drawdown >= params.maxDrawdown - tolerance;
  if (atLimit && params.haltAtLimit) haltedAt ??= t;

  const rule = atLimit
    ? { target: 0, bound: 'hardLimit' as const }
    : haltedAt !== undefined
      ? { target: 0, bound: 'halted' as const }
      : targetOf(drawdown, params);
  const highest = last.multiplier + params.maxStepUp;
  const stepped = rule.target > highest + tolerance;
  return {
    multiplier: stepped ? highest : rule.target,
    drawdown,
    highWaterMark,
    bound: stepped ? 'maxStepUp' : rule.bound,
    haltedAt,
  };
}

/** What rounding may add to a drawdown or a multiplier. */
const tolerance = 1e-12;

/** The exposure that a drawdown short of the limit allows. */
function targetOf(drawdown: number, params: Params): Readonly<{ target: number; bound: Bound }> {
  const { maxDrawdown: limit, softStart, mode } = params;
  if (drawdown <= softStart + tolerance) return { target: 1, bound: 'none' };
  if (mode === 'ladder') {
    const reached = params.ladder?.findLast(({ drawdown: from }) => from <= drawdown + tolerance);
    const target = reached?.multiplier ?? 1;
    return { target, bound: target < 1 ? 'ladder' : 'none' };
  }
  const cushion = limit - drawdown;
  if (mode === 'linear') return { target: cushion / (limit - softStart), bound: 'drawdown' };
  return { target: cushion / (1 - drawdown) / ((limit - softStart) / (1 - softStart)), bound: 'drawdown' };
}

function refuseBadParams({ maxDrawdown, softStart, mode, ladder }: Params): void {
  if (softStart >= maxDrawdown)
    refuse('params.softStart', 'not below maxDrawdown', `less than ${maxDrawdown}`, softStart);
  if (mode !== 'ladder') return;
  if (ladder === undefined || ladder.length === 0) refuse('params.ladder', 'missing', 'at least one rung', ladder);
  const at = ladder.findIndex(({ drawdown }, i) => i > 0 && drawdown <= ladder[i - 1].drawdown);
  if (at > 0) refuse(`params.ladder[${at}].drawdown`, 'not above the rung before', 'ascending', ladder[at].drawdown);
}

/** A state is carried whole or reset whole; half of one would bring a mark back that the caller meant to drop. */
function refuseBadState(state: State | undefined, { window }: Params): void {
  if (state === undefined) return;
  if (state.halted && state.haltedAt === undefined) refuse('input.state.haltedAt', 'missing while halted', 'a time');
  const wanted = window !== undefined && state.highWaterMark !== undefined;
  if (wanted && state.window === undefined)
    refuse('input.state.window', 'missing', 'the window that goes with highWaterMark and params.window');
  if (!wanted && state.window !== undefined)
    refuse('input.state.window', 'not expected', 'a window only with highWaterMark and params.window');
  state.window?.forEach(({ t }, i, values) => {
    if (i > 0) refuseUnlessLater(t, `input.state.window[${i}].t`, values[i - 1].t);
  });
}

function refuseUnlessLater(t: number, path: string, before: number | undefined): void {
  if (before !== undefined && t <= before) refuse(path, 'not after the one before', `more than ${before}`, t);
}
