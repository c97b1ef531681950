import { randomUUID } from 'node:crypto';
import type { LevelFile } from './level-file.ts';

/** A key's turn to send: its number is higher than that of any turn before, of whatever process. */
export type Turn = Readonly<{ number: number; end(): void }>;

/** Of one key, as the file keeps it. Times are of the machine's monotonic clock. */
export type TurnState = Readonly<{
  number: number;
  owner: string;
  atMs: number;
  /** Its request is not answered yet. */
  open: boolean;
  /** Who waits and comes next; empty where nobody does. */
  nextOwner: string;
  nextMs: number;
}>;

export type TurnsOptions = Readonly<{
  exclusively: LevelFile['exclusively'];
  nowMs: () => number;
  pauseFor: (ms: number) => Promise<void>;
  /** Another for each process: whoever shares it keeps its own order. */
  owner?: string;
}>;

/** How long others wait for a request that is not answered: one that hangs, or whose process was killed. */
const headStartMs = 1_000;

const lookEveryMs = 10;

/** Who waits says so at every look; who has not for so long waits no more. */
const promiseMs = 200;

const thisProcess = randomUUID();

const never: TurnState = { number: 0, owner: '', atMs: 0, open: false, nextOwner: '', nextMs: 0 };

/**
 * Turns of the processes that share a file, for venues that take a key's requests only in the order of their nonces.
 * Who waits is next, so that a process with many requests leaves room for the others.
 */
export function createTurns({ exclusively, nowMs, pauseFor, owner = thisProcess }: TurnsOptions) {
  const end = (key: string, number: number) =>
    exclusively((levels) => {
      const state = levels.turn(key);
      if (state?.number === number) levels.setTurn(key, { ...state, open: false });
    });
  const tryTake = (key: string, least: number): Turn | undefined =>
    exclusively((levels) => {
      const now = nowMs();
      const state = levels.turn(key) ?? never;
      const isTaken = state.open && state.owner !== owner && now - state.atMs < headStartMs;
      const isPromised = state.nextOwner !== '' && now - state.nextMs < promiseMs && state.nextOwner !== owner;
      if (isPromised) return undefined;
      if (isTaken) {
        levels.setTurn(key, { ...state, nextOwner: owner, nextMs: now });
        return undefined;
      }
      const number = Math.max(state.number + 1, least);
      levels.setTurn(key, { number, owner, atMs: now, open: true, nextOwner: '', nextMs: 0 });
      return { number, end: () => end(key, number) };
    });
  /** Waits for the key's turn, whose number is at least so high. */
  return async (key: string, least: number): Promise<Turn> => {
    for (;;) {
      const turn = tryTake(key, least);
      if (turn !== undefined) return turn;
      await pauseFor(lookEveryMs);
    }
  };
}
