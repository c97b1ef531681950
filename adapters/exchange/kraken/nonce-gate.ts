import type { Exchange as CcxtExchange } from 'ccxt';
import type { InTurn } from '../ccxt/session.ts';
import type { Turn } from '../rate-budget/turns.ts';

/** How long the next request waits for one that is on its way: long enough to overtake nobody, short for a cancel. */
const headStartMs = 250;

/** Waits for the key's turn among all processes, with a number that is at least so high. */
export type TakeTurn = (least: number) => Promise<Turn>;

/**
 * Kraken takes a nonce only if it is higher than every one before, in the order in which requests arrive. So requests of
 * a key start one after the other: the next when the last was answered, or has had a head start. Here those of this
 * process line up; whose turn it is among all processes of the machine, `takeTurn` says.
 */
export type NonceGate = Readonly<{
  /** The nonce is in milliseconds, as other software on the same key uses. */
  pass<Result>(work: (nonce: number) => Promise<Result>, takeTurn?: TakeTurn): Promise<Result>;
}>;

/** One gate a key, whichever client of this process uses it. Keys are few; their gates are kept. */
const gates = new Map<string, NonceGate>();

export function nonceGateOf(apiKey: string): NonceGate {
  const known = gates.get(apiKey);
  if (known !== undefined) return known;
  const gate = createNonceGate();
  gates.set(apiKey, gate);
  return gate;
}

const alone: TakeTurn = (number) => Promise.resolve({ number, end: nothing });

function createNonceGate(): NonceGate {
  let tail: Promise<unknown> = Promise.resolve();
  let last = 0;
  return {
    pass: (work, takeTurn = alone) => {
      const begun = tail.then(async () => {
        const turn = await takeTurn(Math.max(last + 1, Date.now()));
        last = turn.number;
        return turn;
      });
      const done = begun.then(({ number, end }) => work(number).finally(end));
      const answered = done.then(nothing, nothing);
      tail = begun.then(() => Promise.race([answered, headStart()]), nothing);
      return done;
    },
  };
}

const nothing = () => undefined;

const headStart = () => new Promise<void>((resolve) => void setTimeout(resolve, headStartMs).unref());

/** Private requests of a client of ccxt, each signed with its turn's nonce after it was paid for. */
export function krakenTurns(ccxt: CcxtExchange, takeTurn: TakeTurn): InTurn {
  const gate = nonceGateOf(ccxt.apiKey);
  let current = 0;
  ccxt.nonce = () => current;
  return (call, send) => {
    if (call.api !== 'private') return send();
    const work = (nonce: number) => {
      current = nonce;
      return send(); // signs before it first waits for anything
    };
    return gate.pass(work, takeTurn);
  };
}
