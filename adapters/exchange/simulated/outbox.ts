/**
 * What user streams are to say while a request is being handled: in life the event sometimes comes before the REST
 * answer and sometimes after it, and the pipeline decides which. An account's events never overtake each other.
 */
export type Outbox = Readonly<{
  send(account: string, deliver: () => void): void;
  /** Runs what handles a request; events that it causes wait until `tell` is called. */
  hold<Result>(handle: () => Result): Held<Result>;
}>;

type Held<Result> = Readonly<{ result: Result; tell(): void }>;

/** Events of one request. */
type Batch = { open: boolean };

type Waiting = Readonly<{ deliver: () => void; batch: Batch }>;

export function createOutbox(): Outbox {
  const lanes = new Map<string, Waiting[]>();
  const told: Batch = { open: true };
  let current = told;
  const open = (batch: Batch) => {
    batch.open = true;
    for (const [account, lane] of lanes) {
      while (lane[0]?.batch.open) lane.shift()?.deliver();
      if (lane.length === 0) lanes.delete(account);
    }
  };
  return {
    send: (account, deliver) => {
      const lane = lanes.get(account);
      if (lane !== undefined) lane.push({ deliver, batch: current });
      else if (current.open) deliver();
      else lanes.set(account, [{ deliver, batch: current }]);
    },
    hold: (handle) => {
      const batch = { open: false };
      const outer = current;
      current = batch;
      try {
        return { result: handle(), tell: () => open(batch) };
      } catch (error) {
        open(batch);
        throw error;
      } finally {
        current = outer;
      }
    },
  };
}
