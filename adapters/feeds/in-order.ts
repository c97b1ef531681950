/** What waits behind a piece of work is never more than this. */
const waitingLimit = 50_000;

export type InOrder<Item> = Readonly<{
  take(item: Item): void;
  /** Waits for its turn like an item. */
  run(work: () => Promise<void>): void;
}>;

/**
 * Handles items one after the other: while one needs time (a request), the others wait. Past 50,000 waiting items
 * `overflow` is told instead, and the item is gone.
 */
export function inOrder<Item>(
  handle: (item: Item) => void | Promise<void>,
  { overflow, failed }: Readonly<{ overflow(): void; failed(error: unknown): void }>,
): InOrder<Item> {
  const waiting: (() => void | Promise<void>)[] = [];
  let busy = false;
  const drain = async (first: Promise<void>): Promise<void> => {
    busy = true;
    try {
      await first;
      for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) await work();
    } catch (error) {
      failed(error);
    }
    busy = false;
    if (waiting.length > 0) void drain(Promise.resolve());
  };
  const add = (work: () => void | Promise<void>) => {
    if (waiting.length >= waitingLimit) overflow();
    else waiting.push(work);
  };
  return {
    take: (item) => {
      if (busy) return add(() => handle(item));
      const outcome = handle(item);
      if (outcome !== undefined) void drain(outcome);
    },
    run: (work) => {
      if (busy) add(work);
      else void drain(work());
    },
  };
}
