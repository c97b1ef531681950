const clock = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: 'numeric', hourCycle: 'h23' });

/** The moment, epoch ms, of a full hour in New York on the day that begins at `dayMs` (midnight UTC of its date). */
export function newYorkMs(dayMs: number, hour: number): number {
  // New York is four or five hours behind; the clocks change at night.
  const inSummer = dayMs + (hour + 4) * 3_600_000;
  return Number(clock.format(inSummer)) === hour ? inSummer : inSummer + 3_600_000;
}
