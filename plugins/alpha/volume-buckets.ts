import { clip } from '../../core/math/clip.ts';
import { normalCdf } from '../../core/math/normal.ts';
import { createRecent, type Recent } from '../../core/math/recent.ts';
import { studentTCdf } from '../../core/math/student-t.ts';

/** Where a stream of bars stands: what sigma needs, the open bucket, and what the closed ones gave. */
export type Flow = {
  readonly bucketVolume: number;
  readonly buckets: number;
  /** Price changes. */
  readonly changes: Recent;
  lastClose: number | undefined;
  /** Volume in the open bucket. */
  filled: number;
  /** Of it, bought. */
  buy: number;
  /** Signed imbalances of the latest buckets. */
  readonly ring: Recent;
  /** VPINs. */
  readonly history: Recent;
};

/** A bucket's end, in the time of the bar that closed it. */
export type Closed = { t: number; vpin: number };

type Sizes = Readonly<{ bucketVolume: number; buckets: number; sigmaWindow: number; maxHistory: number }>;
type Start = Readonly<{
  dps: readonly number[];
  lastClose?: number | undefined;
  filled: number;
  buy: number;
  ring: readonly number[];
  history: readonly number[];
}>;

/** A flow from its beginning, or from where a state left it. */
export function createFlow({ bucketVolume, buckets, sigmaWindow, maxHistory }: Sizes, start?: Start): Flow {
  return {
    bucketVolume,
    buckets,
    changes: createRecent(sigmaWindow, start?.dps),
    lastClose: start?.lastClose,
    filled: start?.filled ?? 0,
    buy: start?.buy ?? 0,
    ring: createRecent(buckets, start?.ring),
    history: createRecent(maxHistory, start?.history),
  };
}

type Bar = Readonly<{ close: number; volume: number; buyVolume?: number | undefined }>;
type Rule = Readonly<{ classify: 'bvc' | 'aggressor'; distribution: 'normal' | 't'; dof: number; minSigma: number }>;

/**
 * Takes a bar's price change into the flow, and gives the share of its volume that was bought: known, or by bulk volume
 * classification from the change over its deviation (the change itself included). Undefined while too few changes are
 * known.
 */
export function takeBuyFraction(flow: Flow, { close, volume, buyVolume = 0 }: Bar, rule: Rule): number | undefined {
  const change = flow.lastClose === undefined ? undefined : close - flow.lastClose;
  if (change !== undefined) flow.changes.push(change);
  flow.lastClose = close;
  if (rule.classify === 'aggressor') return buyVolume / volume;
  if (change === undefined || flow.changes.count() < rule.minSigma) return undefined;
  const sigma = flow.changes.deviation();
  if (sigma <= 1e-12 * close) return 0.5; // rounding noise of prices that stand still
  return rule.distribution === 'normal' ? normalCdf(change / sigma) : studentTCdf(change / sigma, rule.dof);
}

/** Pours a bar's volume into buckets; adds the VPIN of each that closes to `completed`, once there are enough. */
export function pour(
  flow: Flow,
  { t, volume, buyFraction }: Readonly<{ t: number; volume: number; buyFraction: number }>,
  completed: Closed[],
): void {
  const { bucketVolume } = flow;
  let left = volume;
  while (left > 0) {
    const take = Math.min(left, bucketVolume - flow.filled);
    flow.filled += take;
    flow.buy += take * buyFraction;
    left -= take;
    if (bucketVolume - flow.filled > 1e-12 * bucketVolume) continue;
    flow.ring.push(clip((2 * flow.buy - bucketVolume) / bucketVolume, -1, 1));
    flow.filled = 0;
    flow.buy = 0;
    const imbalances = flow.ring.values();
    if (imbalances.length < flow.buckets) continue;
    let sizes = 0;
    for (let i = 0; i < imbalances.length; i++) sizes += Math.abs(imbalances[i]);
    const vpin = sizes / imbalances.length;
    flow.history.push(vpin);
    completed.push({ t, vpin });
  }
}
