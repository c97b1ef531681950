import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { SimulationOptions } from '../../../adapters/exchange/simulated/settings.ts';
import { loadOrderSettings } from '../../../config/orders.ts';
import type { OrderExecutionResult } from '../../../workflows/order-execution.ts';
import { replayFindings } from './converge.ts';
import { readJournal } from './journal.ts';
import type { Finding, Circumstances } from './judge.ts';
import { chaosSettings, type Plan, startPlan, strikePlans, type StrikePlanName } from './plans.ts';
import type { PlantedBug } from './planted.ts';
import type { Strike } from './port-calls.ts';
import { until } from './processes.ts';
import { hurry, judgeStage, plainCircumstances } from './settle.ts';
import { openStage, type Stage } from './stage.ts';
import type { ChaosVenue } from './venues.ts';
import { chaosAccount } from './worker-settings.ts';

/** One plan whose only worker was struck at a port call. */
export type StrikeReport = Readonly<{
  strike: Strike;
  /** The port call; undefined when the plan ended before so many were made. */
  call: string | undefined;
  findings: readonly Finding[];
  ms: number;
}>;

export type StrikeOptions = Readonly<{
  planId: string;
  /**
   * How long a stopped worker sleeps: `venue` has a minute pass at the venue only, a number of ms really passes, from
   * the strike on and with no hurry of any clock.
   */
  sleep?: 'venue' | number;
  /** A stopped worker's connections to the server are cut: it is not given the others' tasks for up to a minute. */
  cutsPolls?: boolean;
  /** A second worker is there from the start: it takes over in seconds, or does the call itself. */
  both?: boolean;
  /** Default: `three`. */
  plan?: StrikePlanName;
}>;

/** Where plans are struck: prices stand still, and an order fills in two parts. `lines`: what its processes wrote. */
export type StrikeStage = Readonly<{ stage: Stage; given: Circumstances; lines: readonly string[] }>;

export async function openStrikeStage(
  exchange: SimulationOptions = {},
  planted?: PlantedBug,
  venue?: ChaosVenue,
): Promise<StrikeStage> {
  // As shipped: a keeper that hurries would make most of the calls.
  const settings = { ...chaosSettings(), reconcile: loadOrderSettings(chaosAccount).reconcile };
  const lines: string[] = [];
  const stage = await openStage({
    settings,
    onLine: (line) => lines.push(`${new Date().toISOString()} ${line}`),
    exchange: { source: { kind: 'scripted' }, fillChunks: 2, ...exchange },
    ...(planted !== undefined && { planted }),
    ...(venue !== undefined && { venue }),
  });
  return { stage, lines, given: plainCircumstances((await readJournal(stage)).balances, settings) };
}

const planLimitMs = 120_000;
const sleptMs = 60_000;
/** A woken worker has done whatever it was about to do. */
const wokenMs = 2_500;

/**
 * Runs a plan of three legs on one worker that is struck at its k-th port call; then another worker takes over, and a
 * stopped one is woken when all is over. Judged by the exchange's journal.
 */
export async function strikePlan(
  { stage, given }: StrikeStage,
  strike: Strike,
  { planId, sleep = 'venue', cutsPolls = false, both = false, plan: name = 'three' }: StrikeOptions,
): Promise<StrikeReport> {
  const startedMs = performance.now();
  stage.workers[1]?.signal('SIGKILL');
  await stage.workers[1]?.ended;
  const struck = await stage.startWorker(0, strike);
  if (both) await stage.startWorker(1);
  const plan = await startPlan(stage, planId, { legs: strikePlans[name](stage) });
  const stop = new AbortController();
  // Who takes over at once meets an order whose window is still open: the venue's clock must not jump past it.
  const hurrying = both || sleep !== 'venue' ? Promise.resolve() : hurry(stage, stop.signal);
  try {
    const over = watched(plan, stop.signal);
    await until(() => over() !== undefined || struck.hasEnded() || struck.isStopped(), planLimitMs, 20);
    const struckMs = performance.now();
    const wasStruck = struck.hasEnded() || struck.isStopped();
    const sleeps = wasStruck && !struck.hasEnded();
    if (sleeps && cutsPolls) stage.links['server-0'].cut();
    if (wasStruck && !both) await stage.startWorker(1);
    if (sleeps && sleep === 'venue') await stage.advance(sleptMs);
    await until(() => over() !== undefined, planLimitMs);
    if (sleeps) {
      if (sleep !== 'venue') await pause(Math.max(0, struckMs + sleep - performance.now()));
      struck.signal('SIGCONT');
      await pause(wokenMs);
    }
    const findings = [...(await judgeStage(stage, given)), ...(await replayFindings(stage))];
    return {
      strike,
      call: wasStruck ? struckCall(stage) : undefined,
      findings: [...planFindings(planId, over()), ...findings],
      ms: Math.round(performance.now() - startedMs),
    };
  } finally {
    stop.abort();
    await hurrying;
  }
}

type PlanEnd = Readonly<{ failure?: string; results: readonly OrderExecutionResult[] }>;

/** How the plan ended, once it has. */
function watched({ result }: Plan, signal: AbortSignal): () => PlanEnd | undefined {
  let end: PlanEnd | undefined;
  result(signal).then(
    (results) => (end = { results }),
    (thrown: unknown) => (end = { results: [], failure: causeOf(thrown) }),
  );
  return () => end;
}

const causeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? thrown.message : `${thrown.message}: ${causeOf(thrown.cause)}`;
};

/** A plan ends, and each of its legs was ended by the venue, whatever struck. */
function planFindings(planId: string, end: PlanEnd | undefined): Finding[] {
  if (end === undefined) return [{ invariant: 'E3', what: `${planId} did not end` }];
  if (end.failure !== undefined) return [{ invariant: 'E3', what: `${planId} failed: ${end.failure}` }];
  const denied = end.results.filter(({ last }) => last.state === 'denied' || last.state === 'notSent');
  return denied.map(({ last }) => ({ invariant: 'E3', what: `${planId}: a leg is ${last.state}: ${last.reason}` }));
}

/** The call that was struck, as the worker wrote it down. */
const struckCall = (stage: Stage): string | undefined =>
  readFileSync(stage.callsFile(0), 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , what]) => what !== undefined)?.[1];
