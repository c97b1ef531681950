import { hasVote } from '../../core/validation/gates.ts';
import type { Verdict } from '../../core/validation/verdict.ts';
import { gateWords } from './gate-meanings.ts';
import { gatesTable } from './gates.ts';
import { type Html, html } from './html.ts';
import type { StrategyReport, TierReport } from './model.ts';
import { statusBadge } from './status.ts';

/** How it ended, in a sentence. */
export function conclusion({ tier, status, gates, failures }: Verdict, earlier: readonly TierReport[]): string {
  const voting = gates.filter((gate) => hasVote(tier, gate));
  const below = earlier.flatMap(({ verdict }) => (verdict.status === 'PASS' ? [verdict.tier] : []));
  const before = below.length === 0 ? '' : ` It had passed ${below.join(', ')}.`;
  if (status === 'PASS') {
    const close = voting.filter(({ marginal }) => marginal).map(({ name }) => gateWords(name));
    return `Passed all ${voting.length} gates of ${tier}${close.length > 0 ? `, ${close.join(', ')} only just` : ''}.${before}`;
  }
  if (status !== 'FAIL')
    return `No verdict at ${tier}: ${status === 'TIMEOUT' ? 'time ran out' : 'an error ended it'}.${before}`;
  const failed = voting.filter(({ passed }) => !passed).map(({ name }) => gateWords(name));
  const hope = failures.every(({ fixable }) => fixable)
    ? 'All of it is of a kind that a change of the rule may mend.'
    : 'No change of its numbers mends that.';
  return failed.length === 0
    ? `Stopped at ${tier}: it passed every gate, but too many only just.${before}`
    : `Stopped at ${tier} by ${failed.length} of ${voting.length} gates: ${failed.join(', ')}. ${hope}${before}`;
}

/** The lower rungs, folded. */
export const earlierTiers = ({ earlier = [] }: StrategyReport): Html | undefined =>
  earlier.length === 0
    ? undefined
    : html`<div class="rungs">
        ${earlier.map(
          ({ verdict }) =>
            html`<details>
              <summary>
                ${verdict.tier} ${statusBadge(verdict.status)}
                ${verdict.gates.filter((gate) => hasVote(verdict.tier, gate)).length} gates
              </summary>
              ${gatesTable(verdict)}
            </details>`,
        )}
      </div>`;
