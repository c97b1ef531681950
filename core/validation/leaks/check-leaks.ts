import { DeskError } from '../../errors.ts';
import { gatherEvidence } from './evidence.ts';
import { judgeLaterBars } from './later-bars.ts';
import { type LeakFinding, type LeakName, leakNames, type LeakResult, type LeakSubject } from './leak-check.ts';
import { checkCosts, checkFills, checkSurvivorship } from './market-checks.ts';
import { checkDates, checkDeterminism, checkIncremental, checkMemory } from './same-answers.ts';

type Check = (subject: LeakSubject) => LeakFinding | undefined;

const checks: Readonly<Partial<Record<LeakName, Check>>> = {
  memory: checkMemory,
  determinism: checkDeterminism,
  incremental: checkIncremental,
  dates: checkDates,
  fills: checkFills,
};

/** Looks for every leak that has a name. A strategy that does not run is not looked at further, but for its costs. */
export function checkLeaks(subject: LeakSubject): readonly LeakResult[] {
  const findings = new Map<LeakName, LeakFinding | undefined>();
  const refusal = refusalOf(() => subject.columns(subject.bars));
  if (refusal !== undefined) findings.set(...refusal);
  else for (const [name, finding] of [['runs', undefined] as const, ...behaviour(subject)]) findings.set(name, finding);
  findings.set('costs', checkCosts(subject));
  if (subject.spans.length > 0) findings.set('survivorship', checkSurvivorship(subject));
  return leakNames.map((name) => {
    const finding = findings.get(name);
    if (finding !== undefined) return { name, finding };
    if (findings.has(name)) return { name };
    const skipped = name === 'survivorship' ? 'not all of the universe has bars here' : 'it does not run';
    return { name, skipped };
  });
}

/** All that is seen from what it says on bars. */
function behaviour(subject: LeakSubject): readonly (readonly [LeakName, LeakFinding | undefined])[] {
  const found = Object.entries(checks).map(([name, check]) => {
    let finding: LeakFinding | undefined;
    const refusal = refusalOf(() => {
      finding = check(subject);
    });
    return [name as LeakName, refusal === undefined ? finding : refusal[1]] as const;
  });
  const later = judgeLaterBars(gatherEvidence(subject.columns, subject.bars), subject.bars);
  const names = ['prefix', 'noise', 'next-bar', 'resampled', 'repainting', 'full-sample'] as const;
  return [...found, ...names.map((name) => [name, later[name]] as const)];
}

/** What a strategy was refused for, under the name of the check whose business it is. */
function refusalOf(act: () => unknown): readonly [LeakName, LeakFinding] | undefined {
  try {
    act();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof DeskError)) throw thrown;
    const { line, path = '', expected, found } = thrown.place;
    const name = path === 'determinism' ? 'determinism' : path.startsWith('bars.') ? 'fills' : 'runs';
    const where = line === undefined ? {} : { line };
    const texts = { ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found }) };
    return [name, { message: thrown.message, ...where, ...texts }];
  }
}
