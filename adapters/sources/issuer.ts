/** What analysts say of an issuer, as the plugin takes it. */
export type Issuer = Readonly<{
  events: readonly Readonly<{
    t: number;
    firm: string;
    fromGrade?: string;
    toGrade?: string;
    action: 'up' | 'down' | 'main' | 'init';
  }>[];
  estimates?: Readonly<{
    epsNow: number;
    epsThen: number;
    up: number;
    down: number;
    analysts: number;
    price: number;
  }>;
}>;

const actions: Readonly<Record<string, Issuer['events'][number]['action']>> = {
  up: 'up',
  upgrade: 'up',
  down: 'down',
  downgrade: 'down',
  main: 'main',
  reit: 'main',
  maintain: 'main',
  maintains: 'main',
  hold: 'main',
  reiterate: 'main',
  reiterated: 'main',
  reiterates: 'main',
  init: 'init',
  initiate: 'init',
  initiated: 'init',
  initialise: 'init',
  initialize: 'init',
  coverage: 'init',
};

/** A provider's word for what was done to a rating; undefined where it is not known. */
export const actionOf = (word: string): Issuer['events'][number]['action'] | undefined => {
  const known = word.trim().toLowerCase();
  return Object.hasOwn(actions, known) ? actions[known] : undefined;
};

/** Grades that are there; providers write an empty text where there is none. */
export const gradesOf = (from: string | null | undefined, to: string | null | undefined) => ({
  ...(from?.trim() && { fromGrade: from.trim() }),
  ...(to?.trim() && { toGrade: to.trim() }),
});
