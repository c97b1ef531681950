import type { Metrics } from './types.ts';

/** The most that is believed of an annual Sharpe ratio, and of a growth a year. */
export const highestPlausible = { sharpe: 10, cagr: 10 } as const;

const highest = highestPlausible;

/** Results that are too good: more often a leak, a cost of zero or a short sample than an edge. */
export function plausibilityWarnings({ sharpe = 0, cagr = 0 }: Metrics): string[] {
  const warnings: string[] = [];
  if (sharpe > highest.sharpe)
    warnings.push(`Sharpe ratio ${sharpe.toFixed(1)} is above ${highest.sharpe}: hardly plausible`);
  if (cagr > highest.cagr)
    warnings.push(`CAGR ${Math.round(cagr * 100)} % is above ${highest.cagr * 100} %: hardly plausible`);
  return warnings;
}
