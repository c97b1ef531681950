import type { Bars } from '../../../core/market/bars.ts';
import { resampleBars } from '../../../core/market/resample.ts';
import { evidenceTable, latest, panel } from '../evidence/panel.ts';
import { day, fixed, percent, pValue, signed } from '../format.ts';
import type { Html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { diagnose } from './diagnose.ts';

/** Share of the bars that are the past where no walk-forward says so. */
const pastShare = 2 / 3;

/** Whether the market of late is the one that the rules were chosen on, by diag_data_drift. */
export function driftPanel(report: StrategyReport): Html | undefined {
  const { bars } = report;
  if (bars === undefined) return undefined;
  const daily = dailyFeatures(bars);
  const splitMs = splitOf(report, daily.timeMs);
  const split = daily.timeMs.findIndex((time) => time >= splitMs);
  if (split <= 0) return undefined;
  const features = Object.entries(daily.features).map(([name, values]) => ({
    name,
    reference: values.slice(0, split),
    current: values.slice(split),
  }));
  const output = diagnose('diag_data_drift', { features }, { render: false });
  if (output === undefined) return undefined;
  const { drifted } = output;
  return panel({
    title: 'Is the market still the same',
    finding:
      drifted.length === 0
        ? `Nothing that was looked at has moved since ${day(splitMs)} by more than chance.`
        : `Since ${day(splitMs)} another distribution of ${drifted.join(', ')}.`,
    asks: `diag_data_drift on the days of ${bars.symbol}: those before ${day(splitMs)} against those after. The gap is the largest one between the two distributions; q is the chance of one as large without drift, for all features together.`,
    body: evidenceTable(
      'Features of the days, before and after',
      [
        { label: 'Feature', text: true },
        { label: 'Gap' },
        { label: 'Shift, deviations' },
        { label: 'Stability index' },
        { label: 'q' },
      ],
      output.features.map(({ name, ks, psi, wasserstein, qValue }) => [
        name,
        `${percent(ks.statistic, 0)} ${ks.sign > 0 ? 'up' : 'down'}`,
        wasserstein.normalized === undefined ? 'n/a' : signed(wasserstein.normalized, 2),
        fixed(psi.value, 2),
        pValue(qValue),
      ]),
    ),
  });
}

/** The last stretch that a walk-forward traded out of sample, else the last third. */
function splitOf(report: StrategyReport, timeMs: readonly number[]): number {
  const last = latest(report, 'walkForward')?.value.at(-1);
  const from = last?.testFromMs ?? 0;
  if (from > timeMs[0] && from < timeMs[timeMs.length - 1]) return from;
  return timeMs[Math.floor(pastShare * timeMs.length)] ?? 0;
}

type Daily = Readonly<{ timeMs: number[]; features: Readonly<Record<string, number[]>> }>;

/** A day's log return, its range over its close, and its volume over the day before; days without any are left out. */
function dailyFeatures(bars: Bars): Daily {
  const { timeMs, high, low, close, volume } = inDays(bars);
  const days = [...timeMs.keys()].slice(1).filter((t) => close[t - 1] > 0 && volume[t - 1] > 0 && volume[t] > 0);
  return {
    timeMs: days.map((t) => timeMs[t]),
    features: {
      'daily return': days.map((t) => Math.log(close[t] / close[t - 1])),
      'daily range': days.map((t) => (high[t] - low[t]) / close[t]),
      'change of volume': days.map((t) => Math.log(volume[t] / volume[t - 1])),
    },
  };
}

const inDays = (bars: Bars) => resampleBars(bars, bars.timeframe, '1d');
