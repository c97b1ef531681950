import type { DeltaPoints } from './option-smile.ts';

/** A smile at a tenor; `strikes` is the smaller count of the expiries it is made of. */
export type ConstantMaturity = Omit<DeltaPoints, 'years'> & Readonly<{ extrapolated: boolean }>;

/**
 * The smile at a tenor in years, linear in total variance between the expiries around it (Gatheral 2006). Where they
 * are all on one side, the nearest, if it is within `tolerance` of the tenor; otherwise undefined. Nearest expiry first.
 */
export function atTenor(
  expiries: readonly DeltaPoints[],
  tenor: number,
  tolerance: number,
): ConstantMaturity | undefined {
  const distance = ({ years }: DeltaPoints) => Math.abs(years - tenor);
  const nearest = expiries.toSorted((a, b) => distance(a) - distance(b))[0];
  if (distance(nearest) <= 1e-9 * tenor) return pointsOf(nearest, false);
  const below = expiries.findLast(({ years }) => years < tenor);
  const above = expiries.find(({ years }) => years > tenor);
  if (below !== undefined && above !== undefined) return between(below, above, tenor);
  return distance(nearest) / tenor <= tolerance ? pointsOf(nearest, true) : undefined;
}

const pointsOf = ({ call25, put25, atm, strikes }: DeltaPoints, extrapolated: boolean): ConstantMaturity => ({
  call25,
  put25,
  atm,
  strikes,
  extrapolated,
});

function between(below: DeltaPoints, above: DeltaPoints, tenor: number): ConstantMaturity {
  const share = (tenor - below.years) / (above.years - below.years);
  const at = (name: 'call25' | 'put25' | 'atm') => {
    const variance = (1 - share) * below[name] ** 2 * below.years + share * above[name] ** 2 * above.years;
    return Math.sqrt(variance / tenor);
  };
  return {
    call25: at('call25'),
    put25: at('put25'),
    atm: at('atm'),
    strikes: Math.min(below.strikes, above.strikes),
    extrapolated: false,
  };
}
