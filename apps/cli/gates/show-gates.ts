import pc from 'picocolors';
import { loadValidationGates } from '../../../config/validation-gates.ts';
import { type GatePower, type GatePowerCell, type Rate, worthlessPast } from '../../../core/validation/gate-power.ts';
import { allGates } from '../../../core/validation/gates.ts';
import { tierRules } from '../../../core/validation/tiers/index.ts';
import { type Tier, tiers } from '../../../core/validation/verdict.ts';
import { readGatePower } from '../../gate-power-file.ts';
import { percent } from '../format.ts';
import { print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';

/** Prints the gates as they are set, with the error rates that follow from the thresholds and, asked, the measured ones. */
export function showGates({ power, json }: Readonly<{ power: boolean; json: boolean }>): void {
  const thresholds = loadValidationGates();
  const { overrides = {} } = thresholds;
  const measured = power ? readGatePower() : undefined;
  const gates = allGates.map((gate) => ({
    tier: gate.tier,
    name: gate.name,
    asks: gate.asks,
    threshold: gate.threshold(thresholds),
    ...(gate.test !== undefined && { test: gate.test }),
    ...(gate.errorRate && { errorRate: gate.errorRate(thresholds) }),
    ...(measured && gate.informs !== true && measuredRate(measured, gate.tier, gate.name)),
    fixable: gate.fixable,
    errorType: gate.errorType,
    decides: gate.informs !== true,
  }));
  if (json) {
    const histories = Object.fromEntries(tiers.map((tier) => [tier, tierRules[tier]?.history]));
    printJson({ gates, histories, overrides, ...(measured && { power: measured }) });
    return;
  }
  for (const tier of tiers) {
    print(`${pc.bold(tier)}  ${tierRules[tier]?.history ?? ''}`);
    const own = gates.filter((gate) => gate.tier === tier);
    print(gateTable(own, measured !== undefined));
    if (measured) print(tierPower(tier, measured));
    print();
  }
  printOverrides(overrides);
  if (measured) printLadder(measured);
  else
    print(
      'error rate: what a worthless strategy passes by luck; `--power` adds what simulations of the whole ladder pass',
    );
}

function measuredRate(power: GatePower, tier: Tier, name: string): { measuredRate?: Rate } {
  const rate = worthlessPast(power, tier, name);
  return rate === undefined ? {} : { measuredRate: rate };
}

type Row = Readonly<{
  name: string;
  asks: string;
  threshold: string;
  test?: string;
  errorRate?: number;
  /** Of worthless strategies that reach the tier. */
  measuredRate?: Rate;
  fixable: boolean;
  errorType: string;
}>;

const gateTable = (gates: readonly Row[], withRates: boolean): string =>
  renderTable(
    [
      { title: 'gate' },
      { title: 'asks' },
      { title: 'threshold' },
      { title: 'test' },
      { title: 'error rate', align: 'right' },
      ...(withRates ? [{ title: 'measured', align: 'right' as const }] : []),
      { title: 'when it fails' },
    ],
    gates.map(({ name, asks, threshold, test = '', errorRate, measuredRate: rate, fixable, errorType }) => [
      name,
      asks,
      threshold,
      test,
      errorRate === undefined ? '' : percent(errorRate, 1),
      ...(withRates ? [rate === undefined ? '' : `${percent(rate.rate, 1)} of ${rate.of}`] : []),
      `${errorType}${fixable ? ', fixable' : ''}`,
    ]),
  );

/** `58.0 % (54.1 to 61.9)`. */
const rateText = ({ rate, low, high }: Rate): string =>
  `${percent(rate, 1)} (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;

const single = ({ cells }: GatePower): readonly GatePowerCell[] =>
  cells.filter(({ variants, freedom }) => variants === undefined && freedom === 'fixed');

function tierPower(tier: Tier, power: GatePower): string {
  const parts = single(power).flatMap(({ name, tiers: rates }) => {
    const rate = rates[tier];
    return rate === undefined || rate.of === 0 ? [] : [`${name} ${rateText(rate)}`];
  });
  return `of those that reach ${tier}, measured: ${parts.join(', ')}`;
}

function printLadder({ method, cells, isOfOtherThresholds }: GatePower): void {
  if (isOfOtherThresholds)
    print(pc.yellow('measured with other thresholds than these: npm run bench -- gate-power measures the usual ones'));
  print(
    'measured: worthless strategies that just earn their costs, of those that reach the tier (pbo, plateau: with 9 points)',
  );
  print(pc.bold('The whole ladder, simulated'));
  print(
    renderTable(
      [
        { title: 'strategies' },
        { title: 'simulated', align: 'right' },
        { title: 'pass all four tiers (95 % interval)' },
      ],
      cells.map(({ name, ladder }) => [name, String(ladder.of), rateText(ladder)]),
    ),
  );
  for (const line of method) print(`- ${line}`);
}

function printOverrides(overrides: ReturnType<typeof loadValidationGates>['overrides'] = {}): void {
  const entries = Object.entries(overrides);
  if (entries.length === 0) return;
  print('Thresholds of their own:');
  for (const [strategyId, { reason, ...own }] of entries) print(`  ${strategyId} ${JSON.stringify(own)}: ${reason}`);
  print();
}
