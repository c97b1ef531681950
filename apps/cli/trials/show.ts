import pc from 'picocolors';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { openStore } from '../../../adapters/store/open-store.ts';
import { resolveStrategy } from '../../../adapters/strategy-files/read-strategy.ts';
import { strategyShape } from '../../../adapters/strategy-files/strategy-shape.ts';
import { strategiesFolder } from '../../../config/paths.ts';
import { DeskError } from '../../../core/errors.ts';
import { timeframeMs } from '../../../core/market/timeframe.ts';
import type { FamilyLedger, FamilyOf } from '../../../core/ports/trial-ledger.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';
import { newFamily } from '../../../core/validation/family-history.ts';
import { type Holdout, holdoutOf } from '../../../core/validation/holdout.ts';
import { expectedMaxOfNormals } from '../../../core/validation/statistics/expected-max-sharpe.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import { count, grouped, utcTime } from '../format.ts';
import { print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';
import type { TrialsOptions } from '../trials.ts';

const shownEntries = 20;
/** As many as a person may scroll through; the sums are over all of them. */
const mostEntries = 100_000;

/** Prints the ledger of a strategy's family. */
export async function showTrials(idOrFile: string, { all, json }: TrialsOptions): Promise<void> {
  const { of, strategy } = await subjectOf(idOrFile);
  const store = await openStore();
  try {
    const entries = all ? mostEntries : shownEntries;
    const ledger = (await store.family(of, entries)) ?? untried(of, strategy);
    const holdout = strategy === undefined ? undefined : await holdoutFor(strategy, ledger);
    if (json) printJson({ ...(strategy && { strategyId: strategy.id }), ...ledger, ...(holdout && { holdout }) });
    else printLedger(ledger, holdout);
  } finally {
    store.close();
  }
}

type Subject = Readonly<{ of: FamilyOf; strategy?: Strategy }>;

/** The file decides; an id whose file is gone is still known to the ledger. */
async function subjectOf(idOrFile: string): Promise<Subject> {
  try {
    const { strategy } = await resolveStrategy(idOrFile, strategiesFolder(), loadStrategyPlugins);
    return { of: { shape: strategyShape(strategy) }, strategy };
  } catch (thrown) {
    const isId = /^STR-\d+$/i.test(idOrFile);
    if (!isId || !(thrown instanceof DeskError) || thrown.code !== 'NotFound') throw thrown;
    return { of: { strategyId: idOrFile.toUpperCase() } };
  }
}

function untried(of: FamilyOf, strategy: Strategy | undefined): FamilyLedger {
  if (strategy !== undefined && 'shape' in of) {
    return { ...newFamily, family: of.shape, members: [], byFace: {}, entries: [] };
  }
  throw new DeskError('NotFound', 'neither a file nor the ledger knows it', {
    expected: 'a strategy file, or an id of nightdesk strategies list',
    found: 'strategyId' in of ? of.strategyId : '',
  });
}

/** The holdout of the bars that a validation would use now; undefined where there are none. */
async function holdoutFor(strategy: Strategy, { seen }: FamilyLedger): Promise<Holdout | undefined> {
  const { universe, timeframe } = strategy;
  try {
    const { markets, holdoutFromMs } = await loadMarkets({
      universe: universe.slice(0, 1),
      timeframe,
      allowGaps: true,
    });
    const [{ bars }] = markets;
    const endMs = (bars.timeMs.at(-1) ?? 0) + timeframeMs[timeframe];
    return holdoutOf({ symbols: universe, sealedFromMs: holdoutFromMs, endMs, seen });
  } catch (thrown) {
    if (thrown instanceof DeskError && thrown.code === 'DataUnavailable') return undefined;
    throw thrown;
  }
}

function printLedger(ledger: FamilyLedger, holdout: Holdout | undefined): void {
  const { family, members, byFace, trials, effectiveTrials, meanCorrelation, sampledTrials } = ledger;
  const ids = [...new Set(members.map(({ strategyId }) => strategyId))];
  const faces = Object.entries(byFace).map(([face, number]) => `${count(number)} ${face}`);
  print(`family      ${pc.dim(family.slice(0, 12))} ${ids.length === 0 ? 'nobody has tried it' : ids.join(', ')}`);
  print(`trials      ${pc.bold(count(trials))}${faces.length === 0 ? '' : `: ${faces.join(', ')}`}`);
  print(
    `worth       ${grouped(effectiveTrials, 1)} independent ones (mean correlation ${grouped(meanCorrelation)} of ` +
      `${sampledTrials} sampled; N = r + (1 - r) M, Bailey & Lopez de Prado 2014)`,
  );
  const lucky = expectedMaxOfNormals(effectiveTrials);
  print(`price       the best of them shows ${grouped(lucky)} standard errors of a Sharpe ratio if all are worthless`);
  if (holdout !== undefined) print(`holdout     ${holdoutLine(holdout)}`);
  printSeen(ledger);
  printEntries(ledger);
}

function holdoutLine({ state, fromMs, toMs, note }: Holdout): string {
  if (state === 'sealed') return `sealed from ${utcTime(fromMs)} to ${utcTime(toMs)} UTC; nobody has seen it`;
  const colour = state === 'seen' ? pc.red : pc.yellow;
  return `${colour(state === 'seen' ? 'L3 refuses' : 'partly seen')}: ${note}`;
}

function printSeen({ seen }: FamilyLedger): void {
  if (seen.length === 0) return;
  print();
  print(
    renderTable(
      [{ title: 'Seen market' }, { title: 'up to (UTC)' }, { title: 'by' }, { title: 'with' }, { title: 'on (UTC)' }],
      seen.map(({ market, toMs, by, face, atMs }) => [market, utcTime(toMs), by, face, utcTime(atMs)]),
    ),
  );
}

function printEntries({ entries }: FamilyLedger): void {
  if (entries.length === 0) return;
  print();
  print(
    renderTable(
      [
        { title: 'When (UTC)' },
        { title: 'Strategy' },
        { title: 'With' },
        { title: 'Trials', align: 'right' },
        { title: 'Asked by' },
      ],
      entries.map(({ atMs, strategyId, face, count: number, by }) => [
        utcTime(atMs),
        strategyId,
        face,
        count(number),
        by.join(', '),
      ]),
    ),
  );
}
