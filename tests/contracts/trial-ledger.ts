import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store, StrategyRecord, ValidationKey } from '../../core/ports/store.ts';
import type { TrialRecord } from '../../core/ports/trial-ledger.ts';
import { sampledTrialsPerFamily } from '../../core/validation/family-history.ts';
import { createPrng } from '../../core/math/prng.ts';
import { passVerdict, runStart, strategyRecord, verdictRecord } from './store.ts';

/** A strategy of its own file; `shape` makes near copies. */
export const tried = (strategyId: string, change: Partial<StrategyRecord> = {}): StrategyRecord => ({
  ...strategyRecord(strategyId),
  strategyHash: `hash of ${strategyId}`,
  ...change,
});

export const trialRecord = (key: string, change: Partial<TrialRecord> = {}): TrialRecord => ({
  key,
  strategy: tried('STR-001'),
  face: 'backtest',
  by: 'ada',
  count: 1,
  looks: [],
  samples: [],
  atMs: 1_000,
  ...change,
});

/** Daily returns, the same for the same seed. */
const returnsOf = (seed: number, days = 200): Float32Array => {
  const { nextFloat } = createPrng(seed);
  return Float32Array.from({ length: days }, () => nextFloat() - 0.5);
};
const rank = (n: number): string => String(n).padStart(64, '0');
const sample = (n: number, seed = n) => ({ rank: rank(n), firstDay: 19_000, returns: returnsOf(seed) });

const l3 = (runId: string, strategyId: string): ValidationKey => ({ runId, strategyId, tier: 'L3' });

/** What the trial ledger of every store does. */
export function trialLedgerContract(name: string, open: () => Store | Promise<Store>): void {
  const withStore = (work: (store: Store) => Promise<void>) => async () => {
    const store = await open();
    try {
      await work(store);
    } finally {
      store.close();
    }
  };
  const familyOf = async (store: Store, shape: string) => (await store.family({ shape }, 100))?.family;

  describe(`${name}: trials`, () => {
    test(
      'of a sweep are worth what it was recorded with, beside those that are only counted',
      withStore(async (store) => {
        const sweep = { face: 'sweep', count: 20_000, independent: 9.5 } as const;
        await store.recordTrials(trialRecord('a', sweep));
        await store.recordTrials(trialRecord('b', { ...sweep, count: 165, independent: 3.5 }));
        await store.recordTrials(trialRecord('c', { count: 4 }));
        const found = await store.family({ strategyId: 'STR-001' }, 10);
        expect(found).toMatchObject({ trials: 20_169, effectiveTrials: 9.5 + 3.5 + 4 });
        // A wider look under the same key is worth what it says.
        await store.recordTrials(trialRecord('b', { ...sweep, count: 200, independent: 5 }));
        expect(await store.family({ strategyId: 'STR-001' }, 10)).toMatchObject({ effectiveTrials: 9.5 + 5 + 4 });
      }),
    );

    test(
      'count once for a key, whoever looks again and however often',
      withStore(async (store) => {
        await store.recordTrials(trialRecord('a'));
        await store.recordTrials(trialRecord('a'));
        await store.recordTrials(trialRecord('a', { by: 'bob', face: 'sweep', atMs: 9_000 }));
        await store.recordTrials(trialRecord('b', { count: 165, face: 'sweep', atMs: 2_000 }));
        expect(await store.trials('STR-001')).toBe(166);
        expect(await store.family({ strategyId: 'STR-001' }, 10)).toMatchObject({
          byFace: { backtest: 1, sweep: 165 },
          entries: [
            { key: 'b', strategyId: 'STR-001', face: 'sweep', count: 165, by: ['ada'], atMs: 2_000 },
            { key: 'a', face: 'backtest', count: 1, by: ['ada', 'bob'], atMs: 1_000 },
          ],
        });
        expect((await store.family({ strategyId: 'STR-001' }, 1))?.entries).toHaveLength(1);
      }),
    );

    test(
      'of a key never become fewer',
      withStore(async (store) => {
        for (const count of [5, 9, 7]) await store.recordTrials(trialRecord('a', { count }));
        expect(await store.trials('STR-001')).toBe(9);
      }),
    );

    test(
      'of a verdict are those of what it computed: the same again in another run is the same',
      withStore(async (store) => {
        for (const runId of ['r1', 'r2']) {
          await store.beginRun(runStart(runId, ['STR-001']));
          await store.recordVerdict(verdictRecord({ runId, strategyId: 'STR-001', tier: 'L0' }));
        }
        expect(await store.trials('STR-001')).toBe(1);
        await store.beginRun(runStart('r3', ['STR-001']));
        const verdict = { ...passVerdict('STR-001'), dataHash: 'other bars' };
        await store.recordVerdict(verdictRecord({ runId: 'r3', strategyId: 'STR-001', tier: 'L0' }, { verdict }));
        expect(await store.trials('STR-001')).toBe(2);
        expect((await store.family({ strategyId: 'STR-001' }, 10))?.entries[0]?.by).toEqual(['ada']);
      }),
    );

    test(
      'of nobody are none',
      withStore(async (store) => {
        expect(await store.trials('STR-001')).toBe(0);
        expect(await store.family({ strategyId: 'STR-001' }, 10)).toBeUndefined();
        expect(await store.family({ shape: 'x' }, 10)).toBeUndefined();
        expect(await store.members()).toEqual([]);
      }),
    );
  });

  describe(`${name}: families`, () => {
    test(
      'a renamed copy is in the family of what it copies',
      withStore(async (store) => {
        await store.recordTrials(trialRecord('a', { count: 10 }));
        await store.recordTrials(trialRecord('b', { strategy: tried('STR-777', { shape: tried('STR-001').shape }) }));
        expect(await store.trials('STR-777')).toBe(11);
        expect((await store.family({ strategyId: 'STR-001' }, 0))?.members).toMatchObject([
          { strategyId: 'STR-001', strategyHash: 'hash of STR-001' },
          { strategyId: 'STR-777' },
        ]);
      }),
    );

    test(
      'a file that is edited stays in its family; the same id in another file is somebody else',
      withStore(async (store) => {
        await store.recordTrials(trialRecord('a', { count: 10 }));
        const edited = tried('STR-001', { shape: 'edited', strategyHash: 'edited' });
        await store.recordTrials(trialRecord('b', { strategy: edited, atMs: 2_000 }));
        const elsewhere = tried('STR-001', { file: '/elsewhere.yaml', shape: 'elsewhere', strategyHash: 'elsewhere' });
        await store.recordTrials(trialRecord('c', { strategy: elsewhere, atMs: 3_000 }));
        expect(await familyOf(store, 'edited')).toBe(await familyOf(store, tried('STR-001').shape));
        expect((await store.family({ shape: 'edited' }, 0))?.trials).toBe(11);
        expect((await store.family({ shape: 'elsewhere' }, 0))?.trials).toBe(1);
      }),
    );

    test(
      'descendants join, in whatever order they and their parents are registered',
      withStore(async (store) => {
        const line = [
          tried('STR-001'),
          tried('STR-002', { parent: 'STR-001' }),
          tried('STR-003', { parent: 'STR-002' }),
          tried('STR-004', { shape: tried('STR-003').shape }),
          tried('STR-009'),
        ];
        let round = 0;
        await fc.assert(
          fc.asyncProperty(fc.shuffledSubarray(line, { minLength: line.length }), async (order) => {
            // A namespace a round, so that one store serves them all.
            const at = (text: string) => `${round}-${text}`;
            round += 1;
            for (const each of order) {
              const { parent, ...rest } = each;
              const moved = { ...rest, strategyId: at(each.strategyId), shape: at(each.shape), file: at(each.file) };
              await store.registerStrategies([parent === undefined ? moved : { ...moved, parent: at(parent) }], 1);
            }
            const families = await Promise.all(line.map(({ shape }) => familyOf(store, at(shape))));
            expect(new Set(families.slice(0, 4)).size).toBe(1);
            expect(families[4]).not.toBe(families[0]);
          }),
          { numRuns: 30 },
        );
      }),
    );

    test(
      'two families that are joined by a descendant have spent what both have',
      withStore(async (store) => {
        await store.recordTrials(trialRecord('a', { count: 10 }));
        await store.recordTrials(trialRecord('b', { count: 5, strategy: tried('STR-002') }));
        const child = tried('STR-003', { parent: 'STR-001', shape: tried('STR-002').shape });
        await store.registerStrategies([child], 2_000);
        expect(await Promise.all(['STR-001', 'STR-002', 'STR-003'].map((id) => store.trials(id)))).toEqual([
          15, 15, 15,
        ]);
      }),
    );
  });

  describe(`${name}: what trials are worth`, () => {
    const worth = async (store: Store) => (await store.family({ strategyId: 'STR-001' }, 0))?.effectiveTrials;

    test(
      'copies are worth one, strangers all of them',
      withStore(async (store) => {
        const copies = Array.from({ length: 10 }, (_, n) => sample(n, 1));
        await store.recordTrials(trialRecord('a', { count: 100, samples: copies }));
        expect(await worth(store)).toBeCloseTo(1, 6);
        const strangers = Array.from({ length: 10 }, (_, n) => sample(100 + n));
        await store.recordTrials(trialRecord('b', { strategy: tried('STR-002'), count: 100, samples: strangers }));
        expect((await store.family({ strategyId: 'STR-002' }, 0))?.effectiveTrials).toBeGreaterThan(95);
      }),
    );

    test(
      'trials without returns are worth all of them',
      withStore(async (store) => {
        await store.recordTrials(trialRecord('a', { count: 40 }));
        expect(await worth(store)).toBe(40);
      }),
    );

    test(
      `follows from the ${sampledTrialsPerFamily} lowest ranks, whoever writes first`,
      withStore(async (store) => {
        const all = Array.from({ length: sampledTrialsPerFamily + 20 }, (_, n) => sample(n));
        const inOrder = async (strategyId: string, numbers: readonly number[]) => {
          const strategy = tried(strategyId);
          for (const n of numbers) {
            const one = all.slice(n, n + 1).map((each) => ({ ...each, rank: `${each.rank}${strategyId}` }));
            await store.recordTrials(trialRecord(`${strategyId} ${n}`, { strategy, samples: one }));
          }
          return store.family({ strategyId }, 0);
        };
        const up = await inOrder('STR-001', [...all.keys()]);
        const down = await inOrder('STR-002', [...all.keys()].toReversed());
        expect(up?.sampledTrials).toBe(sampledTrialsPerFamily);
        expect(down?.sampledTrials).toBe(sampledTrialsPerFamily);
        expect([up?.effectiveTrials, up?.sharpeVariance]).toEqual([down?.effectiveTrials, down?.sharpeVariance]);
      }),
    );
  });

  describe(`${name}: what was seen`, () => {
    const day = 86_400_000;

    test(
      'is the furthest look at each market, by person and face; spot and perpetual are one',
      withStore(async (store) => {
        const look = (market: string, to: number) => ({ market, fromMs: 0, toMs: to * day });
        await store.recordTrials(trialRecord('a', { looks: [look('BTC/USDT', 10), look('ETH/USDT', 10)] }));
        await store.recordTrials(trialRecord('b', { looks: [look('BTC/USDT:USDT', 20)], atMs: 2_000 }));
        await store.recordTrials(trialRecord('c', { looks: [look('BTC/USDT', 15)], atMs: 3_000 }));
        await store.recordTrials(trialRecord('d', { looks: [look('BTC/USDT', 30)], by: 'bob', face: 'sweep' }));
        expect((await store.family({ strategyId: 'STR-001' }, 0))?.seen).toEqual([
          { market: 'BTC/USDT', toMs: 30 * day, by: 'bob', face: 'sweep', atMs: 1_000 },
          { market: 'BTC/USDT', toMs: 20 * day, by: 'ada', face: 'backtest', atMs: 2_000 },
          { market: 'ETH/USDT', toMs: 10 * day, by: 'ada', face: 'backtest', atMs: 1_000 },
        ]);
      }),
    );

    test(
      'is told to a validation of the family, and stays what it was when that began',
      withStore(async (store) => {
        const looks = [{ market: 'BTC/USDT', fromMs: 0, toMs: 10 * day }];
        await store.recordTrials(trialRecord('a', { looks, count: 7, samples: [sample(1), sample(2)] }));
        const copy = tried('STR-777', { shape: tried('STR-001').shape });
        await store.registerStrategies([copy], 1);
        await store.beginRun({ ...runStart('r1', []), tier: 'L3', strategies: [copy] });
        const { history, trialsBefore } = await store.beginValidation(l3('r1', 'STR-777'), 2_000);
        expect(trialsBefore).toBe(7);
        expect(history).toMatchObject({ trials: 7, otherTrials: 7, sampledTrials: 2, seen: [{ toMs: 10 * day }] });
        await store.recordTrials(trialRecord('b', { looks: [{ market: 'BTC/USDT', fromMs: 0, toMs: 99 * day }] }));
        expect((await store.beginValidation(l3('r1', 'STR-777'), 3_000)).history).toEqual(history);
      }),
    );

    test(
      'a strategy pays for others of its family, not for itself twice',
      withStore(async (store) => {
        await store.recordTrials(trialRecord('own', { count: 165 }));
        await store.recordTrials(
          trialRecord('near', { count: 10, strategy: tried('STR-002', { shape: tried('STR-001').shape }) }),
        );
        await store.beginRun({ ...runStart('r1', []), strategies: [tried('STR-001')] });
        const { history } = await store.beginValidation({ runId: 'r1', strategyId: 'STR-001', tier: 'L0' }, 2_000);
        expect(history).toMatchObject({ trials: 175, otherTrials: 10 });
      }),
    );

    test(
      'only one validation at a time may open the holdout of a family',
      withStore(async (store) => {
        const near = tried('STR-002', { shape: tried('STR-001').shape });
        for (const runId of ['r1', 'r2', 'r3', 'r4']) {
          await store.beginRun({ ...runStart(runId, []), tier: 'L3', strategies: [tried('STR-001'), near] });
        }
        const openedBy = async (key: ValidationKey, atMs = 2_000) =>
          (await store.beginValidation(key, atMs)).history.openedBy;
        await store.registerStrategies([tried('STR-001'), near], 1);
        expect(await openedBy(l3('r1', 'STR-001'))).toBeUndefined();
        expect(await openedBy(l3('r1', 'STR-001'))).toBeUndefined(); // another try of the same
        expect(await openedBy(l3('r2', 'STR-002'))).toBe('r1 (STR-001)');
        await store.releaseValidation(l3('r1', 'STR-001'), 'cancelled', 3_000);
        expect(await openedBy(l3('r3', 'STR-002'))).toBeUndefined(); // nothing was seen
        expect(await openedBy(l3('r4', 'STR-001'), 2_000 + 2 * day)).toBeUndefined(); // r3 is forgotten
      }),
    );
  });

  test(
    `${name}: a learning counts once for each case`,
    withStore(async (store) => {
      const learning = {
        key: 'data_unavailable|none|rejected|none|L0|1h|DOGE/USDT',
        errorType: 'data_unavailable',
        fixer: 'none',
        outcome: 'rejected' as const,
        change: 'none',
        tier: 'L0' as const,
        timeframe: '1h',
        text: 'no data for DOGE/USDT: there are no bars of DOGE/USDT',
      };
      await store.beginRun(runStart('r1', ['STR-001', 'STR-002']));
      for (const [strategyId, atMs] of [
        ['STR-001', 5],
        ['STR-001', 6],
        ['STR-002', 7],
      ] as const) {
        await store.recordVerdict(verdictRecord({ runId: 'r1', strategyId, tier: 'L0' }, { learning, atMs }));
      }
      expect(await store.learnings()).toEqual([
        {
          ...learning,
          id: expect.stringMatching(/^L-[\da-f]{8}$/),
          count: 2,
          strategies: ['STR-002', 'STR-001'],
          firstMs: 5,
          lastMs: 7,
        },
      ]);
    }),
  );
}
