import { createRateBudget } from '../../../../adapters/exchange/rate-budget/rate-budget.ts';

/** Tries to spend so many units of a budget of 100 in a window that does not end, and prints how many it got. */
const [, , file = '', tries = '0'] = process.argv;
const budget = createRateBudget({ file });
const meter = { kind: 'window', name: 'weight', limit: 100, windowMs: 1e12 } as const;
let spent = 0;
for (let count = 0; count < Number(tries); count += 1) {
  try {
    await budget.spend([{ meter, scope: 'key', amount: 1 }], 'look');
    spent += 1;
  } catch {
    // Used up: the others got the rest.
  }
}
budget.close();
process.stdout.write(String(spent));
