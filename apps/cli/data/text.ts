/** `2024-06-16 12:00` of an epoch time, UTC. */
export const dayText = (ms: number | null): string =>
  ms === null ? '' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
