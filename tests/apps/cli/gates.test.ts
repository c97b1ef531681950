import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allGates } from '../../../core/validation/gates.ts';
import { runCli } from './run-cli.ts';

test('gates prints every row of every tier with its threshold and error rate', async () => {
  const { stdout, code } = await runCli(['gates']);
  expect(code).toBe(0);
  for (const { name } of allGates) expect(stdout).toContain(name);
  expect(stdout).toContain('25.4 %');
  expect(stdout).toContain('pass >= 0.7, marginal >= 0.5');
});

test('gates --json is one document; --power adds the simulated ladder', async () => {
  const { stdout } = await runCli(['gates', '--power', '--json']);
  const document = JSON.parse(stdout) as Record<'gates' | 'power', unknown>;
  expect(document.gates).toHaveLength(allGates.length);
  expect(document.power).toMatchObject({
    cells: expect.arrayContaining([expect.objectContaining({ name: 'Sharpe 2' })]),
  });
  expect(document.power).not.toHaveProperty('isOfOtherThresholds');
  // Each row that decides says what worthless strategies pass, whether or not a formula does.
  for (const gate of document.gates as { decides: boolean; measuredRate?: { rate: number; of: number } }[]) {
    expect(gate.measuredRate !== undefined).toBe(gate.decides);
  }
  const pbo = (document.gates as { name: string; errorRate?: number; measuredRate?: { rate: number } }[]).find(
    ({ name }) => name === 'pbo',
  );
  expect(pbo).not.toHaveProperty('errorRate');
  expect(pbo?.measuredRate?.rate).toBeGreaterThan(0.2);
});

test('gates shows the numbers of the settings, and whose thresholds differ and why', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-gates-'));
  try {
    writeFileSync(
      join(folder, 'validation-gates.yaml'),
      'L1: { sharpe: 0.75 }\noverrides: { STR-151: { reason: A rare event by design., L1: { trades: 5 } } }',
    );
    const { stdout } = await runCli(['gates'], { NIGHTDESK_CONFIG: folder });
    expect(stdout).toContain('> 0.75');
    const power = await runCli(['gates', '--power'], { NIGHTDESK_CONFIG: folder });
    expect(power.stdout).toContain('measured with other thresholds than these');
    expect(stdout).toContain('STR-151 {"L1":{"trades":5}}: A rare event by design.');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
