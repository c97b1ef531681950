import { finiteOrMissing } from '../../core/strategy/functions/arguments.ts';
import { remember, saveMemory } from '../../core/strategy/functions/saved-numbers.ts';
import type { SavedState, SeriesRun } from '../../core/strategy/functions/series-function.ts';
import type { SeriesPlugin } from '../../core/strategy/strategy-plugins.ts';
import { kalman } from '../fe/kalman.ts';
import {
  type Belief,
  diffuseBelief,
  isDiffuse,
  type NoiseVariances,
  predict,
  update,
  updateDiffuse,
} from '../fe/kalman-filter.ts';
import { refuse } from '../refuse.ts';
import { withParams } from './checked-params.ts';

type Model = Readonly<{ start: Belief; noise: NoiseVariances; hasSlope: boolean }>;

/**
 * fe_kalman with fixed noise, carried bar by bar. The first value starts it; a missing one after that is a gap of the
 * plugin (`observed` false): the level goes on as predicted, and there is no innovation.
 */
export const kalmanSeries: SeriesPlugin = {
  id: kalman.id,
  inputs: ['series'],
  bind: (given) =>
    withParams(kalman, given, (params) => {
      const { model = 'localLevel', noise, initial = { kind: 'exactDiffuse' as const } } = params;
      if (params.smooth) refuse('params.smooth', 'smoothed values look ahead', 'false', params.smooth);
      if (noise?.mode === 'mle')
        refuse('params.noise.mode', 'variances estimated from the whole series look ahead', "'fixed'", noise.mode);
      const settings = { model, noise, initial };
      kalman.compute({ series: [0] }, { ...settings, smooth: false, horizon: 0 }); // refuses what does not go together
      if (noise === undefined) refuse('params.noise', 'missing', "{ mode: 'fixed', … }");
      const hasSlope = model === 'localLinearTrend';
      const { epsilonVar, levelVar, slopeVar = 0 } = noise;
      const start = initial.kind === 'known' ? known(initial) : diffuseBelief(hasSlope);
      return {
        params: settings,
        outputs: hasSlope ? [...ofLevel, ...ofSlope] : ofLevel,
        create: (saved) => createRun({ start, noise: { epsilonVar, levelVar, slopeVar }, hasSlope }, saved),
      };
    }),
};

const ofLevel = ['level', 'levelVar', 'gain', 'innovation', 'innovationVar', 'standardized'];
const ofSlope = ['slope', 'slopeVar'];

const known = ({ mean, cov }: Readonly<{ mean: number[]; cov: number[][] }>): Belief => ({
  level: mean[0],
  slope: mean[1] ?? 0,
  levelVar: cov[0][0],
  cross: cov[0][1] ?? 0,
  slopeVar: cov[1]?.[1] ?? 0,
  diffuseLevel: 0,
  diffuseCross: 0,
  diffuseSlope: 0,
});

const fields = Object.keys(diffuseBelief(true)) as readonly (keyof Belief)[];

function createRun({ start, noise, hasSlope }: Model, saved: SavedState | undefined): SeriesRun {
  const { observed, cells } = remember({ observed: 1, cells: fields.length }, saved);
  const belief = { ...start };
  if (saved !== undefined) for (const [place, field] of fields.entries()) belief[field] = cells[place];
  const told = { value: 0, variance: 0, gain: 0 };

  /** Takes a value in; true where it has an innovation. */
  function observe(value: number): boolean {
    observed[0] += 1;
    if (isDiffuse(belief)) {
      updateDiffuse(belief, value, { epsilonVar: noise.epsilonVar, leavesSlope: hasSlope && observed[0] === 1 });
      return false;
    }
    if (!(belief.levelVar + noise.epsilonVar > 0)) return false;
    update(belief, value, noise.epsilonVar, told);
    return true;
  }

  return {
    advance([x], outputs, from, to) {
      const [level, levelVar, gain, innovation, innovationVar, standardized, slope, slopeVar] = outputs;
      for (let i = from; i < to; i += 1) {
        const present = x[i] === x[i];
        for (const output of outputs) output[i] = NaN;
        if (!present && observed[0] === 0) continue;
        if (present && observe(x[i])) {
          gain[i] = finiteOrMissing(told.gain);
          innovation[i] = finiteOrMissing(told.value);
          innovationVar[i] = finiteOrMissing(told.variance);
          standardized[i] = finiteOrMissing(told.value / Math.sqrt(told.variance));
        }
        if (!isDiffuse(belief)) {
          level[i] = finiteOrMissing(belief.level);
          levelVar[i] = finiteOrMissing(belief.levelVar);
          if (hasSlope) {
            slope[i] = finiteOrMissing(belief.slope);
            slopeVar[i] = finiteOrMissing(belief.slopeVar);
          }
        }
        predict(belief, noise);
      }
    },
    save() {
      for (const [place, field] of fields.entries()) cells[place] = belief[field];
      return saveMemory({ observed, cells });
    },
  };
}
