import { startMs, type World } from './world.ts';

/** One process of the desk: killed it never answers again, stopped it goes on later as if nothing had been. */
export type SimProcess = {
  readonly name: string;
  alive: boolean;
  /** Simulated time until which it stands still. */
  stoppedUntilMs: number;
  /** Since when it has not been heard of, for the heartbeat. */
  silentSinceMs: number | undefined;
  readonly skewMs: number;
  readonly driftPpm: number;
  readonly hostSkewMs: number;
  readonly bornMs: number;
};

export type Processes = Readonly<{
  /** One that lives and runs; undefined when there is none right now. */
  pick(): SimProcess | undefined;
  /** A call of a port by this process: it may die or stop before it, or after it, when it has happened. */
  call<T>(process: SimProcess, name: string, work: () => Promise<T>): Promise<T>;
  /** Waits in this process: time that it stands still counts too. */
  sleep(process: SimProcess, ms: number): Promise<void>;
  /** Kills them all; new ones come. */
  killAll(): void;
}>;

const howMany = 2;

export function createProcesses(world: World): Processes {
  const { scheduler, plan, strikes, note } = world;
  let born = 0;
  const all: SimProcess[] = Array.from({ length: howMany }, () => start());

  function start(): SimProcess {
    const { skewMs, driftPpm, hostSkewMs } = plan.faults;
    const prng = world.chance('clocks');
    const signed = () => 2 * prng.nextFloat() - 1;
    return {
      name: `p${(born += 1)}`,
      alive: true,
      stoppedUntilMs: 0,
      silentSinceMs: undefined,
      skewMs: Math.round(signed() * skewMs),
      driftPpm: signed() * driftPpm,
      hostSkewMs: Math.round(signed() * hostSkewMs),
      bornMs: scheduler.nowMs(),
    };
  }

  function kill(process: SimProcess): void {
    if (!process.alive) return;
    process.alive = false;
    process.silentSinceMs = scheduler.nowMs();
    note('killed', process.name);
    scheduler.after(200 + world.chance('restart').nextBelow(5_000), () => {
      all[all.indexOf(process)] = start();
    });
  }

  const pauseMs = (): number => 100 + world.chance('pause').nextBelow(plan.faults.longestPauseMs);

  function stopAll(): void {
    const ms = pauseMs();
    for (const process of all) if (process.alive) stop(process, ms);
  }

  function stop(process: SimProcess, ms = pauseMs()): void {
    process.stoppedUntilMs = Math.max(process.stoppedUntilMs, scheduler.nowMs() + ms);
    process.silentSinceMs ??= scheduler.nowMs();
    note('stopped', process.name, ms);
    scheduler.after(ms, () => {
      if (process.alive && scheduler.nowMs() >= process.stoppedUntilMs) process.silentSinceMs = undefined;
    });
  }

  /** Resolves when the process runs; never when it is dead. */
  const running = (process: SimProcess): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!process.alive) return;
        const left = process.stoppedUntilMs - scheduler.nowMs();
        if (left <= 0) resolve();
        else scheduler.after(left, look);
      };
      look();
    });

  const mayFail = (process: SimProcess, name: string): void => {
    const { weakCall } = plan.faults;
    if (weakCall !== undefined && name.startsWith(weakCall.name) && strikes(weakCall.chance, 'weakCall')) {
      note(weakCall.kind, name);
      if (weakCall.kind === 'crash') kill(process);
      else if (weakCall.kind === 'pause') stop(process);
      else stopAll();
    } else if (strikes(plan.faults.crash, 'crash')) {
      note('dies at', name);
      kill(process);
    } else if (strikes(plan.faults.pause, 'pause')) stop(process);
  };

  return {
    pick() {
      const now = scheduler.nowMs();
      const ready = all.filter(({ alive, stoppedUntilMs }) => alive && stoppedUntilMs <= now);
      return ready[world.chance('pick').nextBelow(Math.max(1, ready.length))];
    },
    async call(process, name, work) {
      mayFail(process, name);
      await running(process);
      const outcome = await work().then(
        (value) => ({ value }),
        (thrown: unknown) => ({ thrown }),
      );
      mayFail(process, `${name} done`);
      await running(process);
      if ('thrown' in outcome) throw outcome.thrown;
      return outcome.value;
    },
    async sleep(process, ms) {
      await new Promise<void>((resolve) => scheduler.after(ms, resolve));
      await running(process);
    },
    killAll() {
      for (const process of all) kill(process);
    },
  };
}

/** What the process believes the venue's clock to show. */
export function believedVenueMs({ scheduler }: World, { skewMs, driftPpm, bornMs }: SimProcess): number {
  const now = scheduler.nowMs();
  return Math.round(now + skewMs + ((now - bornMs) * driftPpm) / 1e6);
}

/** A host's clock is nobody's truth: it stands far off in every run. */
export const hostMs = ({ scheduler }: World, process?: SimProcess): number =>
  scheduler.nowMs() - startMs + 3_600_000 + (process?.hostSkewMs ?? 0);
