import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { gradeOf } from './analyst-grades.ts';

const event = z.strictObject({
  t: timeMs(),
  firm: z.string().describe('who rated'),
  fromGrade: z.string().optional().describe("the firm's own word, as 'Hold'"),
  toGrade: z.string().optional().describe("the firm's own word, as 'Buy'"),
  action: z.enum(['up', 'down', 'main', 'init']).describe('raised, lowered, kept, first rating'),
});

const estimates = z.strictObject({
  epsNow: z.number().describe('consensus earnings a share, price units'),
  epsThen: z.number().describe('the same for the same fiscal period 30 days ago'),
  up: z.int().nonnegative().describe('estimates raised in 30 days'),
  down: z.int().nonnegative().describe('estimates lowered in 30 days'),
  analysts: z.int().nonnegative().describe('who estimate'),
  price: z.number().positive().describe('of a share now, same unit as the estimates'),
});

const issuer = z.strictObject({
  symbol: z.string().describe('name of the issuer'),
  weight: z.number().default(1).describe('exposure of the answer to this issuer, may be negative'),
  events: z.array(event).describe('rating changes, in any order'),
  estimates: estimates.optional(),
});

const weights = z.strictObject({
  rating: z.number().nonnegative().describe('weight of the rating changes'),
  diffusion: z.number().nonnegative().describe('weight of estimates raised against lowered'),
  estimate: z.number().nonnegative().describe('weight of the revision of the consensus'),
});

const params = z.strictObject({
  weights: weights.prefault({ rating: 0.4, diffusion: 0.3, estimate: 0.3 }).describe('of the components'),
  halfLifeDays: z.number().positive().default(30).describe('in which an event loses half of its weight'),
  maxAgeDays: z.number().positive().default(90).describe('older events do not count'),
  shrink: z.number().nonnegative().default(2).describe('neutral events that are added to every issuer'),
  revisionScale: z.number().positive().default(0.002).describe('revision over price of the full component'),
  confidenceMass: z.number().positive().default(4).describe('weight of events at which confidence is a half'),
});

const components = z.strictObject({
  rating: z.number().min(-1).max(1),
  diffusion: z.number().min(-1).max(1),
  estimate: z.number().min(-1).max(1),
});

const input = z.strictObject({
  asOf: timeMs().describe('nothing after it is known'),
  issuers: z.array(issuer).min(1),
});

type Issuer = z.output<typeof issuer>;
type Event = z.output<typeof event>;
type Estimates = z.output<typeof estimates>;
type Params = z.output<typeof params>;

const dayMs = 86_400_000;

export const analystRevisions = definePlugin({
  id: 'alpha_analyst_revisions',
  category: 'alpha',
  kind: 'source',
  summary:
    'Scores the net direction of analyst rating changes and estimate revisions for one or more issuers, time-decayed and shrunk for thin coverage.',
  reference:
    'Womack (1996), Journal of Finance 51(1); Jegadeesh, Kim, Krische & Lee (2004), Journal of Finance 59(3); Chan, Jegadeesh & Lakonishok (1996), Journal of Finance 51(5); Givoly & Lakonishok (1979)',
  input,
  params,
  output: z.strictObject({
    signal: z.number().min(-1).max(1),
    confidence: fraction().describe('mean of the issuers, by weight'),
    issuers: z.array(
      z.strictObject({
        symbol: z.string(),
        weight: z.number(),
        net: z.number().min(-1).max(1),
        components: components.partial().describe('what there was to score'),
        confidence: fraction(),
      }),
    ),
  }),
  example: {
    input: {
      asOf: 1763683200000,
      issuers: [
        {
          symbol: 'COIN',
          weight: 0.6,
          events: [
            { t: 1763510400000, firm: 'A', fromGrade: 'Hold', toGrade: 'Buy', action: 'up' },
            { t: 1762387200000, firm: 'B', fromGrade: 'Overweight', toGrade: 'Overweight', action: 'main' },
            { t: 1759795200000, firm: 'C', fromGrade: 'Outperform', toGrade: 'Market Perform', action: 'down' },
            { t: 1753315200000, firm: 'D', fromGrade: 'Buy', toGrade: 'Sell', action: 'down' },
          ],
          estimates: { epsNow: 1.62, epsThen: 1.45, up: 9, down: 3, analysts: 24, price: 262.5 },
        },
        { symbol: 'MSTR', weight: 0.4, events: [{ t: 1762992000000, firm: 'E', toGrade: 'Buy', action: 'init' }] },
      ],
    },
    params: {
      weights: { rating: 0.4, diffusion: 0.3, estimate: 0.3 },
      halfLifeDays: 30,
      maxAgeDays: 90,
      shrink: 2,
      revisionScale: 0.002,
      confidenceMass: 4,
    },
  },
  compute: ({ asOf, issuers }, terms) => {
    if (Object.values(terms.weights).every((weight) => weight === 0))
      refuse('params.weights', 'all 0', 'at least one above 0', terms.weights);
    issuers.forEach((given, i) => refuseBadIssuer(given, { asOf, path: `input.issuers[${i}]` }));
    if (issuers.every(({ weight }) => weight === 0))
      refuse('input.issuers[0].weight', '0, as every other weight', 'at least one that is not 0', 0);
    const scored = issuers.map((given) => scoreOf(given, asOf, terms));
    const rows = scored.map(({ weight, net, confidence }) => ({ weight, net, confidence, size: Math.abs(weight) }));
    const signed = rows.map(({ weight, net }) => Math.sign(weight) * net);
    return {
      signal: clip(
        weightedMean(
          signed,
          rows.map(({ size, confidence }) => size * confidence),
        ),
        -1,
        1,
      ),
      confidence: clip(
        weightedMean(
          rows.map(({ confidence }) => confidence),
          rows.map(({ size }) => size),
        ),
        0,
        1,
      ),
      issuers: scored,
    };
  },
});

type Place = Readonly<{ asOf: number; path: string }>;

function refuseBadIssuer({ events, estimates: found }: Issuer, { asOf, path }: Place): void {
  events.forEach(({ t }, j) => {
    if (t > asOf) refuse(`${path}.events[${j}].t`, 'look-ahead: after asOf', `at most ${asOf}`, t);
  });
  if (found !== undefined && found.analysts === 0 && found.up + found.down > 0)
    refuse(`${path}.estimates.analysts`, '0, but estimates were revised', 'at least 1', 0);
}

function scoreOf({ symbol, weight, events, estimates: found }: Issuer, asOf: number, terms: Params) {
  const recent = events
    .map((given) => ({ given, ageDays: (asOf - given.t) / dayMs }))
    .filter(({ ageDays }) => ageDays <= terms.maxAgeDays)
    .map(({ given, ageDays }) => ({ direction: directionOf(given), weight: 2 ** (-ageDays / terms.halfLifeDays) }));
  const eventMass = recent.reduce((sum, one) => sum + one.weight, 0);
  const rated = recent.reduce((sum, one) => sum + one.weight * one.direction, 0);
  const parts = {
    ...(eventMass > 0 && { rating: clip(rated / (eventMass + terms.shrink), -1, 1) }),
    ...(found !== undefined && estimateParts(found, terms)),
  };
  const present = (['rating', 'diffusion', 'estimate'] as const).filter((name) => parts[name] !== undefined);
  const net = weightedMean(
    present.map((name) => parts[name] ?? 0),
    present.map((name) => terms.weights[name]),
  );
  const mass = eventMass + (found === undefined ? 0 : found.up + found.down);
  return {
    symbol,
    weight,
    net: clip(net, -1, 1),
    components: parts,
    confidence: mass / (mass + terms.confidenceMass),
  };
}

/** +1 the strongest raise, -1 the strongest cut; a first rating counts half, as firms start with good words. */
function directionOf({ fromGrade, toGrade, action }: Event): number {
  const [from, to] = [gradeOf(fromGrade), gradeOf(toGrade)];
  if (action === 'init') return to === undefined ? 0 : clip(0.25 * to, -1, 1);
  if (from !== undefined && to !== undefined) return clip((to - from) / 2, -1, 1);
  return action === 'up' ? 0.5 : action === 'down' ? -0.5 : 0;
}

function estimateParts({ epsNow, epsThen, up, down, analysts, price }: Estimates, { revisionScale }: Params) {
  return {
    ...(analysts > 0 && { diffusion: clip((up - down) / analysts, -1, 1) }),
    estimate: clip((epsNow - epsThen) / price / revisionScale, -1, 1),
  };
}

/** 0 where nothing has weight; weights are scaled first, so that none overflows. */
function weightedMean(values: readonly number[], sizes: readonly number[]): number {
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  if (largest === 0) return 0;
  const shares = sizes.map((size) => size / largest);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return values.reduce((sum, value, i) => sum + value * shares[i], 0) / total;
}
