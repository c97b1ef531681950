import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { usualThresholds } from '../config/validation-gates.ts';
import type { GatePower, GatePowerCell } from '../core/validation/gate-power.ts';
import type { Cell, Fate } from './gate-power/cells.ts';
import { tally } from './gate-power/tally.ts';
import type { BenchRow } from './measure.ts';

/** What is simulated, with the counts of the full form; a form of a tenth or so serves to see that it runs. */
const cells: readonly Cell[] = [
  { name: 'no edge', sharpe: 'none', freedom: 'fixed', strategies: 2_000 },
  { name: 'Sharpe 0', sharpe: 0, freedom: 'fixed', strategies: 2_000 },
  { name: 'Sharpe 1', sharpe: 1, freedom: 'fixed', strategies: 600 },
  { name: 'Sharpe 2', sharpe: 2, freedom: 'fixed', strategies: 600 },
  { name: 'Sharpe 3', sharpe: 3, freedom: 'fixed', strategies: 600 },
  { name: 'Sharpe 0, 9 points', sharpe: 0, freedom: 'near', strategies: 1_000 },
  { name: 'Sharpe 2, 9 points', sharpe: 2, freedom: 'near', strategies: 300 },
  { name: 'Sharpe 3, 9 points', sharpe: 3, freedom: 'near', strategies: 300 },
  { name: 'Sharpe 0, 28 points', sharpe: 0, freedom: 'wide', strategies: 1_000 },
  { name: 'Sharpe 2, 28 points', sharpe: 2, freedom: 'wide', strategies: 300 },
  { name: 'Sharpe 3, 28 points', sharpe: 3, freedom: 'wide', strategies: 300 },
  { name: 'families of 20, no edge', sharpe: 'none', freedom: 'fixed', strategies: 1_000, variants: 20 },
  { name: 'families of 20, Sharpe 0', sharpe: 0, freedom: 'fixed', strategies: 1_000, variants: 20 },
];

const goals: Readonly<Record<string, string>> = {
  'no edge': 'at most 0.5 % pass',
  'Sharpe 0': 'at most 0.5 % pass',
  'Sharpe 2': 'at least 55 % pass',
  'Sharpe 3': 'at least 85 % pass',
  'families of 20, no edge': 'at most 0.5 % of families',
  'families of 20, Sharpe 0': 'at most 0.5 % of families',
};

const method: readonly string[] = [
  'markets: 3.66 years of hours, fat tails (t with 4 degrees of freedom), volatility that clusters (GARCH 0.08 / 0.90), about 75 % a year',
  'strategies: a file that trades both sides on strong scores for 6 to 24 hours at 20 basis points a round trip, about 140 times a year; scores are noise, or are followed by the drift that gives the stated true Sharpe ratio after costs',
  'ladder: the functions that nightdesk validate runs, with the thresholds of the desk, L0 to L3; Monte-Carlo runs, which decide nothing, are left out',
  'no edge loses its costs; Sharpe 0 just earns them. 9 points: level and holding time within a quarter of their best; 28 points: from half to twice',
  'families of 20: as many worthless strategies on one market, one after the other, with a store that counts the trials of the family and opens its holdout once; the family passes when one of them does',
];

const resultFile = fileURLToPath(new URL('results/gate-power-rates.json', import.meta.url));

/** The share of the full counts that is simulated: GATE_POWER_SHARE, from 0 to 1; the full form by default. */
function shareAsked(): number {
  const share = Number(process.env['GATE_POWER_SHARE'] ?? '1');
  if (share > 0 && share <= 1) return share;
  throw new Error(`GATE_POWER_SHARE is a number above 0, at most 1, was ${process.env['GATE_POWER_SHARE']}`);
}

/** The cells that are simulated: GATE_POWER_CELLS, a part of their names; all of them by default. */
function cellsAsked(): readonly Cell[] {
  const part = process.env['GATE_POWER_CELLS'] ?? '';
  const asked = cells.filter(({ name }) => name.includes(part));
  if (asked.length > 0) return asked;
  throw new Error(`GATE_POWER_CELLS is a part of one of ${cells.map(({ name }) => name).join('; ')}, was ${part}`);
}

/**
 * Simulates worthless and good strategies through the real ladder and counts who passes. The full form takes about an
 * hour of two cores; its rates are kept in results/gate-power-rates.json, which `nightdesk gates --power` shows. Other
 * forms keep nothing. Where only some cells are asked for, the others keep the rates that they had.
 */
export async function benchGatePower(): Promise<readonly BenchRow[]> {
  const share = shareAsked();
  const done: GatePowerCell[] = [];
  for (const full of cellsAsked()) {
    const cell = { ...full, strategies: Math.max(10, Math.round(full.strategies * share)) };
    const startedMs = performance.now();
    const fates = await simulateCell(cell);
    done.push(tally(cell, fates, Math.round((performance.now() - startedMs) / 100) / 10));
    const { ladder } = done[done.length - 1];
    process.stderr.write(`gate-power: ${cell.name}: ${ladder.passed} of ${ladder.of}\n`);
    if (share === 1) keep(done);
  }
  return done.map(rowOf);
}

/** In the order of the cells, each with its newest rates. */
function keep(done: readonly GatePowerCell[]): void {
  const known = [...done, ...(existsSync(resultFile) ? keptCells() : [])];
  const kept = cells.flatMap(({ name }) => known.find((cell) => cell.name === name) ?? []);
  mkdirSync(fileURLToPath(new URL('results', import.meta.url)), { recursive: true });
  const power: GatePower = { method, thresholds: usualThresholds, cells: kept };
  writeFileSync(resultFile, `${JSON.stringify(power, null, 2)}\n`);
}

const keptCells = () => (JSON.parse(readFileSync(resultFile, 'utf8')) as GatePower).cells;

/** Spreads a cell over the cores. What comes out does not depend on how many there are. */
export async function simulateCell(cell: Cell, threads = availableParallelism()): Promise<readonly Fate[]> {
  const fates: Fate[] = [];
  await Promise.all(
    Array.from({ length: threads }, (_, first) => {
      const worker = new Worker(new URL('gate-power/worker.ts', import.meta.url), {
        workerData: { cell, first, step: threads },
      });
      return new Promise<void>((resolve, reject) => {
        worker.on('message', ({ index, climbs }: Fate & { index: number }) => {
          fates[index] = { climbs };
        });
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  return fates;
}

function rowOf(cell: GatePowerCell): BenchRow {
  const percent = (value: number) => `${(value * 100).toFixed(2)} %`;
  const { ladder, tiers } = cell;
  const each = Object.entries(tiers).map(([tier, rate]) => `${tier} ${rate.passed} of ${rate.of}`);
  return {
    what: `${cell.name}: ${percent(ladder.rate)} pass (${percent(ladder.low)} to ${percent(ladder.high)})`,
    seconds: [cell.seconds],
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    ...(goals[cell.name] !== undefined && { goal: goals[cell.name] }),
    notes: [each.join(', ')],
  };
}
