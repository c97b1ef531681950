/** New sockets that an address may open within a rolling time. */
export type ConnectLimit = Readonly<{ count: number; withinMs: number }>;

/** Says whether one more socket of an address is within a venue's limit; attempts count also when they are refused. */
export function createConnectLimiter(): (
  venue: string,
  ip: string,
  at: Readonly<{ limit: ConnectLimit; wireMs: number }>,
) => boolean {
  const attempts = new Map<string, number[]>();
  return (venue, ip, { limit, wireMs }) => {
    const key = `${venue} ${ip}`;
    const recent = (attempts.get(key) ?? []).filter((ms) => ms > wireMs - limit.withinMs).slice(-limit.count);
    recent.push(wireMs);
    attempts.set(key, recent);
    return recent.length <= limit.count;
  };
}
