import { dayMs } from '../../../core/market/timeframe.ts';
import { hasVote } from '../../../core/validation/gates.ts';
import type { Gate, Verdict } from '../../../core/validation/verdict.ts';
import { comparison, exact, fixed, plain } from '../format.ts';
import { gateTitle } from '../gate-meanings.ts';
import { breakEvenMultiple } from '../evidence/costs.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import {
  correlationOfForecastAnswer,
  countAnswer,
  deflatedAnswer,
  deflatedBar,
  deflatedText,
  drawdownAnswer,
  efficiencyAnswer,
  futilityAnswer,
  intervalAnswer,
  profitFactorAnswer,
  randomEntryAnswer,
  regimesAnswer,
  sealedOr,
  sharpeAnswer,
  windowsAnswer,
  winRateAnswer,
} from './answers.ts';
import type { Answers, Change, Facts } from './change.ts';
import { costAnswer, overfittingAnswer, plateauAnswer } from './l2-answers.ts';
import { type Limit, limitOf } from './limits.ts';

const answers: Answers = {
  L0: {
    signals: countAnswer,
    winRate: winRateAnswer,
    informationCoefficient: correlationOfForecastAnswer,
    futility: futilityAnswer,
  },
  L1: {
    sharpe: sharpeAnswer,
    profitFactor: profitFactorAnswer,
    trades: countAnswer,
    randomEntry: randomEntryAnswer,
  },
  L2: {
    oosSharpe: sharpeAnswer,
    maxDrawdown: drawdownAnswer,
    profitFactor: profitFactorAnswer,
    trades: countAnswer,
    walkForwardEfficiency: efficiencyAnswer,
    plateau: plateauAnswer,
    costStress: costAnswer,
    pbo: overfittingAnswer,
  },
  L3: {
    walkForwardWindows: windowsAnswer,
    bootstrapInterval: intervalAnswer,
    regimes: regimesAnswer,
    holdoutSharpe: sealedOr(sharpeAnswer),
    deflatedSharpe: sealedOr(deflatedAnswer),
  },
};

/**
 * What would have to be true for a verdict to be the other one: each statement follows from the numbers of its gate.
 * For a failure, every gate that stopped it; all of them would have to hold at once. For a pass, how near each was.
 */
export function changesOf(report: StrategyReport): readonly Change[] {
  const { verdict } = report;
  if (verdict === undefined) return [];
  const facts: Facts = { report, verdict, days: daysOf(report, verdict) };
  if (verdict.status === 'PASS') return verdict.gates.flatMap((gate) => slack(gate, facts) ?? []);
  if (verdict.status !== 'FAIL') return [];
  const failed = verdict.gates.filter(({ passed }) => !passed);
  if (failed.length > 0) return failed.map((gate) => needed(gate, facts));
  return verdict.gates.filter(({ marginal }) => marginal).map((gate) => needed(gate, facts, 'wanted'));
}

function needed(gate: Gate, facts: Facts, reach: 'bound' | 'wanted' = 'bound'): Change {
  const name = gateTitle(gate.name);
  const limit = limitOf(gate.threshold);
  const tier = answers[facts.verdict.tier] ?? {};
  const answer = Object.hasOwn(tier, gate.name) ? tier[gate.name] : undefined;
  const said = limit && answer?.({ gate, limit, target: limit[reach], facts });
  if (said !== undefined) return { gate: name, ...said };
  const found = gate.value === undefined ? (gate.note ?? 'not available') : plain(gate.value);
  return { gate: name, claim: `${comparison(gate.threshold)} is asked; it is ${found}.` };
}

/** Where a passed gate would have failed. */
function slack(gate: Gate, { report, verdict: { tier } }: Facts): Change | undefined {
  const { name, value, threshold, test } = gate;
  const limit = limitOf(threshold);
  if (value === undefined || limit === undefined || !hasVote(tier, gate)) return undefined;
  const special = Object.hasOwn(turningPoints, name) ? turningPoints[name]?.(report, limit) : undefined;
  // The value of such a row is a mean, and its limit that of a p.
  const ofP = threshold.startsWith('p ');
  const measured = ofP ? test?.pValue : value;
  if (measured === undefined) return undefined;
  return {
    gate: gateTitle(name),
    ...(special ?? {
      claim: `Would have failed ${ofP ? 'with p ' : ''}${failsAt(limit)}; it is ${plain(measured)}.`,
    }),
  };
}

/** Gates whose limit says little by itself. */
const turningPoints: Readonly<
  Record<string, (report: StrategyReport, limit: Limit) => Omit<Change, 'gate'> | undefined>
> = {
  deflatedSharpe({ details }, { bound }) {
    const deflated = details?.deflated;
    if (deflated === undefined || deflated.statistic === 0) return undefined;
    const bar = deflatedBar(deflated, bound);
    return {
      claim: `Would have failed with an annual Sharpe ratio below ${fixed(bar.needed, 2)} over everything; it is ${fixed(deflated.sharpe, 2)}.`,
      arithmetic: deflatedText(deflated, bound, bar),
    };
  },
  costStress({ details }) {
    const multiple = breakEvenMultiple(details?.costs ?? []);
    if (multiple === undefined) return undefined;
    return {
      claim: `Would have failed had it not earned at dearer costs; it breaks even at about ${fixed(multiple, 1)} times the assumed ones.`,
    };
  },
};

const failsAt = ({ bound, better, strict }: Limit): string => {
  const side = better === 'more' ? (strict ? 'at or below' : 'below') : strict ? 'at or above' : 'above';
  return `${side} ${exact(bound)}`;
};

/** From the first day that made the figures to the last: those out of sample where there are some. */
function daysOf({ details }: StrategyReport, { windows: [window] }: Verdict): number {
  const forward = details?.walkForward;
  const [first] = forward ?? [];
  if (forward !== undefined && first !== undefined) {
    return (forward[forward.length - 1].testToMs - first.testFromMs) / dayMs;
  }
  return window === undefined ? 0 : (window.toMs - window.fromMs) / dayMs;
}

/** The statements with their arithmetic. */
export function changeSection(report: StrategyReport): Html | undefined {
  const changes = changesOf(report);
  if (changes.length === 0) return undefined;
  const passed = report.verdict?.status === 'PASS';
  return html`<section class="change" aria-label="What would change the verdict of ${report.strategyId}">
    <h3>${passed ? 'What would have turned the verdict' : 'What would have to be true for the verdict to change'}</h3>
    ${
      !passed &&
      changes.length > 1 &&
      html`<p class="note">
        ${changes.length === 2 ? 'Both' : `All ${changes.length}`} at once, on data that has not been used for the
        choice.
      </p>`
    }
    <dl>
      ${changes.map(
        ({ gate, claim, arithmetic }) =>
          html`<div>
            <dt>${gate}</dt>
            <dd>
              ${claim}${arithmetic !== undefined && arithmetic !== '' && html`<span class="meaning">${arithmetic}</span>`}
            </dd>
          </div>`,
      )}
    </dl>
  </section> `;
}
