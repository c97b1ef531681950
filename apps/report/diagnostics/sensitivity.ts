import type { SweepDetails } from '../../../core/validation/details.ts';
import { evidenceTable, latest, panel } from '../evidence/panel.ts';
import { exact, fixed, percent, pValue } from '../format.ts';
import type { Html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { diagnose } from './diagnose.ts';

type Trial = Readonly<{ values: number[]; metric: number }>;

/** Which parameters the result hangs on, and whether its best point is a spike, by diag_param_sensitivity. */
export function sensitivityPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'sweep');
  if (found === undefined) return undefined;
  const { value: sweep, tier } = found;
  const names = Object.keys(sweep.parameters).filter((name) => new Set(sweep.parameters[name]).size > 1);
  const trials = trialsOf(sweep, names);
  if (names.length === 0 || trials.length === 0) return undefined;
  const output = shares({ parameters: names, trials }, isWhole(sweep, trials));
  if (output === undefined) return undefined;
  const { sensitivity, best, neighbourhood, mode } = output;
  const sorted = sensitivity.toSorted((a, b) => b.firstOrder - a.firstOrder);
  return panel({
    title: 'What the parameters decide',
    tier,
    finding: `${sorted[0].name} alone explains ${percent(sorted[0].firstOrder, 0)} of the differences between the points.${spikeText(neighbourhood)}`,
    asks: `diag_param_sensitivity on the Sharpe ratio out of sample of ${fixed(trials.length, 0)} points${mode === 'grid' ? ', by the analysis of variance of the whole grid' : ', by bins of each parameter, less what bins explain by chance'}. The best point was ${names.map((name, index) => `${name} ${exact(best.values[index])}`).join(', ')}, which nobody could know: only its surroundings count.`,
    body: evidenceTable(
      'Shares of the variance of the Sharpe ratio',
      [{ label: 'Parameter', text: true }, { label: 'Alone' }, ...(mode === 'grid' ? gridColumns : scatterColumns)],
      sorted.map(({ name, firstOrder, total, corrected, spearman, spearmanP }) => [
        name,
        percent(firstOrder, 0),
        ...(mode === 'grid'
          ? [percent(total ?? firstOrder, 0)]
          : [percent(corrected ?? 0, 0), `${fixed(spearman ?? 0, 2)} (p ${pValue(spearmanP ?? 1)})`]),
      ]),
    ),
  });
}

const gridColumns = [{ label: 'With others' }];
const scatterColumns = [{ label: 'Corrected' }, { label: 'Rank correlation' }];

function trialsOf({ parameters, oosSharpe }: SweepDetails, names: readonly string[]): Trial[] {
  return oosSharpe.flatMap((metric, point) =>
    metric === null ? [] : [{ values: names.map((name) => parameters[name][point]), metric }],
  );
}

/** Whether every point of the grid is there: only then shares add up by analysis of variance. */
const isWhole = ({ method, skipped, oosSharpe }: SweepDetails, trials: readonly Trial[]): boolean =>
  method === 'fullGrid' && skipped === 0 && trials.length === oosSharpe.length;

function shares(input: Readonly<{ parameters: string[]; trials: Trial[] }>, whole: boolean) {
  const run = (mode: 'grid' | 'scattered') => diagnose('diag_param_sensitivity', input, { mode, render: false });
  return (whole ? run('grid') : undefined) ?? run('scattered');
}

function spikeText(neighbourhood: Readonly<{ retention?: number | undefined; count: number }> | undefined): string {
  if (neighbourhood?.retention === undefined) return '';
  const { retention, count } = neighbourhood;
  return ` The ${fixed(count, 0)} points around the best one keep ${percent(retention, 0)} of it${retention < 0.5 ? ': it is a spike' : ''}.`;
}
