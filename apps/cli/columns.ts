/** Below this a table leaves out what can be left out. */
const wideFrom = 100;

/** Columns of the terminal; where nobody says so (a pipe), as many as most have. */
export function terminalColumns(): number {
  const given = process.stdout.columns ?? Number(process.env['COLUMNS']);
  return Number.isInteger(given) && given >= 40 ? given : 120;
}

export const isWide = (): boolean => terminalColumns() >= wideFrom;
