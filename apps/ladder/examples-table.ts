import { join } from 'node:path';
import { hashColumns } from '../../adapters/hashing.ts';
import { loadMarkets } from '../../adapters/market-data/load-markets.ts';
import { checkStrategyFolder } from '../../adapters/strategy-files/read-strategy.ts';
import { strategyHash } from '../../adapters/strategy-files/strategy-hash.ts';
import { projectFolder } from '../../config/paths.ts';
import { loadValidationGates } from '../../config/validation-gates.ts';
import { compileStrategy } from '../../core/strategy/compile.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import type { GateThresholds } from '../../core/validation/thresholds.ts';
import { gateText, validateTier } from '../../core/validation/validate-tier.ts';
import { tiers, type Verdict } from '../../core/validation/verdict.ts';

/** Between these lines of docs/validation.md stands what `npm run docs` writes. */
export const tableBegin = '<!-- Written by npm run docs: begin -->';
export const tableEnd = '<!-- Written by npm run docs: end -->';

/**
 * Where each strategy that ships stops on the way from L0 to L3, on the sample, as a markdown table. The Monte Carlos
 * of L2 are left out: they decide nothing.
 */
export async function examplesTable(): Promise<string> {
  const gates = loadValidationGates();
  const thresholds: GateThresholds = { ...gates, L2: { ...gates.L2, monteCarloRuns: 0 } };
  const files = await checkStrategyFolder(join(projectFolder, 'strategies'));
  const strategies = files.flatMap(({ strategy }) => strategy ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rows: string[] = [];
  for (const strategy of strategies) rows.push(rowOf(strategy, await climb(strategy, thresholds)));
  return ['| strategy | stopped at | failed gates |', '|---|---|---|', ...rows].join('\n');
}

/** The verdict at which the strategy stops, or its last. */
async function climb(strategy: Strategy, thresholds: GateThresholds): Promise<Verdict> {
  const { id, universe, timeframe, costs } = strategy;
  const { markets } = await loadMarkets({ universe, timeframe, allowGaps: true });
  const compiled = compileStrategy(strategy);
  const judge = (tier: Verdict['tier']): Verdict =>
    validateTier({
      strategyId: id,
      tier,
      strategyHash: strategyHash(strategy),
      codeVersion: 'docs',
      trialsBefore: 0,
      markets,
      thresholds,
      allowGaps: false,
      strategy: compiled,
      options: { fill: 'nextOpen', startEquity: 10_000, closeAtEnd: true, returns: 'daily', costs },
      hashMarkets: hashColumns,
    }).verdict;
  for (const tier of tiers.slice(0, -1)) {
    const verdict = judge(tier);
    if (verdict.status !== 'PASS') return verdict;
  }
  return judge(tiers[tiers.length - 1]);
}

function rowOf({ id, name }: Strategy, { tier, status, gates }: Verdict): string {
  const failed = gates.filter(({ passed }) => !passed).map(gateText);
  const where = status === 'PASS' ? `passed ${tier}` : tier;
  return `| ${id} ${name} | ${where} | ${failed.join('; ').replaceAll('|', '/')} |`;
}

/** The page with the table between its two lines. */
export function withTable(page: string, table: string): string {
  const [begin, end] = [page.indexOf(tableBegin), page.indexOf(tableEnd)];
  if (begin < 0 || end < begin) throw new Error('the page has no place for the table');
  return `${page.slice(0, begin)}${tableBegin}\n\n${table}\n\n${page.slice(end)}`;
}
