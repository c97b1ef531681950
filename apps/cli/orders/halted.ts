import { errorDocument, errorLine } from '../../../core/errors.ts';
import { deskErrorOfVenue } from '../../../core/order-desk/venue-failures.ts';
import { print, printJson } from '../output.ts';

export type HaltOptions = Readonly<{ reason?: string; symbol?: string; wait: boolean; json?: true }>;

/** What came of the halt of one account. */
export type Halted = Readonly<{
  account: string;
  /** Only this market was. */
  symbol?: string;
  haltedVenueMs?: number;
  cancelAlls: number;
  allCancelled: boolean;
  /** Somebody ended the halt before everything was cancelled. */
  resumed?: true;
  /** The store did not take the flag. */
  isUnwritten?: true;
  problem?: string;
}>;

export const problemOf = (thrown: unknown): string => errorLine(errorDocument(deskErrorOfVenue(thrown)));

/** Prints them; a problem of one ends the command with 1. */
export function tell(halted: readonly Halted[], { json }: HaltOptions): void {
  if (json) printJson({ accounts: halted });
  else for (const each of halted) print(lineOf(each));
  if (halted.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
}

function lineOf({ account, symbol, cancelAlls, allCancelled, resumed, isUnwritten, problem }: Halted): string {
  if (symbol !== undefined) return `${account}: ${symbol} is HALTED; what rests there rests on`;
  if (resumed) return `${account}: resumed by somebody, after ${cancelAlls} cancel-alls`;
  const rest = allCancelled ? 'nothing is open' : 'the guard goes on cancelling';
  if (isUnwritten) {
    const open = allCancelled ? rest : 'what is open was not all cancelled';
    return `${account}: the halt is not in the store, ${cancelAlls} cancel-alls, ${open}: ${problem} (halt again once it answers)`;
  }
  return `${account}: HALTED, ${cancelAlls} cancel-alls, ${problem === undefined ? rest : notCancelled(problem)}`;
}

const notCancelled = (problem: string): string =>
  `no order passes, but what is open could not be cancelled from here: ${problem} (then halt again, or cancel at the venue)`;
