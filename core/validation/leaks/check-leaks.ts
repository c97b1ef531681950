import { DeskError } from '../../errors.ts';
import { firingBars, gatherEvidence, type LaterBars } from './evidence.ts';
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

/**
 * Looks for every leak that has a name. A strategy that does not run is not looked at further, but for its costs; of
 * code that never fires nothing can be said, and so it does not pass.
 */
export function checkLeaks(subject: LeakSubject): readonly LeakResult[] {
  const findings = new Map<LeakName, LeakFinding | undefined>();
  let whole: ReturnType<LeakSubject['columns']> = {};
  const refusal = refusalOf(() => {
    whole = subject.columns(subject.bars);
  });
  const isSilent = subject.compiled.strategy.code !== undefined && firingBars(whole).length === 0;
  if (refusal !== undefined) findings.set(...refusal);
  else {
    findings.set('runs', undefined);
    const seen = behaviour(subject);
    const isClean = seen.every(([, finding]) => finding === undefined);
    findings.set('signals', isSilent && isClean ? silence(subject) : undefined);
    for (const [name, finding] of seen) findings.set(name, finding);
    if (isSilent) for (const name of shownBySignals) if (findings.get(name) === undefined) findings.delete(name);
  }
  findings.set('costs', checkCosts(subject));
  if (subject.spans.length > 0) findings.set('survivorship', checkSurvivorship(subject));
  return leakNames.map((name) => {
    const finding = findings.get(name);
    if (finding !== undefined) return { name, finding };
    if (findings.has(name)) return { name };
    const silent = isSilent && refusal === undefined ? 'not checked: no signal fires here' : 'it does not run';
    return { name, skipped: name === 'survivorship' ? 'not all of the universe has bars here' : silent };
  });
}

const laterBarChecks = ['prefix', 'noise', 'next-bar', 'resampled', 'repainting', 'full-sample'] as const;
/** What is only seen where a signal fires. */
const shownBySignals: readonly LeakName[] = [...laterBarChecks, 'incremental', 'dates', 'fills'];

const silence = ({ bars: { timeMs } }: LeakSubject): LeakFinding => ({
  message: `no signal fires on ${timeMs.length} bars: whether it looks ahead was not checked`,
  column: 'signals',
  expected: 'a signal on at least one bar before the holdout',
  found: 'none',
});

/** All that is seen from what it says on bars. */
function behaviour(subject: LeakSubject): readonly (readonly [LeakName, LeakFinding | undefined])[] {
  const found = Object.entries(checks).map(([name, check]) => {
    let finding: LeakFinding | undefined;
    const refusal = refusalOf(() => {
      finding = check(subject);
    });
    return [name as LeakName, refusal === undefined ? finding : refusal[1]] as const;
  });
  const later = judgeLaterBars(evidenceOf(subject), subject.bars);
  return [...found, ...laterBarChecks.map((name) => [name, later[name]] as const)];
}

/** Places at which the bars are cut for each set of parameters beside the defaults. */
const cutsOfVariant = 8;

/** At the defaults, and at fewer places at other parameters; those at which it does not run have nothing to say. */
function evidenceOf({ columns, variants = [], bars }: LeakSubject): LaterBars {
  const all = [gatherEvidence(columns, bars)];
  for (const variant of variants) {
    refusalOf(() => {
      all.push(gatherEvidence(variant, bars, { cuts: cutsOfVariant }));
    });
  }
  return { cut: all.flatMap(({ cut }) => cut), noise: all.flatMap(({ noise }) => noise) };
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
