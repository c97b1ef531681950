import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectFolder } from '../../../config/paths.ts';
import { column, expectClose, golden, matrix } from '../../core/validation/statistics/golden.ts';
import { statistics } from '../../../apps/statistics/registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-stats-'));
afterAll(() => rmSync(folder, { recursive: true }));

function stats(name: string, input?: unknown, json = true) {
  const file = join(folder, 'input.json');
  if (input !== undefined) writeFileSync(file, typeof input === 'string' ? input : JSON.stringify(input));
  const args = [
    'bin/nightdesk.mjs',
    'stats',
    name,
    ...(input === undefined ? [] : ['--input', file]),
    ...(json ? ['--json'] : []),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: projectFolder, encoding: 'utf8' });
  return { status, stdout, stderr, document: json ? (JSON.parse(stdout) as Record<string, unknown>) : {} };
}

describe('nightdesk stats', () => {
  test('list names all of them, with their inputs', () => {
    const { document } = stats('list');
    expect((document.statistics as unknown[]).length).toBe(statistics.length);
    expect(document.statistics).toContainEqual(
      expect.objectContaining({
        name: 'bootstrap-mean',
        inputs: ['returns', 'blockSize?', 'reps?', 'seed?', 'confidence?'],
      }),
    );
  });

  test('prints one JSON document, or a table for people', () => {
    const { status, document } = stats('probabilistic-sharpe', { returns: column(3) });
    expect(status).toBe(0);
    expectClose(document.psr as number, golden.sharpe.psrAgainst0[3]);
    const table = stats('pbo', { matrix: matrix.slice(0, 64), blocks: 8 }, false).stdout;
    expect(table).toMatch(/^pbo +0\.\d+/m);
    expect(table).toContain('--json prints all');
  });

  test.each([
    ['psr', { returns: [1] }, 2, { code: 'Usage', found: 'psr' }],
    [
      'probabilistic-sharpe',
      undefined,
      2,
      { code: 'Usage', expected: expect.stringContaining('returns, benchmarkSharpe?') },
    ],
    ['probabilistic-sharpe', '{', 2, { code: 'BadInput', message: 'not JSON' }],
    ['probabilistic-sharpe', { returns: [1, 'x'] }, 2, { code: 'BadInput', path: 'returns[1]' }],
    ['probabilistic-sharpe', { returns: [1, 2, 3], bench: 1 }, 2, { code: 'BadInput', path: 'bench' }],
    ['probabilistic-sharpe', { returns: [1, 1, 1] }, 2, { code: 'BadInput', path: 'returns', message: 'constant' }],
  ])('%s of %j is refused with exit code %d', (name, input, code, error) => {
    const { status, document } = stats(name, input);
    expect(status).toBe(code);
    expect(document.error).toMatchObject(error);
  });
});
