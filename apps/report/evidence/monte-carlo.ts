import type { MonteCarlo } from '../../../core/validation/monte-carlo.ts';
import type { Tier } from '../../../core/validation/verdict.ts';
import { band, type Corner, path, place, scale, ticks, valueAxis } from '../drawing.ts';
import { fixed, percent, signedPercent } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { evidenceTable, latest, panel } from './panel.ts';

/** Above this share of the resampled runs a run has been lucky. */
const suspectRank = 0.95;

/** The run among others made of its own trades. */
export function tradesFanPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'monteCarlo');
  const fan = found?.value.trades;
  return (
    found &&
    fan &&
    fanPanel(fan, {
      tier: found.tier,
      title: 'Monte Carlo: the trades in another order',
      finding: `With the same kind of trades the account would have ended below its start in ${percent(fan.lossProbability, 0)} of ${fixed(fan.runs, 0)} runs, and in one of twenty it would have fallen by ${percent(fan.maxDrawdown[4], 0)} or more.`,
      asks: `Blocks of ${fixed(fan.blockLength, 0)} trades, drawn with replacement. It answers how different the end and the worst fall could have been. It takes the edge for granted, so it does not answer whether there is one.`,
      unit: 'trades',
    })
  );
}

/** The rule on other histories made of the same weeks. */
export function barsFanPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'monteCarlo');
  const fan = found?.value.bars;
  return (
    found &&
    fan &&
    fanPanel(fan, {
      tier: found.tier,
      title: 'Monte Carlo: other histories',
      finding: `On ${fixed(fan.runs, 0)} other histories the rule lost in ${percent(fan.lossProbability, 0)}. What happened ranks above ${percent(fan.rank, 0)} of them: ${rankText(fan.rank)}`,
      asks: `Blocks of ${fixed(fan.blockLength, 0)} weeks of bars of all markets, dealt in another order, and the strategy’s default parameters run on each. It answers whether the rule itself would have earned. The markets keep the drift that they had, so a rule that is mostly long earns wherever the weeks rose; trends longer than a block are cut.`,
      unit: 'time',
    })
  );
}

function rankText(rank: number): string {
  if (rank > suspectRank) return 'suspect, it lived off the one order of events that there was.';
  if (rank < 1 - suspectRank) return 'it was unlucky, other orders of the same weeks were kinder.';
  return 'neither lucky nor unlucky.';
}

type Shown = Readonly<{ tier: Tier; title: string; finding: string; asks: string; unit: 'trades' | 'time' }>;

const fanPanel = (fan: MonteCarlo, { tier, title, finding, asks, unit }: Shown): Html =>
  panel({
    title,
    tier,
    finding,
    asks,
    body: html`<figure class="still">${drawing(fan, unit)} ${legend}</figure>
      ${evidenceTable(
        `${title}: quantiles`,
        [
          { label: 'Of the runs', text: true },
          { label: '5 %' },
          { label: '25 %' },
          { label: 'half' },
          { label: '75 %' },
          { label: '95 %' },
        ],
        [
          ['end below', ...fan.finalReturn.map((value) => signedPercent(value, 1))],
          ['fall less than', ...fan.maxDrawdown.map((value) => percent(value, 1))],
        ],
      )}`,
  });

const legend = html`<p class="legend">
  <span class="key-run">what happened</span> <span class="key-median">middle of the runs</span>
  <span class="key-half">half of them</span> <span class="key-most">nine of ten</span>
</p>`;

const width = 400;
const plotWidth = 350;
/** Equity of a ruined account, as far down as a logarithm goes. */
const ruin = 0.01;

function drawing({ fan, path: own }: MonteCarlo, unit: Shown['unit']): Html {
  const columns = fan[0]?.map((_, share) => [1, ...fan.map((quantiles) => quantiles[share])]) ?? [];
  const run = [1, ...own];
  const all = [...columns.flat(), ...run].map((value) => Math.max(ruin, value));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = scale(0, fan.length, 0, plotWidth);
  const logs = scale(Math.log(low), Math.log(high), 160, 8);
  const y = (value: number) => logs(Math.log(Math.max(ruin, value)));
  const corners = (values: readonly number[]): Corner[] => values.map((value, step) => [x(step), y(value)]);
  const [p05 = [], p25 = [], p50 = [], p75 = [], p95 = []] = columns.map(corners);
  return html`<svg class="small-drawing" viewBox="0 0 ${width} 180" aria-hidden="true">
    <path class="fan-most" d="${band(p95, p05)}" />
    <path class="fan-half" d="${band(p75, p25)}" />
    ${valueAxis(equityTicks(low, high), y, { plotWidth, width, show: (value) => signedPercent(value - 1, 0) })}
    <path class="axis" d="M0 ${place(y(1))}H${plotWidth}" />
    <path class="fan-middle" d="${path(p50)}" />
    <path class="line" d="${path(corners(run))}" />
    <text x="0" y="176">start</text>
    <text x="${plotWidth}" y="176" text-anchor="end">${unit === 'trades' ? 'last trade' : 'last week'}</text>
  </svg>`;
}

/** Round multiples of the start; equal steps of a logarithmic axis where the range is wide. */
function equityTicks(low: number, high: number): readonly number[] {
  if (high / low < 4) return ticks(low, high);
  const powers = [0.01, 0.1, 1, 10, 100, 1_000];
  const all = powers
    .flatMap((power) => [1, 2, 5].map((step) => step * power))
    .filter((value) => value >= low && value <= high);
  const step = Math.ceil(all.length / 6);
  const start = all.indexOf(1);
  return all.filter((_, index) => (index - Math.max(0, start)) % step === 0);
}
