import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { computingThreads, loadParallelValidation, timeoutSeconds } from '../../config/parallel-validation.ts';
import { projectFolder } from '../../config/paths.ts';
import { loadValidationGates } from '../../config/validation-gates.ts';
import { DeskError, errorDocument, errorLine } from '../../core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string) {
  writeFileSync(join(folder, 'parallel-validation.yaml'), text);
  return loadParallelValidation(folder);
}

describe('loadSettings', () => {
  // The skill's list of keys and defaults.
  test('what ships is what the skill says', () => {
    const shipped = loadParallelValidation(join(projectFolder, 'config'));
    expect(shipped).toEqual({
      max_workers: 4,
      min_queue_depth_for_parallel: 2,
      worker_timeout_seconds: 600,
      l0_timeout_multiplier: 1,
      l1_timeout_multiplier: 1.5,
      // The skill's budgets for L2 and L3 (30 and 60 minutes) as multiples of the limit.
      l2_timeout_multiplier: 3,
      l3_timeout_multiplier: 6,
      polling_interval_seconds: 5,
      max_polling_attempts: 120,
      fail_fast: false,
      auto_escalate_threshold: 0.5,
      escalation_timeout_seconds: 900,
      auto_retry_fixable: true,
      resource_limits: { memory_per_worker_mb: 200 },
      deployed: { strategies: [], order_days: 30 },
      track_worker_performance: true,
      log_worker_times: true,
      alert_on_outliers: true,
    });
    expect(timeoutSeconds(shipped, 'L0')).toBe(600);
    expect(timeoutSeconds(shipped, 'L1')).toBe(900);
  });

  test('the gates of L0 ship as section 6 of the specification has them', () => {
    expect(loadValidationGates(join(projectFolder, 'config'))).toMatchObject({
      L0: {
        historyDays: 182.5,
        signals: 10,
        winRateDistance: 0.005,
        informationCoefficient: 0.01,
        futilityP: 0.5,
        futilityResamples: 1_000,
      },
    });
  });

  test('a key or file that is left out has its default', () => {
    const shipped = loadParallelValidation(join(projectFolder, 'config'));
    expect(load('')).toEqual(shipped);
    expect(load('# nothing but a comment')).toEqual(shipped);
    expect(load('max_workers: 7')).toEqual({ ...shipped, max_workers: 7 });
    expect(loadParallelValidation(join(folder, 'nowhere'))).toEqual(shipped);
  });

  const file = join(folder, 'parallel-validation.yaml');
  test.each([
    [
      'an unknown key',
      'max_workers: 4\nmax_worker: 3',
      `${file}:2 max_worker: unknown key`,
      '(did you mean max_workers?)',
    ],
    [
      'an unknown key inside',
      'resource_limits:\n  memory_per_worker_m: 3',
      `${file}:2 resource_limits.memory_per_worker_m: unknown key, expected one of memory_per_worker_mb, cpu_percent_per_worker`,
      '(did you mean memory_per_worker_mb?)',
    ],
    [
      'a text for a number',
      '\nmax_workers: four',
      `${file}:2 max_workers: wrong value, expected a number, found "four"`,
      '',
    ],
    ['a number for a switch', 'fail_fast: 1', `${file}:1 fail_fast: wrong value, expected a boolean, found 1`, ''],
    ['a number out of bounds', 'max_workers: 0', `${file}:1 max_workers: wrong value`, 'found 0'],
    ['a fraction for a count', 'max_workers: 1.5', `${file}:1 max_workers: wrong value`, 'found 1.5'],
    ['a list', '- 1', `${file}:1: wrong value, expected an object, found [1]`, ''],
    ['no YAML', 'a: [', `${file}:1: `, ''],
    ['an alias', 'max_workers: &a 4\nmin_queue_depth_for_parallel: *a', file, 'alias'],
  ])('refuses %s by file, line and path', (_, text, start, end) => {
    let thrown: unknown;
    try {
      load(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DeskError);
    const line = errorLine(errorDocument(thrown));
    expect(line.startsWith(start), line).toBe(true);
    expect(line).toContain(end);
  });
});

test.each([
  ['unset', 4, '', 4],
  ['50 % of 4 cores', 4, 'resource_limits: { cpu_percent_per_worker: 50 }', 2],
  ['30 % of 2 cores: never none', 2, 'resource_limits: { cpu_percent_per_worker: 30 }', 1],
])('cpu_percent_per_worker %s', (_, cores, text, threads) => {
  expect(computingThreads(load(text), cores)).toBe(threads);
});
