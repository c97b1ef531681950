import { z } from 'zod';
import { fraction } from '../fields.ts';
import { refuse } from '../refuse.ts';

const learned = {
  mu: z.array(z.number()).describe('mean of ln(level), a regime'),
  sigma: z.array(z.number().positive()).describe('its deviation'),
  transition: z.array(z.array(fraction())).describe('probability of the next close, row = from'),
};

/** What a fit learned of each regime. */
export const learnedFrom = z.strictObject(learned);

const place = {
  regime: z.int().nonnegative().describe('0 = lowest volatility'),
  dwell: z.int().min(1).describe('calls in it'),
};

/** What the next call goes on from. */
export const nextState = z.strictObject({ ...place, ...learned });

/** The state of the call before; a model only needs to be there where it is kept. */
export const regimeState = z.strictObject({ ...place, ...learnedFrom.partial().shape });

export type RegimeState = z.output<typeof regimeState>;

/** Refuses a state of another number of regimes, one of another shape, and transitions that are no probabilities. */
export function refuseBadState({ regime, mu, sigma, transition }: RegimeState, regimes: number): void {
  if (regime >= regimes) refuse('input.state.regime', 'of another number of regimes', `under ${regimes}`, regime);
  const given = Object.entries({ mu, sigma, transition }).filter(([, values]) => values !== undefined);
  if (given.length !== 0 && given.length !== 3) {
    refuse(
      'input.state',
      'a part of a model',
      'mu, sigma and transition, or none of them',
      given.map(([name]) => name).join(', '),
    );
  }
  for (const [name, values] of given) {
    if (values?.length !== regimes)
      refuse(`input.state.${name}`, 'of another number of regimes', `${regimes} values`, values?.length);
  }
  transition?.forEach((row, i) => {
    const path = `input.state.transition[${i}]`;
    if (row.length !== regimes) refuse(path, 'of another number of regimes', `${regimes} values`, row.length);
    const total = row.reduce((sum, probability) => sum + probability, 0);
    if (Math.abs(total - 1) > 1e-9) refuse(path, 'does not add up to 1', '1', total);
  });
}
