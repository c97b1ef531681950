import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectFolder } from '../../../config/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-effect-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(input: object, params: object) {
  const file = join(folder, 'input.json');
  writeFileSync(file, JSON.stringify({ input, params: { path: join(folder, 'features.duckdb'), ...params } }));
  const command = ['bin/nightdesk.mjs', 'plugins', 'run', 'fe_duckdb_store', '--input', file, '--json'];
  return spawnSync(process.execPath, command, { cwd: projectFolder, encoding: 'utf8' });
}

test('plugins run lets an effect plugin act: what one command wrote, the next one reads', () => {
  const row = { feature: 'rv', entity: 'BTC', eventAt: 1, knownAt: 2, value: 0.5 };
  expect(JSON.parse(run({ rows: [row] }, { op: 'put' }).stdout)).toEqual({ inserted: 1, unchanged: 0 });
  const history = { feature: 'rv', entity: 'BTC', from: 0, to: 9, asOf: 9 };
  expect(JSON.parse(run(history, { op: 'history' }).stdout)).toEqual({ eventAt: [1], value: [0.5], knownAt: [2] });

  const refused = run({ rows: [{ ...row, value: '0.5' }] }, { op: 'put' });
  expect(refused.status).toBe(2);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    error: { code: 'BadInput', path: 'input.put.rows[0].value', found: '"0.5"' },
  });
});
