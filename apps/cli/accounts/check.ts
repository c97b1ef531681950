import pc from 'picocolors';
import { loadAccounts } from '../../../config/api-keys.ts';
import { hostSkewLimitMs } from '../../../core/orders/clock-alert.ts';
import type { Exchange, KeyRights } from '../../../core/ports/exchange.ts';
import { terminalColumns } from '../columns.ts';
import { atVenues } from '../orders/at-venues.ts';
import { notice, print, printJson } from '../output.ts';
import { renderFitted } from '../table.ts';

export type CheckOptions = Readonly<{ json?: true }>;

type Told = Readonly<{ rights: KeyRights; hasDeadline: boolean; deadManSwitch: string; skewMs: number }>;

async function tell(exchange: Exchange): Promise<Told> {
  const { hasDeadline, deadManSwitch } = exchange.traits;
  const rights = await exchange.keyRights();
  await exchange.serverTimeMs();
  return { rights, hasDeadline, deadManSwitch, skewMs: (await exchange.venueTimeMs()) - Date.now() };
}

const isOff = ({ skewMs = 0 }: Partial<Told>): boolean => Math.abs(skewMs) > hostSkewLimitMs;

const words = (right: boolean | 'unknown' = 'unknown'): string => (right === 'unknown' ? right : right ? 'yes' : 'no');

/** Prints what the venues say. An account that cannot be opened, or a clock that is off, ends with exit code 1. */
export async function checkAccounts({ json }: CheckOptions): Promise<void> {
  const accounts = loadAccounts();
  const answers = await atVenues(
    accounts.map(({ name }) => name),
    tell,
  );
  const rows = accounts.map(({ name, venue, mode }) => {
    const { answer, failure } = answers.find(({ account }) => account === name) ?? {};
    return { account: name, venue, mode, ...answer, ...(failure !== undefined && { failure }) };
  });
  if (rows.some((row) => row.failure !== undefined || isOff(row))) process.exitCode = 1;
  if (json) return printJson({ accounts: rows });
  if (rows.length === 0) return print('no accounts: config/api-keys.yaml says how to set one up');
  print(
    renderFitted(
      ['account', 'venue', 'mode', 'trades', 'withdraws', 'address-bound', 'dead man’s switch', 'clock off by'].map(
        (title) => ({ title }),
      ),
      rows.map((row) => [
        row.account,
        row.venue,
        row.mode === 'live' ? pc.bold(pc.red('live')) : row.mode,
        row.rights === undefined ? '' : words(row.rights.trade),
        row.rights === undefined ? '' : words(row.rights.withdraw),
        row.rights === undefined ? '' : words(row.rights.ipBound),
        row.deadManSwitch ?? '',
        row.skewMs === undefined ? '' : `${row.skewMs} ms`,
      ]),
      terminalColumns(),
    ),
  );
  for (const row of rows) {
    if (row.failure !== undefined) notice(`${row.account}: ${row.failure}`);
    if (isOff(row)) notice(`${row.account}: this machine’s clock is ${row.skewMs} ms from the venue’s; set it (NTP)`);
    if (row.hasDeadline === false)
      notice(`${row.account}: an order that is held up can arrive late; ${row.venue} has no deadline`);
  }
}
