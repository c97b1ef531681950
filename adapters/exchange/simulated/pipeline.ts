import { nextNormal } from '../../../core/venue/substreams.ts';
import type { Answer } from './call.ts';
import { EngineStep } from './engine-step.ts';
import type { Fault, FaultMatch } from './faults.ts';
import type { Gateway } from './gateway.ts';
import type { LoggedRequest } from './request-log.ts';
import type { LatencyLeg } from './settings.ts';
import { sayDefect } from './on-message.ts';
import type { Simulation } from './simulation.ts';

/** How a request came and its answer goes: an HTTP exchange, or a message on a socket. */
export type Wire = Readonly<{
  ip: string;
  reset(): void;
  send(answer: Answer): void;
  /** Sends so slowly that it takes `ms`. */
  drip(answer: Answer, ms: number): void;
  /** Resolves when a leg of `ms` is travelled. */
  travel(leg: 'inbound' | 'outbound', ms: number): Promise<unknown>;
  /** Runs once what was sent is on its way. */
  afterAnswer(run: () => void): void;
}>;

/** One request of any protocol. */
type Asked = Readonly<{
  simulation: Simulation;
  gateway: Pick<Gateway, 'ban' | 'failure'>;
  wire: Wire;
  occasion: FaultMatch;
  logged: LoggedRequest;
  /** What the venue says, at once where it asks no engine. */
  answer(): Answer | EngineStep<Answer>;
}>;

const before = ['reset-before', 'hang-before', 'http', 'ban'] as const;
const after = [
  'accept-then-hang',
  'accept-then-reset',
  'accept-then-5xx',
  'accept-then-1007',
  'bad-json',
  'wrong-qty',
  'dup-rows',
  'short-rows',
  'slow',
] as const;

/**
 * A request from the wire to the engine and back, with what can go wrong on the way. Where no latency is set all of it
 * is done before this returns.
 */
export async function throughFaults(asked: Asked): Promise<void> {
  const { simulation, wire, occasion, logged } = asked;
  const { latency } = simulation.options;
  const early = simulation.faults.strike(before, occasion);
  if (early !== undefined && strikeBefore(asked, early)) return;
  const inMs = legMs(simulation, latency?.inbound);
  if (inMs > 0) await wire.travel('inbound', inMs);
  const entered = enter(asked);
  const { answer, tell } = 'answer' in entered ? entered : await waitInEngine(asked, entered);
  logged.status = answer.status;
  logged.refusal = refusalIn(answer);
  const late = accepted(answer)
    ? simulation.faults.strike(after, { ...occasion, ...(logged.account !== undefined && { account: logged.account }) })
    : undefined;
  if (late !== undefined) logged.fault = late.kind;
  const outMs = legMs(simulation, latency?.outbound);
  if (outMs > 0) await wire.travel('outbound', outMs);
  respond(asked, answer, late);
  if (tell !== undefined) wire.afterAnswer(tell);
}

/** An answer, and what lets user streams speak of it where they have to wait for it. */
type Answered = Readonly<{ answer: Answer; tell: (() => void) | undefined }>;

type Entered = Readonly<{ step: EngineStep<Answer>; engineMs: number }>;

/** The answer at once where nothing is matched or the engine takes no time; else what it has to do. */
function enter({ simulation, answer }: Asked): Answered | Entered {
  const { result, tell } = simulation.outbox.hold(() => {
    const first = answer();
    if (!(first instanceof EngineStep)) return first;
    const engineMs = Math.ceil(legMs(simulation, simulation.options.latency?.engine));
    return engineMs > 0 ? { step: first, engineMs } : first.match();
  });
  if (!('step' in result)) return answered(simulation, result, tell);
  tell();
  return result;
}

/** Whether the event or the answer comes first is drawn once for each. */
function answered({ options, streams }: Simulation, answer: Answer, tell: () => void): Answered {
  if (streams.latency.nextFloat() >= (options.pushFirst ?? 0.5)) return { answer, tell };
  tell();
  return { answer, tell: undefined };
}

/** Who waits so long for the engine is told that the outcome is unknown; what he asked for may still happen. */
const engineLimitMs = 10_000;

/** Done when its time in the engine is over, on the venue's clock and after what its account sent before. */
function waitInEngine({ simulation, gateway, occasion, logged }: Asked, { step, engineMs }: Entered) {
  const { alarms, engineLanes } = simulation;
  const lane = `${occasion.venue} ${logged.account}`;
  const nowMs = alarms.nowMs();
  const dueMs = Math.max(nowMs + engineMs, engineLanes.get(lane) ?? 0);
  engineLanes.set(lane, dueMs);
  return new Promise<Answered>((resolve, reject) => {
    let gaveUp = false;
    if (dueMs - nowMs > engineLimitMs) {
      alarms.set(nowMs + engineLimitMs, () => {
        gaveUp = true;
        resolve({ answer: gateway.failure({ kind: 'accept-then-1007' }), tell: undefined });
      });
    }
    alarms.set(dueMs, () => {
      try {
        const { result, tell } = simulation.outbox.hold(() => step.match());
        if (gaveUp) tell();
        else resolve(answered(simulation, result, tell));
      } catch (error) {
        if (gaveUp) sayDefect(error);
        else reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/** Only an answer that says yes can be lost so that an order stands which nobody knows of. */
const accepted = (answer: Answer) => refusalIn(answer) === undefined;

/** Binance refuses with a code and a status, Kraken with a list of errors and 200. */
function refusalIn({ status, text }: Answer): string | undefined {
  const [, kraken] = /^\{"error":\["([^"]*)"/.exec(text) ?? [];
  if (kraken !== undefined || status < 400) return kraken;
  return /"code":(-?\d+)/.exec(text)?.[1] ?? String(status);
}

/** True when the request ends here and never reaches the engine. */
function strikeBefore({ simulation, gateway, wire, logged }: Asked, fault: Fault<(typeof before)[number]>): boolean {
  logged.fault = fault.kind;
  if (fault.kind === 'ban') {
    gateway.ban({ ip: wire.ip }, simulation.wireMs() + (fault.args?.ms ?? 120_000));
    return false;
  }
  if (fault.kind === 'reset-before') wire.reset();
  if (fault.kind === 'http') {
    const answer = gateway.failure(fault);
    logged.status = answer.status;
    wire.send(answer);
  }
  return true;
}

function respond({ gateway, wire }: Asked, answer: Answer, fault: Fault<(typeof after)[number]> | undefined): void {
  const { text } = answer;
  switch (fault?.kind) {
    case 'accept-then-hang':
      return;
    case 'accept-then-reset':
      return wire.reset();
    case 'accept-then-5xx':
    case 'accept-then-1007':
      return wire.send(gateway.failure(fault));
    case 'bad-json':
      return wire.send({ ...answer, text: text.slice(0, Math.floor(text.length / 2)) });
    case 'wrong-qty':
      return wire.send({ ...answer, text: text.replace(/("(?:executedQty|vol_exec)":")\d/, '$19') });
    case 'dup-rows':
      return wire.send({ ...answer, text: withRows(text, (rows) => rows.flatMap((row) => [row, row])) });
    case 'short-rows':
      return wire.send({ ...answer, text: withRows(text, (rows) => rows.slice(0, -1)) });
    case 'slow':
      return wire.drip(answer, fault.args?.ms ?? 6_000);
    case undefined:
      return wire.send(answer);
  }
}

/**
 * A list of flat rows with its rows changed, in the text: ids beyond 2^53 keep their digits. Kraken's lists are objects,
 * which have no row twice; there it is those of `trades`. Any other answer stays as it is.
 */
function withRows(text: string, change: (rows: readonly string[]) => readonly string[]): string {
  const [, head, list, tail] =
    /^(\[)(\{.*\})(\])$/s.exec(text) ?? /^(.*"trades":\{)((?:[^{}]*\{[^{}]*\})+)(\}.*)$/s.exec(text) ?? [];
  if (list === undefined) return text;
  return `${head}${change(list.split(/(?<=\}),(?=[{"])/)).join(',')}${tail}`;
}

/** Milliseconds of one leg, drawn anew each time; zero where there is none. */
function legMs({ streams }: Simulation, leg: LatencyLeg | undefined): number {
  if (leg === undefined || leg.medianMs <= 0) return 0;
  return leg.medianMs * Math.exp(leg.sigma * nextNormal(streams.latency));
}
