import pc from 'picocolors';
import { mostRows } from '../../../core/orders/store-rules.ts';
import type { OrderAlert, OrderStore } from '../../../core/ports/order-store.ts';
import { terminalColumns } from '../columns.ts';
import { count } from '../format.ts';
import { print } from '../output.ts';
import { wrapped } from '../table.ts';

const dayMs = 86_400_000;

/** Those that a person must see: worst first. */
const urgent: readonly OrderAlert['severity'][] = ['BLACK', 'RED'];

export type RecentAlert = OrderAlert & Readonly<{ ageMs: number }>;

/** RED and BLACK alerts of the last 24 h among the newest 10,000 of all; worst first, newest first among equals. */
export async function recentAlerts(
  store: OrderStore,
  { account, nowMs }: Readonly<{ account?: string | undefined; nowMs: number }>,
): Promise<readonly RecentAlert[]> {
  const newest = await store.alerts({ limit: mostRows, ...(account !== undefined && { account }) });
  return newest
    .filter(({ severity, atMs }) => urgent.includes(severity) && nowMs - atMs < dayMs)
    .map((alert) => ({ ...alert, ageMs: Math.max(0, nowMs - alert.atMs) }))
    .toSorted((a, b) => urgent.indexOf(a.severity) - urgent.indexOf(b.severity) || b.atMs - a.atMs);
}

/** `RED 3 h ago, binance-main BTC/USDT: what happened`; an alert of an account as a whole names no market. */
export const alertLine = ({ severity, account, symbol, text, ageMs }: RecentAlert): string =>
  `${severity} ${ageText(ageMs)} ago, ${account}${symbol === '' ? '' : ` ${symbol}`}: ${text}`;

/** In the largest unit that it fills: 45 s, 12 min, 3 h. */
function ageText(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`;
}

const mostPrinted = 10;

const colours = { YELLOW: pc.yellow, RED: pc.red, BLACK: pc.inverse } as const;

/** Prints the worst of them, how many there are beside, and an empty line after them. */
export function printRecentAlerts(alerts: readonly RecentAlert[]): void {
  for (const alert of alerts.slice(0, mostPrinted)) {
    for (const part of wrapped(alertLine(alert), terminalColumns())) print(colours[alert.severity](part));
  }
  const left = alerts.length - mostPrinted;
  if (left > 0) print(`and ${count(left)} more alerts: nightdesk orders list --json`);
  if (alerts.length > 0) print();
}
