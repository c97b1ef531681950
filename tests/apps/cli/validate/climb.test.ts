import { describe, expect, test } from 'vitest';
import { climb, lastVerdicts, tiersThrough } from '../../../../apps/cli/validate/climb.ts';
import type { FinishedRun } from '../../../../apps/cli/validate/run-validation.ts';
import type { Store, StoredVerdict } from '../../../../core/ports/store.ts';
import { ladderRunIds } from '../../../../core/validation/ladder-id.ts';
import { parseRunInput, type RunInput } from '../../../../core/validation/run-input.ts';
import { summarise } from '../../../../core/validation/run.ts';
import type { Tier, VerdictStatus } from '../../../../core/validation/verdict.ts';

describe('tiersThrough', () => {
  test('one tier alone, or all up to the one that is asked for', () => {
    expect(tiersThrough('L1', undefined)).toEqual(['L1']);
    expect(tiersThrough('L0', 'L3')).toEqual(['L0', 'L1', 'L2', 'L3']);
    expect(tiersThrough('L1', 'l2')).toEqual(['L1', 'L2']);
    expect(tiersThrough('L2', 'L2')).toEqual(['L2']);
  });

  test('refuses a tier that is none, and one below the first', () => {
    expect(() => tiersThrough('L0', 'L4')).toThrow('no such tier');
    expect(() => tiersThrough('L2', 'L1')).toThrow('the ladder ends before it begins');
  });
});

const stored = (strategyId: string, tier: Tier, status: VerdictStatus): StoredVerdict => ({
  runId: tier,
  text: '',
  verdict: {
    strategyId,
    tier,
    status,
    gates: [],
    metrics: {},
    trials: { ownRun: 1, total: 0 },
    windows: [],
    dataHash: '',
    strategyHash: '',
    codeVersion: '',
    seed: 0,
    failures: [],
    warnings: [],
  },
  seconds: 1,
  timeouts: 0,
  storedMs: 0,
});

const finishedRun = (tier: Tier, verdicts: readonly StoredVerdict[], waits = false): FinishedRun => ({
  runId: tier,
  workflowId: tier,
  tier,
  summary: summarise([], 1),
  verdicts,
  alerts: [],
  waits,
});

/** What a climb asks of a store: the file of a strategy. */
const store = {
  strategy: async (strategyId: string) => ({
    strategyId,
    name: '',
    file: `/files/${strategyId}.yaml`,
    strategyHash: '',
    shape: '',
  }),
} as Partial<Store> as Store;

describe('climb', () => {
  const ladder = tiersThrough('L0', 'L3');

  test('takes to each tier what passed the one before, by file, and all of it', async () => {
    const asked: RunInput[] = [];
    const names: string[] = [];
    const passing: Readonly<Record<Tier, readonly string[]>> = {
      L0: ['STR-001', 'STR-003'],
      L1: ['STR-003'],
      L2: [],
      L3: [],
    };
    const { finished, broken } = await climb(parseRunInput({ queueSize: 3, queued: true }), ladder, {
      store,
      run: async (input, runId) => {
        asked.push(input);
        names.push(runId);
        const ids =
          input.tier === 'L0' ? ['STR-001', 'STR-002', 'STR-003'] : passing[input.tier === 'L1' ? 'L0' : 'L1'];
        const verdicts = ids.map((id) => stored(id, input.tier, passing[input.tier].includes(id) ? 'PASS' : 'FAIL'));
        return { finished: finishedRun(input.tier, verdicts) };
      },
    });
    expect(broken).toBeUndefined();
    expect(finished.map(({ tier }) => tier)).toEqual(['L0', 'L1', 'L2']);
    expect(names).toEqual([names[0], `${names[0]}-L1`, `${names[0]}-L2`]);
    for (const name of names) expect(ladderRunIds(name)).toEqual(expect.arrayContaining(names));
    expect(asked.map(({ tier, strategies, queued, queueSize }) => ({ tier, strategies, queued, queueSize }))).toEqual([
      { tier: 'L0', strategies: [], queued: true, queueSize: 3 },
      { tier: 'L1', strategies: ['/files/STR-001.yaml', '/files/STR-003.yaml'], queued: false, queueSize: undefined },
      { tier: 'L2', strategies: ['/files/STR-003.yaml'], queued: false, queueSize: undefined },
    ]);
    expect(
      lastVerdicts(finished).map(({ verdict }) => `${verdict.strategyId} ${verdict.tier} ${verdict.status}`),
    ).toEqual(['STR-001 L1 FAIL', 'STR-002 L0 FAIL', 'STR-003 L2 FAIL']);
  });

  test('stops where a run waits for a person, or was left', async () => {
    const waiting = await climb(parseRunInput({}), ladder, {
      store,
      run: async ({ tier }) => ({ finished: finishedRun(tier, [stored('STR-001', tier, 'PASS')], true) }),
    });
    expect(waiting.finished).toHaveLength(1);
    const left = await climb(parseRunInput({}), ladder, { store, run: async () => ({ left: 'a workflow' }) });
    expect(left).toEqual({ finished: [], broken: { left: 'a workflow' } });
  });
});
