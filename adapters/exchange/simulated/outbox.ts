/**
 * What user streams are to say while a request is being handled: in life the event sometimes comes before the REST
 * answer and sometimes after it, and the gateway decides which.
 */
export type Outbox = Readonly<{
  send(deliver: () => void): void;
  hold(): void;
  /** Everything held, in order; sending is immediate again. */
  release(): readonly (() => void)[];
}>;

export function createOutbox(): Outbox {
  let held: (() => void)[] | undefined;
  return {
    send: (deliver) => {
      if (held === undefined) deliver();
      else held.push(deliver);
    },
    hold: () => {
      held ??= [];
    },
    release: () => {
      const frames = held ?? [];
      held = undefined;
      return frames;
    },
  };
}
