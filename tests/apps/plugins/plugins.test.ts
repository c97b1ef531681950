import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectFolder } from '../../../config/paths.ts';
import { pluginIds, plugins } from '../../../plugins/run-plugin.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-plugins-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (document: unknown) => {
  const file = join(folder, 'input.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
};

function nightdesk(...args: string[]) {
  const command = ['bin/nightdesk.mjs', 'plugins', ...args];
  return spawnSync(process.execPath, command, { cwd: projectFolder, encoding: 'utf8' });
}

const json = (...args: string[]) => JSON.parse(nightdesk(...args, '--json').stdout) as Record<string, unknown>;

describe('nightdesk plugins', () => {
  test('list names every plugin, by category and kind', () => {
    const { plugins: rows } = json('list') as { plugins: { id: string }[] };
    expect(rows.map(({ id }) => id)).toEqual(pluginIds);
    const { plugins: risks } = json('list', '--category', 'risk', '--kind', 'pure') as { plugins: { id: string }[] };
    expect(risks.map(({ id }) => id)).toEqual(
      pluginIds.filter((id) => plugins[id].category === 'risk' && plugins[id].kind === 'pure'),
    );
    expect(nightdesk('list', '--kind', 'impure').status).toBe(2);
  });

  test('show states types, defaults and meanings from the schemas', () => {
    expect(json('show', 'risk_time_decay_size')).toMatchObject({
      kind: 'pure',
      params: expect.arrayContaining([
        { name: 'floor', type: 'number >= 0, < 1', default: '0', description: 'least share of the initial size' },
        expect.objectContaining({ name: 'halfLifeMs?', type: 'number > 0' }),
      ]),
      input: expect.arrayContaining([expect.objectContaining({ name: 'icCurve?', type: '({lagMs, ic})[]' })]),
    });
  });

  test('an example can be written, run, and run as a table', () => {
    const example = JSON.parse(nightdesk('example', 'risk_time_decay_size').stdout) as unknown;
    expect(json('run', 'risk_time_decay_size', '--input', write(example), '--strict')).toMatchObject({
      exit: false,
      bound: 'none',
    });
    expect(nightdesk('run', 'risk_time_decay_size', '--input', write(example)).stdout).toMatch(/^bound +"none"$/m);
  });

  test('--svg writes the picture; --json has it; a plugin without one says so', () => {
    const example = write(JSON.parse(nightdesk('example', 'diag_sharpe_ci').stdout));
    const picture = join(folder, 'picture.svg');
    const output = json('run', 'diag_sharpe_ci', '--input', example, '--svg', picture);
    expect(readFileSync(picture, 'utf8')).toBe(output['svg']);
    expect(output['svg']).toMatch(/^<svg id="diag_sharpe_ci-/);
    const deeper = join(folder, 'new', 'picture.svg');
    const [first, second] = [1, 2].map(() => nightdesk('run', 'diag_sharpe_ci', '--input', example, '--svg', deeper));
    expect(first?.stderr).toContain(`written to ${deeper} in a new folder: ${join(folder, 'new')}\n`);
    expect(second?.stderr).toContain(`written to ${deeper}\n`);
    const table = nightdesk('run', 'diag_sharpe_ci', '--input', example).stdout;
    expect(table).toMatch(/^psr +0\.953/m);
    expect(table).not.toContain('<svg');
    const decay = write(JSON.parse(nightdesk('example', 'risk_time_decay_size').stdout));
    const refused = nightdesk('run', 'risk_time_decay_size', '--input', decay, '--svg', picture);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('draws none')]);
  });

  test.each([
    ['risk_time_decay', {}, { code: 'NotFound', nearest: 'risk_time_decay_size' }],
    ['risk_time_decay_size', { entryTime: 'now' }, { code: 'BadInput', path: 'input.entryTime', found: '"now"' }],
    ['risk_time_decay_size', { input: {}, params: { floor: 2 } }, { code: 'BadInput', path: 'input.entryTime' }],
  ])('%s on %j is refused with exit code 2, by the name of the field', (id, document, error) => {
    const { status, stdout } = nightdesk('run', id, '--input', write(document), '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error });
  });

  test('bars become what a field means, not what its name is like: entropy is of returns', () => {
    const rows = Array.from({ length: 40 }, (_, hour) => {
      const close = 100 + ((hour * 7) % 5);
      return [new Date(Date.UTC(2024, 0, 1, hour)).toISOString(), close, close, close, close, 1].join(',');
    });
    const file = join(folder, 'bars.csv');
    writeFileSync(file, ['date,open,high,low,close,volume', ...rows, ''].join('\n'));
    const asked = (id: string, data: string) => nightdesk('run', id, '--data', `BTC/USDT=${data}`);
    const entropy = asked('fe_entropy', file);
    expect(entropy.stderr).toContain('series = simple returns of close of BTC/USDT, 40 bars of 1h');
    expect(asked('fe_kalman', file).stderr).toContain('series = close of BTC/USDT, 40 bars of 1h');
  });

  test('for people the field and the plugin stand on standard error', () => {
    const { stderr, stdout } = nightdesk('run', 'risk_time_decay_size', '--input', write({ entryTime: 'now' }));
    expect(stdout).toBe('');
    expect(stderr).toContain('input.entryTime: risk_time_decay_size: ');
    expect(nightdesk('run', 'risk_time_decay_size').stderr).toContain(
      'expected --input file.json, --data SYMBOL=file, --fills file, or --fetch',
    );
  });
});
