import type { Tier, VerdictStatus } from '../../core/validation/verdict.ts';
import { percent, second, seconds, sentence } from './format.ts';
import { type Html, html } from './html.ts';
import { ladderTable } from './ladder.ts';
import { facts, warningList } from './lists.ts';
import type { ReportModel, StrategyReport } from './model.ts';
import { statuses } from './status.ts';

/** What a tier can and cannot say (strategy-and-backtest specification, section 6). */
const tierMeaning: Readonly<Record<Tier, string>> = {
  L0: 'L0 is a sanity check on about six months of one asset. It only stops what is futile, and many a worthless strategy gets through it.',
  L1: 'L1 is a quick look at one year of the primary asset. Its random-entry test lets one worthless strategy in five through by design.',
  L2: 'L2 sweeps the parameters over the whole universe and walks forward: only out-of-sample figures decide.',
  L3: 'L3 decides: windows, regimes and how sure the mean is on up to five years, then, once, the sealed holdout, with every trial counted.',
};

export type StatusCounts = Readonly<Record<VerdictStatus | 'OPEN', number>>;

export function countStatuses(strategies: readonly StrategyReport[]): StatusCounts {
  const counts = { PASS: 0, FAIL: 0, TIMEOUT: 0, ERROR: 0, OPEN: 0 };
  for (const { verdict } of strategies) counts[verdict?.status ?? 'OPEN']++;
  return counts;
}

/** `L2`, or `L0 to L3` of a ladder. */
export const tierSpan = ({ tier, ladder }: ReportModel['run']): string =>
  ladder === undefined ? tier : `${ladder[0]?.tier ?? tier} to ${tier}`;

/** The top of the page: what was run, how it ended, what that means, and what it rests on. */
export function summary({ run, strategies, power }: ReportModel): Html {
  const counts = countStatuses(strategies);
  // Of a ladder only what passed its last tier has passed.
  const passed = strategies.filter(({ verdict }) => verdict?.status === 'PASS' && verdict.tier === run.tier).length;
  const { wallSeconds, sequentialSeconds } = run;
  const total = run.strategies;
  const waiting = total - strategies.length;
  return html`<header class="top">
      <p class="brand">Nightdesk <span>validation report</span></p>
      <h1>${passed} of ${total} ${total === 1 ? 'strategy' : 'strategies'} passed ${tierSpan(run)}</h1>
      <p class="lead">
        ${run.ladder && 'Each tier takes what passed the one before, and asks more of it. '}${tierMeaning[run.tier]} A
        pass is no permission to trade.${waiting > 0 && html` ${waiting} of ${total} have no result yet.`}
      </p>
    </header>
    <section aria-label="Run">
      <dl class="tiles">
        ${(Object.keys(statuses) as (keyof StatusCounts)[])
          .filter((status) => counts[status] > 0 || status === 'PASS' || status === 'FAIL')
          .map((status) =>
            tile(
              sentence(statuses[status].plural),
              html`<span class="${status.toLowerCase()}">${counts[status]}</span>`,
              `of ${total}`,
            ),
          )}
        ${wallSeconds !== undefined && tile('Wall clock', seconds(wallSeconds), 'start to end')}
        ${sequentialSeconds !== undefined && tile('One after another', seconds(sequentialSeconds), 'sum of all')}
        ${
          wallSeconds !== undefined &&
          sequentialSeconds !== undefined &&
          sequentialSeconds > wallSeconds &&
          tile('Time saved', seconds(sequentialSeconds - wallSeconds), percent(1 - wallSeconds / sequentialSeconds, 0))
        }
      </dl>
      ${run.ladder && ladderTable(run.ladder, strategies, power)}
      ${facts(runFacts(run, strategies))}${warningList(run.notices, 'Notices')}
    </section> `;
}

const tile = (label: string, value: Html | string, note: string): Html =>
  html`<div class="tile">
    <dt>${label}</dt>
    <dd>${value} <small>${note}</small></dd>
  </div> `;

function runFacts(
  run: ReportModel['run'],
  strategies: readonly StrategyReport[],
): (readonly [string, Html | string])[] {
  const verdicts = strategies.flatMap(({ verdict }) => verdict ?? []);
  const versions = [...new Set(verdicts.map(({ codeVersion }) => codeVersion))];
  const hashes = [...new Set(verdicts.map(({ dataHash }) => dataHash))];
  return [
    ['Run', html`<code>${run.runId}</code>`],
    ['Workflow', html`<code>${run.workflowId}</code>`],
    ['Started', run.startedAtMs === undefined ? 'not known' : second(run.startedAtMs)],
    ['Ended', run.finishedAtMs === undefined ? 'not yet' : second(run.finishedAtMs)],
    ['Code', html`${versions.map((version) => html`<code>${version}</code> `)}`],
    [
      hashes.length > 1 ? `Data (${hashes.length} sets)` : 'Data',
      html`${hashes.slice(0, shownHashes).map(hash)}${hashes.length > shownHashes && `and ${hashes.length - shownHashes} more`}`,
    ],
  ];
}

const shownHashes = 5;

/** A hash by its first twelve characters; the whole one is in the title and in each strategy's provenance. */
const hash = (value: string): Html => html`<code title="SHA-256 ${value}">${value.slice(0, 12)}</code> `;
