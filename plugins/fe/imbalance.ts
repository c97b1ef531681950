/** Bias-corrected EWMAs of signed and absolute size by trade, and of the length of bars. */
export type Imbalance = {
  nSeen: number;
  expTicks: number;
  ewImb: number;
  ewAbs: number;
  ewDen: number;
  ewTicksNum: number;
  ewTicksDen: number;
};

export type ImbalanceLimits = Readonly<{
  expectedTicksInit: number;
  minTicks: number;
  maxTicks: number;
  imbalanceSpan: number;
  ticksSpan: number;
  hasFloor: boolean;
}>;

export type ImbalanceRule = Readonly<{
  /** Takes a trade's signed size; returns the imbalance that closes a bar now, or nothing during warm-up. */
  observe: (signed: number) => number | undefined;
  /** Takes the trades of a bar that closed. */
  close: (ticks: number) => void;
  carried: () => Imbalance;
}>;

/**
 * The threshold of imbalance bars, expected trades times expected imbalance: Lopez de Prado (2018), sec. 2.3.2, with
 * the expectations updated at every trade. The floor is one standard deviation of the imbalance under random signs.
 */
export function imbalanceRule(limits: ImbalanceLimits, from: Imbalance | undefined): ImbalanceRule {
  const { expectedTicksInit, minTicks, maxTicks, hasFloor } = limits;
  const keepsSize = 1 - 2 / (limits.imbalanceSpan + 1);
  const keepsTicks = 1 - 2 / (limits.ticksSpan + 1);
  const now: Imbalance =
    from === undefined
      ? { nSeen: 0, expTicks: expectedTicksInit, ewImb: 0, ewAbs: 0, ewDen: 0, ewTicksNum: 0, ewTicksDen: 0 }
      : { ...from };
  return {
    observe(signed) {
      now.ewImb = keepsSize * now.ewImb + signed;
      now.ewAbs = keepsSize * now.ewAbs + Math.abs(signed);
      now.ewDen = keepsSize * now.ewDen + 1;
      now.nSeen += 1;
      if (now.nSeen < expectedTicksInit) return undefined;
      const expected = Math.abs(now.ewImb / now.ewDen);
      const random = now.ewAbs / now.ewDen / Math.sqrt(now.expTicks);
      return now.expTicks * (hasFloor ? Math.max(expected, random) : expected);
    },
    close(ticks) {
      now.ewTicksNum = keepsTicks * now.ewTicksNum + ticks;
      now.ewTicksDen = keepsTicks * now.ewTicksDen + 1;
      now.expTicks = Math.min(maxTicks, Math.max(minTicks, now.ewTicksNum / now.ewTicksDen));
    },
    carried: () => ({ ...now }),
  };
}
