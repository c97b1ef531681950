import { setTimeout as pause } from 'node:timers/promises';
import type { SimulationOptions } from '../../../adapters/exchange/simulated/settings.ts';
import type { OrderSettings } from '../../../config/orders.ts';
import { createPrng, type Prng } from '../../../core/math/prng.ts';
import { applyFault, createHealing, type Healing } from './apply-fault.ts';
import { secretFindings } from './canary.ts';
import { converge, replayFindings } from './converge.ts';
import { haltAndResume } from './halt.ts';
import { readJournal } from './journal.ts';
import type { Circumstances, Finding } from './judge.ts';
import { keepFailure } from './keep-failure.ts';
import { chaosSettings, type Plan, startPlan } from './plans.ts';
import type { PlantedBug } from './planted.ts';
import { until } from './processes.ts';
import { reduceMeanwhile } from './reduce.ts';
import { restStop } from './rest-stop.ts';
import { planFaults, type ScheduledFault } from './schedule.ts';
import { hurry, judgeStage, plainCircumstances } from './settle.ts';
import { openStage, type Stage } from './stage.ts';
import type { ChaosVenue } from './venues.ts';
import { drawPlan, reducers } from './workload.ts';
import { chaosAccount } from './worker-settings.ts';

export type EpisodeOptions = Readonly<{
  seed: number;
  /** Default: Binance spot. */
  venue?: ChaosVenue;
  /** How long faults strike; the last quarter is one kind alone. */
  faultsMs: number;
  onLine?: (line: string) => void;
  /** In place of the one that the seed draws: to replay or to bisect. */
  schedule?: readonly ScheduledFault[];
  /** Over what the seed draws. */
  exchange?: SimulationOptions;
  readLagMs?: number;
  planted?: PlantedBug;
}>;

export type EpisodeReport = Readonly<{
  seed: number;
  schedule: readonly ScheduledFault[];
  plans: number;
  orders: number;
  fills: number;
  /** Of the orders, those that waited for their price. */
  stops: number;
  /** Orders by how they ended. */
  states: Readonly<Record<string, number>>;
  findings: readonly Finding[];
  /** From the end of the faults until everything had ended. */
  convergedMs: number;
  /** Folder with what is needed to understand the findings. */
  kept?: string;
}>;

/** Limits that the workload runs into: a guard that lets too much through is seen. */
const tightLimits = {
  max_order_notional: '1500',
  max_position_notional: '3000',
  max_exposure: '4500',
  max_orders_per_minute: 60,
  max_notional_per_day: '2000000',
} as const;

/**
 * One episode: two workers, orders from a seed, faults from a schedule that is written before, and a person who reduces
 * and resumes the account; then healed, halted and resumed, and judged by the exchange's journal.
 */
export async function runEpisode(options: EpisodeOptions): Promise<EpisodeReport> {
  const { seed, venue, faultsMs, schedule, planted, exchange, readLagMs = 3_000 } = options;
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(`${new Date().toISOString()} ${line}`);
    options.onLine?.(line);
  };
  const prng = createPrng(seed);
  const faults = schedule ?? planFaults({ seed, forMs: faultsMs, burstMs: faultsMs / 4 });
  const settings = chaosSettings(tightLimits);
  const drawn = {
    readLagMs: prng.nextBelow(2_500),
    fillChunks: 1 + prng.nextBelow(3),
    pushFirst: prng.nextFloat(),
    takersPerSecond: 5,
    // As OKX does: who looks by our id does not find what was filled.
    forgetsFilledIds: prng.nextFloat() < 0.25,
  };
  const stage = await openStage({
    settings,
    ...(venue !== undefined && { venue }),
    traits: { readLagMs, forgetsFilledIds: drawn.forgetsFilledIds },
    exchange: { seed, ...drawn, ...exchange },
    ...(planted !== undefined && { planted }),
    onLine,
  });
  const stop = new AbortController();
  const healing = createHealing();
  const beside: Promise<void>[] = [];
  try {
    const given = plainCircumstances((await readJournal(stage)).balances, settings);
    beside.push(...([0, 1] as const).map((index) => keepWorker(stage, index, stop.signal)));
    await until(() => stage.workers.every((worker) => worker !== undefined), 30_000);
    for (const worker of stage.workers) await worker?.ready;
    const plans: Plan[] = [];
    const startMs = performance.now();
    const [reducing] = await Promise.all([
      reduceMeanwhile(stage, startMs, faultsMs),
      strike(stage, faults, { healing, startMs, onLine }),
      trade(stage, plans, { prng, untilMs: startMs + faultsMs, seed, idsInChildren: planted === 'idReadInChild' }),
    ]);
    await heal(stage, healing);
    plans.push(await restStop(stage, `plan-${seed}-stop`));
    const healedMs = performance.now();
    const halt = await haltAndResume(stage, () => beside.push(hurry(stage, stop.signal)));
    const stuck = await converge(stage, plans);
    const convergedMs = Math.round(performance.now() - healedMs);
    const findings = [
      ...halt.findings,
      ...stuck,
      ...(await settledFindings(stage, { ...given, modes: [...reducing, ...halt.modes] }, settings)),
      ...(await replayFindings(stage)),
      ...secretFindings(stage, lines),
    ];
    const report = { seed, schedule: faults, plans: plans.length, ...(await summary(stage)), findings, convergedMs };
    if (findings.length === 0 || planted !== undefined) return report;
    return { ...report, kept: await keepFailure(stage, `seed-${seed}`, report, lines) };
  } finally {
    stop.abort();
    await heal(stage, healing);
    await Promise.all(beside);
    await stage.close();
  }
}

/** A venue counts its rates by the minute: a keeper whose key has used them up is back after one. */
const ratesMs = 60_000;

/**
 * A balance is compared twice before it is booked, so reconciliation is given its rounds before findings count, and the
 * rates that the faults' look-ups have used up the time to come back.
 */
async function settledFindings(stage: Stage, given: Circumstances, { reconcile }: OrderSettings): Promise<Finding[]> {
  const endMs = performance.now() + ratesMs + 4_000 * reconcile.positions_every_seconds;
  for (;;) {
    const findings = await judgeStage(stage, given);
    if (findings.length === 0 || performance.now() > endMs) return findings;
    await pause(1_000);
  }
}

/** Starts a worker again whenever it has ended. */
async function keepWorker(stage: Stage, index: 0 | 1, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    const worker = await stage.startWorker(index).catch(() => undefined);
    await Promise.race([worker?.ended ?? pause(500), aborted(stopped)]);
    await pause(100);
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

type Striking = Readonly<{ healing: Healing; startMs: number; onLine: (line: string) => void }>;

async function strike(
  stage: Stage,
  faults: readonly ScheduledFault[],
  { healing, startMs, onLine }: Striking,
): Promise<void> {
  for (const fault of faults) {
    await pause(Math.max(0, startMs + fault.at - performance.now()));
    try {
      await applyFault(stage, fault, healing);
      onLine(`${fault.at} ms: ${fault.kind} ${fault.target} ${fault.ms} ms`);
    } catch (error) {
      // A server that is down cannot be asked to reset; the schedule goes on.
      onLine(`${fault.at} ms: ${fault.kind} did not strike: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

type Trading = Readonly<{ prng: Prng; untilMs: number; seed: number; idsInChildren: boolean }>;

/** A plan every second or so, at prices of now; twice, somebody trades by hand on the same account. */
async function trade(stage: Stage, plans: Plan[], { prng, untilMs, seed, idsInChildren }: Trading): Promise<void> {
  for (let count = 0; performance.now() < untilMs; count += 1) {
    const { venue, url } = stage;
    // While the server is down, or the venue in maintenance, there is no order.
    const tickers = await venue.tickers(url).catch(() => undefined);
    const planId = `plan-${seed}-${count}`;
    const drawn = tickers && drawPlan(prng, venue.markets, tickers);
    const legs = drawn && [...(await reducersNow(stage)), ...drawn];
    const plan = legs && (await startPlan(stage, planId, { legs, idsInChildren }).catch(() => undefined));
    if (plan !== undefined) plans.push(plan);
    if (count === 5 || count === 15) await stage.tradeByHand(count === 5 ? 'buy' : 'sell');
    await pause(500 + prng.nextBelow(1_000));
  }
}

/** While the account is REDUCING, what it lets through. */
async function reducersNow(stage: Stage): Promise<ReturnType<typeof reducers>> {
  const { mode } = await stage.store.accountState(chaosAccount);
  return mode === 'REDUCING' ? reducers(stage.venue.markets, await readJournal(stage), 1) : [];
}

/** Everything that was struck works again. */
async function heal(stage: Stage, healing: Healing): Promise<void> {
  for (const timer of healing.timers) clearTimeout(timer);
  healing.timers.clear();
  for (const link of Object.values(stage.links)) link.clear();
  for (const worker of stage.workers) worker?.signal('SIGCONT');
  await stage.clearFaults();
  await stage.fault({ kind: 'clock-skew', args: { ms: 0 } });
  if (!healing.serverIsDown) return;
  await stage.startServer();
  healing.serverIsDown = false;
}

async function summary(stage: Stage): Promise<Pick<EpisodeReport, 'orders' | 'fills' | 'stops' | 'states'>> {
  const records = await stage.store.orders({ account: chaosAccount, limit: 10_000 });
  const states: Record<string, number> = {};
  for (const { state } of records) states[state] = (states[state] ?? 0) + 1;
  const journal = await readJournal(stage);
  const stops = journal.orders.filter(({ isStop }) => isStop).length;
  return { orders: journal.orders.length, fills: journal.fills.length, stops, states };
}
