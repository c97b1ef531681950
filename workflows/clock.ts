/** The time at which the current workflow task began, epoch ms: inside the sandbox the clock is replayed, not read. */
// oxlint-disable-next-line no-restricted-properties -- deterministic here, and nowhere else
export const taskTimeMs = (): number => Date.now();
