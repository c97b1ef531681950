import { keepFailure } from './keep-failure.ts';
import type { StrikePlanName } from './plans.ts';
import type { Strike } from './port-calls.ts';
import { openStrikeStage, strikePlan, type StrikeOptions, type StrikeReport, type StrikeStage } from './strikes.ts';
import type { ChaosVenue } from './venues.ts';

export type EveryStrike = Readonly<{
  what: Strike['what'];
  /** The first call that is struck, and how far it is to the next. */
  from: number;
  every: number;
  /** Stages at once. Each plays one plan at a time, so that what is found is that plan's. */
  worlds: number;
  /** How long a stopped worker sleeps, as in StrikeOptions. */
  sleep: NonNullable<StrikeOptions['sleep']>;
  plan: StrikePlanName;
  venue: ChaosVenue;
  onStrike: (report: StrikeReport, kept: string | undefined) => void;
}>;

/** The account's keeper asks for every fill of the day: after so many plans its calls would be most of them. */
const plansPerStage = 3;

/** A plan makes fewer calls, its keeper's among them: a run that comes here does not end by itself. */
const mostCalls = 400;

/**
 * Plans of three legs, each struck one port call later than the one before, until one is over before its strike. A
 * stage on which something was found is kept and replaced: what is broken stays so for all that come after.
 */
export async function everyStrike({
  what,
  from,
  every,
  worlds,
  sleep,
  plan,
  venue,
  onStrike,
}: EveryStrike): Promise<StrikeReport[]> {
  const reports: StrikeReport[] = [];
  const runId = Math.round(performance.timeOrigin);
  let at = from;
  let last = mostCalls;
  const world = async () => {
    let on: StrikeStage | undefined;
    let plans = 0;
    const close = async () => {
      await on?.stage.close();
      on = undefined;
      plans = 0;
    };
    try {
      while (at <= last) {
        const strike: Strike = { what, at };
        at += every;
        on ??= await openStrikeStage({}, undefined, venue);
        const report = await strikePlan(on, strike, { planId: `${what}-${strike.at}`, sleep, plan });
        if (report.call === undefined) last = Math.min(last, Number(strike.at));
        else reports.push(report);
        const broken = report.findings.length > 0;
        const folder = `${what}-${strike.at}-${runId}`;
        onStrike(report, broken ? await keepFailure(on.stage, folder, report, on.lines) : undefined);
        plans += 1;
        if (broken || plans === plansPerStage) await close();
      }
    } finally {
      await close();
    }
  };
  await Promise.all(Array.from({ length: worlds }, world));
  return reports;
}
