import { alertLine, type RecentAlert } from '../orders/recent-alerts.ts';
import type { Check } from './check.ts';

/** What the order path raised in the last 24 h, the worst in words. */
export function checkOrderAlerts(alerts: readonly RecentAlert[]): Check {
  const name = 'order alerts';
  const [worst] = alerts;
  if (worst === undefined) return { name, state: 'ok', found: 'none of RED or BLACK in the last 24 h' };
  const found = `${alerts.length} in the last 24 h; ${alertLine(worst)}`;
  return { name, state: 'warn', found, advice: 'nightdesk orders list shows them, above the orders' };
}
