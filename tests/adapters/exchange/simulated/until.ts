/** Does `act` again and again, each time awaited, until `awaited` settles: for events that only new orders bring. */
export async function until<Result>(awaited: Promise<Result>, act: () => Promise<unknown>): Promise<Result> {
  const state = { settled: false };
  const done = awaited.finally(() => {
    state.settled = true;
  });
  while (!state.settled) {
    await act();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return done;
}
