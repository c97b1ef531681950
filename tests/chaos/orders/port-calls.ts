import { appendFileSync } from 'node:fs';

/**
 * What strikes a process at one of its port calls: SIGKILL or SIGSTOP before the call begins (`kill`, `stop`), SIGKILL
 * when it is under way (`killDuring`) or when its answer has come (`killAfter`). `at` counts the calls of all its ports
 * from 1, or names one (`exchange.createOrder`): its first. Written by the supervisor into the worker's environment.
 */
export type Strike = Readonly<{ what: (typeof strikes)[number]; at: number | string }>;

const strikes = ['kill', 'killDuring', 'killAfter', 'stop'] as const;

export const strikeText = ({ what, at }: Strike): string => `${what}@${at}`;

export function readStrike(text: string | undefined): Strike | undefined {
  const [, word, number, name] = /^(\w+)@(?:(\d+)|([\w.]+))$/.exec(text ?? '') ?? [];
  const what = strikes.find((known) => known === word);
  if (what === undefined) return undefined;
  return { what, at: number === undefined ? (name ?? '') : Number(number) };
}

/** Counts the calls of every port it wraps, writes each to a file (`number name`), and strikes once. */
export type PortCalls = Readonly<{ watch<Port extends object>(name: string, port: Port): Port }>;

export function createPortCalls(file: string, strike: Strike | undefined, signal = sendSignal): PortCalls {
  let count = 0;
  let struck = false;
  const called = (name: string, call: () => unknown): unknown => {
    count += 1;
    const due = !struck && (strike?.at === count || strike?.at === name) ? strike?.what : undefined;
    struck ||= due !== undefined;
    // On disk before anything strikes, so that the supervisor knows which call it was.
    appendFileSync(file, `${count} ${name}${due === undefined ? '' : ` ${due}`}\n`);
    if (due === 'kill') signal('SIGKILL');
    if (due === 'stop') signal('SIGSTOP');
    const result = call();
    if (due === 'killDuring') setTimeout(() => signal('SIGKILL'), underWayMs);
    if (due === 'killAfter') void Promise.resolve(result).finally(() => signal('SIGKILL'));
    return result;
  };
  return {
    watch: (name, port) =>
      Object.fromEntries(
        Object.entries(port).map(([key, value]: [string, unknown]) => [
          key,
          typeof value === 'function'
            ? (...values: unknown[]) => called(`${name}.${key}`, () => Reflect.apply(value, port, values))
            : value,
        ]),
      ) as typeof port,
  };
}

/** Long enough for a request to have left and its answer to have come back, or not. */
const underWayMs = 3;

const sendSignal = (name: 'SIGKILL' | 'SIGSTOP') => void process.kill(process.pid, name);
