import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'alpha_analyst_revisions';
type Input = PluginInput<typeof id>;
type Issuer = Input['issuers'][number];
type Event = Issuer['events'][number];

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const dayMs = 86_400_000;
const asOf = 1_000 * dayMs;
const event = (given: Partial<Event> = {}): Event => ({ t: asOf, firm: 'A', action: 'main', ...given });
const one = (events: Event[], more: Partial<Issuer> = {}): Input => ({
  asOf,
  issuers: [{ symbol: 'X', events, ...more }],
});
const estimates = { epsNow: 1, epsThen: 1, up: 0, down: 0, analysts: 4, price: 100 };

const grades = ['Strong Buy', 'Buy', 'Hold', 'Sell', 'Strong Sell', 'Hmm'];
const drawnEvent = fc.record(
  {
    t: fc.integer({ min: asOf - 120 * dayMs, max: asOf }),
    firm: fc.string(),
    fromGrade: fc.constantFrom(...grades),
    toGrade: fc.constantFrom(...grades),
    action: fc.constantFrom('up', 'down', 'main', 'init'),
  },
  { requiredKeys: ['t', 'firm', 'action'] },
);
const drawnIssuer = fc.record({
  symbol: fc.string(),
  weight: fc.double({ min: 0.1, max: 3, noNaN: true }),
  events: fc.array(drawnEvent, { maxLength: 6 }),
});

describe('alpha_analyst_revisions', () => {
  // numpy 2.4.6, closed form
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-12);
  });

  // One event now, so the rating is its direction over 1 + shrink; -2 strong sell to +2 strong buy, a step is 1/2.
  test.each<[string, Partial<Event>, number]>([
    ['hold to buy', { fromGrade: 'Hold', toGrade: ' BUY ', action: 'up' }, 0.5],
    ['sell to strong buy', { fromGrade: 'Sell', toGrade: 'Strong Buy', action: 'up' }, 1],
    ['top pick to in-line', { fromGrade: 'top pick', toGrade: 'In-Line', action: 'down' }, -1],
    ['a change that the firm calls no change', { fromGrade: 'Hold', toGrade: 'Buy', action: 'main' }, 0.5],
    ['a first buy', { toGrade: 'Outperform', action: 'init' }, 0.25],
    ['a first strong sell', { fromGrade: 'Buy', toGrade: 'Conviction Sell', action: 'init' }, -0.5],
    ['a first rating in words of its own', { toGrade: 'Sector Leader', action: 'init' }, 0],
    ['a raise between unknown words', { fromGrade: '?', toGrade: 'Buy', action: 'up' }, 0.5],
    ['a cut without words', { action: 'down' }, -0.5],
    ['a kept rating', { action: 'main' }, 0],
  ])('%s', (_, given, direction) => {
    const { issuers, signal } = run(one([event(given)]), { shrink: 3 });
    expect(issuers[0]).toMatchObject({ components: { rating: direction / 4 }, net: direction / 4, confidence: 1 / 5 });
    expect(signal).toBe(direction / 4);
  });

  test('an event loses half of its weight in a half-life, and counts until maxAgeDays', () => {
    const at = (days: number) => event({ t: asOf - days * dayMs, action: 'up' });
    const half = run(one([at(30)]), { shrink: 0 }).issuers[0];
    expect(half).toMatchObject({ components: { rating: 0.5 }, confidence: 0.5 / 4.5 });
    expect(run(one([at(90)])).issuers[0].components).toHaveProperty('rating');
    expect(run(one([at(91)])).issuers[0]).toMatchObject({ components: {}, net: 0, confidence: 0 });
  });

  test('estimates: revised up or down, and by how much of the price', () => {
    const revised = { ...estimates, epsNow: 1.1, up: 3, down: 1 };
    const { components, net } = run(one([], { estimates: revised })).issuers[0];
    expectSubset(components, { diffusion: 0.5, estimate: 0.5 });
    expect(net).toBeCloseTo(0.5, 12);
    const uncovered = run(one([], { estimates: { ...estimates, analysts: 0 } })).issuers[0];
    expect(uncovered.components).toEqual({ estimate: 0 });
    expect(run(one([], { estimates: { ...estimates, epsNow: -9 } })).issuers[0].components.estimate).toBe(-1);
  });

  test('the order of events and issuers, and the unit of weights, change nothing; a short is the other side', () => {
    fc.assert(
      fc.property(fc.array(drawnIssuer, { minLength: 1, maxLength: 4 }), (issuers) => {
        const { signal, confidence } = run({ asOf, issuers });
        const turned = issuers.map((given) => ({ ...given, events: given.events.toReversed() })).toReversed();
        expectSubset(run({ asOf, issuers: turned }), { signal, confidence });
        const scaled = (factor: number) => issuers.map((given) => ({ ...given, weight: given.weight * factor }));
        expectSubset(run({ asOf, issuers: scaled(1e300) }), { signal, confidence });
        expectSubset(run({ asOf, issuers: scaled(-2) }), { signal: -signal, confidence });
      }),
    );
  });

  test('an answer stands as long as everything ages alike and nothing shrinks it', () => {
    fc.assert(
      fc.property(fc.array(drawnEvent, { minLength: 1, maxLength: 6 }), (events) => {
        const recent = events.filter(({ t }) => t >= asOf - 80 * dayMs);
        const [now, later] = [asOf, asOf + 10 * dayMs].map((t) =>
          run({ asOf: t, issuers: [{ symbol: 'X', events: recent }] }, { shrink: 0 }),
        );
        expectSubset(later.issuers[0].components, now.issuers[0].components, 1e-9);
        expect(later.confidence).toBeLessThanOrEqual(now.confidence);
      }),
    );
  });

  const none = { rating: 0, diffusion: 0, estimate: 0 };
  test.each<[string, Input, Record<string, unknown>, string]>([
    ['the future', one([event(), event({ t: asOf + 1 })]), {}, 'input.issuers[0].events[1].t'],
    ['a price of 0', one([], { estimates: { ...estimates, price: 0 } }), {}, 'input.issuers[0].estimates.price'],
    ['a negative count', one([], { estimates: { ...estimates, up: -1 } }), {}, 'input.issuers[0].estimates.up'],
    [
      'revisions by nobody',
      one([], { estimates: { ...estimates, down: 1, analysts: 0 } }),
      {},
      'input.issuers[0].estimates.analysts',
    ],
    ['no issuer', { asOf, issuers: [] }, {}, 'input.issuers'],
    ['an action of its own', one([event({ action: 'reit' as never })]), {}, 'input.issuers[0].events[0].action'],
    ['components without weight', one([event()]), { weights: none }, 'params.weights'],
    ['a part of the weights', one([event()]), { weights: { rating: 1 } }, 'params.weights.diffusion'],
    ['issuers without weight', one([event()], { weight: 0 }), {}, 'input.issuers[0].weight'],
    ['not finite', one([], { estimates: { ...estimates, epsNow: Infinity } }), {}, 'input.issuers[0].estimates.epsNow'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input, params)).toThrow(refusedAt(id, path));
  });
});
