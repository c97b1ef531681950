import { z } from 'zod';
import { timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';

const point = z.strictObject({
  t: timeMs().describe('start of the period'),
  value: z.number().nonnegative().describe('interest, on a scale of the segment'),
  partial: z.boolean().optional().describe('a period that is not over; left out'),
});

/** One window of an answer, on a scale of its own. */
export const attentionSegments = z
  .array(z.strictObject({ points: z.array(point).describe('oldest first, equally spaced') }))
  .min(1)
  .describe('windows that overlap, each on a scale of its own');

type Point = Readonly<{ t: number; value: number }>;

/**
 * One series on the scale of the newest segment: each older one is put on it by the ratio of the sums over what they
 * share, which zeros and rounding hardly move. Values that are there already stay.
 */
export function stitch(segments: z.output<typeof attentionSegments>, minOverlap: number): Point[] {
  const ordered = segments
    .map(({ points }, place) => ({ place, full: fullPoints(points, place) }))
    .toSorted((a, b) => lastTime(a.full) - lastTime(b.full));
  const stitched = new Map<number, number>();
  ordered.toReversed().forEach(({ place, full }, older) => {
    const ratio = older === 0 ? 1 : scaleOf(full, stitched, { place, minOverlap });
    const missing = full.filter(({ t }) => !stitched.has(t));
    missing.forEach(({ t, value }) => stitched.set(t, value * ratio));
  });
  return [...stitched].map(([t, value]) => ({ t, value })).toSorted((a, b) => a.t - b.t);
}

const lastTime = (points: readonly Point[]) => points[points.length - 1].t;

function fullPoints(points: readonly (Point & { partial?: boolean | undefined })[], place: number): readonly Point[] {
  const path = `input.segments[${place}]`;
  points.forEach(({ t }, i) => {
    if (i > 0 && !(t > points[i - 1].t))
      refuse(`${path}.points[${i}].t`, 'not after the one before', `more than ${points[i - 1].t}`, t);
  });
  const full = points.filter(({ partial }) => partial !== true);
  if (full.length === 0) refuse(path, 'without a full period', 'at least 1', 0);
  return full;
}

type Joint = Readonly<{ place: number; minOverlap: number }>;

function scaleOf(
  points: readonly Point[],
  stitched: ReadonlyMap<number, number>,
  { place, minOverlap }: Joint,
): number {
  const path = `input.segments[${place}]`;
  const shared = points.filter(({ t }) => stitched.has(t));
  if (shared.length < minOverlap)
    refuse(path, 'too few points in common with the newer segments', `at least ${minOverlap}`, shared.length);
  const own = shared.reduce((sum, { value }) => sum + value, 0);
  if (!(own > 0)) refuse(path, 'nothing but 0 where it overlaps the newer segments', 'a sum above 0', own);
  return shared.reduce((sum, { t }) => sum + (stitched.get(t) ?? 0), 0) / own;
}
