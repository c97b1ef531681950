/**
 * HALTED cancels until nothing can be left (orders.md 6): an order that was submitted just before may still reach the
 * book, so one cancel-all is not enough. Times are the venue's.
 */
export type HaltState = Readonly<{
  /** Latest deadline of any submitted order + settle time, read from the store after the mode was set there. */
  safeMs: number;
  cancelAlls: number;
  done: boolean;
}>;

export const startHalt = (latestDeadlineMs: number, settleTimeMs: number): HaltState => ({
  safeMs: latestDeadlineMs + settleTimeMs,
  cancelAlls: 0,
  done: false,
});

/** One cancel-all: the venue's time asked before it, whether the venue took it, and what was open after it (undefined: not known). */
export type CancelAllTried = Readonly<{ beganMs: number; succeeded: boolean; openOrders: number | undefined }>;

/** Done when one that began after `safeMs` has succeeded and open orders were seen empty after it. */
export function stepHalt(state: HaltState, { beganMs, succeeded, openOrders }: CancelAllTried): HaltState {
  const done = state.done || (succeeded && beganMs > state.safeMs && openOrders === 0);
  return { ...state, cancelAlls: state.cancelAlls + 1, done };
}
