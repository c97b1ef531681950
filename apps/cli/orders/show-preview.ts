import { terminalColumns } from '../columns.ts';
import { print, printJson } from '../output.ts';
import { wrapped } from '../table.ts';
import { fundsText } from './funds.ts';
import { notionalText } from './notional.ts';
import type { OrderPreview } from './preview.ts';
import { shortAmount } from './words.ts';
import { marketWords } from '../positions/positions-of.ts';

/** Shows what would come of an order; of a dry run, how to send it. */
export function showPreview(
  preview: OrderPreview,
  { dryRun, json }: Readonly<{ dryRun: boolean; json: boolean }>,
): void {
  if (json) return printJson({ dryRun, preview });
  const { account, side, type, symbol, asked, rounded, steps, reference, collar, worstPrice, notional, mode } = preview;
  const market = marketWords(symbol);
  const at = rounded.price ?? rounded.stopPrice;
  print(`${side} ${rounded.amount} ${symbol} ${type}${at === undefined ? '' : ` at ${at}`} on ${account.account}`);
  line('account', `${account.venue}, ${account.mode}, ${mode}`);
  if (asked.amount !== rounded.amount)
    line('amount', `${asked.amount} rounded to ${rounded.amount}, in steps of ${steps.amount}`);
  const askedAt = asked.price ?? asked.stopPrice;
  if (askedAt !== at) line('price', `${askedAt} rounded to ${at}, in steps of ${steps.price}`);
  line('reference', `${reference.price} (${reference.source})`);
  if (collar?.account !== undefined) line('held to', `${collar.price} of ${collar.account}`);
  line('at worst', `${worstPrice}, a notional of ${notional}`);
  line('free', fundsText(preview.funds, { side, ...(market.isPerpetual && { settle: market.unit }) }));
  for (const left of preview.leftAsDust) {
    const { amount, where, price, reason } = left;
    line(
      'dust',
      `${amount} ${market.base} would stay in ${where}, worth ${shortAmount(notionalText(price, amount))} ${market.quote} at ${shortAmount(price)}: ${reason}`,
    );
  }
  for (const refusal of preview.refusals) line('refused', refusal);
  if (preview.refusals.length === 0) line('limits', 'within');
  if (dryRun) print(`Nothing was sent: a dry run. Send it with --no-dry-run.`);
}

/** A line that is too long for the terminal goes on below its text. */
function line(label: string, text: string): void {
  const margin = 13;
  wrapped(text, terminalColumns() - margin).forEach((part, place) =>
    print(`${(place === 0 ? `  ${label}` : '').padEnd(margin)}${part}`),
  );
}
