/** Waits so long; rejects when the signal aborts. Without one it belongs to no activity and cannot be stopped by its end. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(signal?.reason as Error);
  if (signal?.aborted === true) stop();
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
}
