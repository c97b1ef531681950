import pc from 'picocolors';
import { units } from '../../../core/orders/amount.ts';
import { isOrderId } from '../../../core/orders/store-rules.ts';
import type { OrderIntent, OrderState } from '../../../core/orders/types.ts';
import { terminalColumns } from '../columns.ts';
import { print } from '../output.ts';
import { wrapped } from '../table.ts';
import type { AccountState, OrderRecord } from '../../../core/ports/order-store.ts';

/** How orders read in tables and sentences for people. Amounts and prices are shown as they were given, never rounded. */

/** The first digits, which `orders show` takes; an order of others by the venue's number. */
export const shortId = ({ intent, venueOrderId }: OrderRecord): string =>
  isOrderId(intent.clientOrderId) ? intent.clientOrderId.slice(0, 8) : `~${venueOrderId ?? '?'}`;

/** `buy 0.03 @ 64123.10`, `sell 0.1 market`, `buy 0.3 stop 66200`. */
export function orderText({ side, amount, type, price, stopPrice }: OrderIntent): string {
  const at = type === 'limit' ? `@ ${price}` : type === 'stopMarket' ? `stop ${stopPrice}` : 'market';
  return `${side} ${amount} ${at}`;
}

/** `buy 1.5 ETH/USDT @ 3105.25` */
export const orderSentence = (intent: OrderIntent): string =>
  orderText({ ...intent, amount: `${intent.amount} ${intent.symbol}` });

/** Share of an order that was executed, in whole percent, never rounded up to all of it; empty for nothing. */
export function executedText({ intent, venueExecuted, appliedExecuted }: OrderRecord): string {
  const executed = units(venueExecuted) > units(appliedExecuted) ? units(venueExecuted) : units(appliedExecuted);
  if (executed === 0n || units(intent.amount) === 0n) return '';
  const percent = Number((executed * 100n) / units(intent.amount));
  return percent === 0 ? '<1 %' : `${percent} %`;
}

const colours: Partial<Record<OrderState, (text: string) => string>> = {
  denied: pc.red,
  rejected: pc.red,
  unknown: pc.yellow,
  notSent: pc.yellow,
  filled: pc.green,
};

export const stateText = (state: OrderState): string => (colours[state] ?? String)(state);

/** 2026-11-26 08:00:05 */
export const secondText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** 08:00:05.123 */
export const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 23);

/** As short as it stays clear: 08:00 today, 11-25 this year, else 2025-11. */
export function shortTime(ms: number, nowMs: number): string {
  const [then, now] = [secondText(ms), secondText(nowMs)];
  if (then.slice(0, 10) === now.slice(0, 10)) return then.slice(11, 16);
  return then.slice(0, 4) === now.slice(0, 4) ? then.slice(5, 10) : then.slice(0, 7);
}

/** Prints what keeps accounts from trading as usual, and an empty line after it. */
export function printHalts(states: readonly AccountState[]): void {
  const lines = states.flatMap(({ account, mode, reason, by, changedMs, haltedSymbols }) => [
    ...(mode === 'ACTIVE' ? [] : [`${account} is ${mode} since ${secondText(changedMs)} UTC by ${by}: ${reason}`]),
    ...haltedSymbols.map(
      (halt) => `${account}: ${halt.symbol} is halted since ${secondText(halt.sinceMs)} UTC: ${halt.reason}`,
    ),
  ]);
  for (const line of lines) for (const part of wrapped(line, terminalColumns())) print(pc.yellow(part));
  if (lines.length > 0) print();
}

/** Money and averages for reading: cut, not rounded, after four decimals, or after four digits of what is below 1. */
export function shortAmount(text: string): string {
  const [whole = '', decimals = ''] = text.split('.');
  const zeros = /^-?0$/.test(whole) ? (/^0*/.exec(decimals)?.[0].length ?? 0) : 0;
  const kept = decimals.slice(0, zeros + 4).replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept}`;
}
