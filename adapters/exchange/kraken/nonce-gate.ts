/** How long the next request waits for one that is on its way: long enough to overtake nobody, short for a cancel. */
const headStartMs = 250;

/**
 * Kraken takes a nonce only if it is higher than every one before, in the order in which requests arrive. So requests of
 * a key start one after the other: the next when the last was answered, or has had a head start.
 */
export type NonceGate = Readonly<{
  pass<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Higher than any before it in this process; milliseconds, as other software on the same key uses. */
  next(): number;
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

function createNonceGate(): NonceGate {
  let tail: Promise<unknown> = Promise.resolve();
  let last = 0;
  return {
    pass: (work) => {
      const done = tail.then(work);
      const answered = done.then(
        () => undefined,
        () => undefined,
      );
      tail = tail.then(() => Promise.race([answered, headStart()]));
      return done;
    },
    next: () => {
      last = Math.max(last + 1, Date.now());
      return last;
    },
  };
}

const headStart = () => new Promise<void>((resolve) => void setTimeout(resolve, headStartMs).unref());
