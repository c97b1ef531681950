import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readArtifact, runFolder, writeArtifact } from '../../../adapters/store/artifacts.ts';
import type { ValidationArtifact } from '../../../core/validation/artifact.ts';
import { mountTinyDisk, noTinyDisk } from '../../tiny-disk.ts';
import { passVerdict } from '../../contracts/store.ts';

const state = mkdtempSync(join(tmpdir(), 'nightdesk-artifacts-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

const artifact: ValidationArtifact = {
  version: 1,
  runId: 'r1',
  strategyId: 'STR-001',
  name: 'Two means',
  hypothesis: 'Trends last.',
  file: '/strategies/STR-001.yaml',
  tier: 'L0',
  symbols: ['BTC/USDT'],
  timeframe: '1h',
  parameters: { fast: 10 },
  data: {},
  window: { name: 'L0', fromMs: 0, toMs: 3_600_000, bars: 2 },
  verdict: passVerdict('STR-001'),
};
const key = { runId: 'r1', strategyId: 'STR-001', tier: 'L0' } as const;

test('comes back as it was written, and writing it again leaves one file', () => {
  const file = writeArtifact(artifact, state);
  const bytes = readFileSync(file);
  expect(readArtifact(key, state)).toEqual(artifact);
  writeArtifact(artifact, state);
  expect(readFileSync(file).equals(bytes)).toBe(true);
  expect(readdirSync(runFolder('r1', state))).toEqual(['STR-001-L0.json']);
});

test('of a strategy that left none is undefined', () => {
  expect(readArtifact({ ...key, strategyId: 'STR-002' }, state)).toBeUndefined();
});

test('a folder that cannot be made is said', () => {
  const blocker = join(state, 'blocker');
  writeFileSync(blocker, '');
  expect(() => writeArtifact(artifact, blocker)).toThrow(expect.objectContaining({ code: 'StoreUnavailable' }));
});

test('a full disk is said, and nothing half written is left', ({ skip }) => {
  const tiny = join(state, 'tiny');
  const disk = mountTinyDisk(tiny, 64);
  skip(disk === undefined, noTinyDisk);
  try {
    const large = { ...artifact, hypothesis: 'x'.repeat(200_000) };
    expect(() => writeArtifact(large, tiny)).toThrow(expect.objectContaining({ code: 'StoreUnavailable' }));
    expect(readdirSync(runFolder('r1', tiny))).toEqual([]);
  } finally {
    disk?.unmount();
  }
});
