/**
 * Aborts at the first Ctrl-C, SIGTERM or SIGHUP, so that a command can end in order; a second one ends it at once.
 * `release` gives the signals back.
 */
export function stopSignal(): Readonly<{ signal: AbortSignal; release(): void }> {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const release = () => {
    for (const name of signals) process.off(name, stop);
  };
  const stop = () => {
    release();
    controller.abort(new Error('stopped by a signal'));
  };
  for (const name of signals) process.on(name, stop);
  return { signal: controller.signal, release };
}

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
