import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { openQuestions } from '../../../apps/cli/strategies/questions.ts';
import { projectFolder } from '../../../config/paths.ts';
import { runCli } from './run-cli.ts';

let folder = '';

const nightdesk = (...args: readonly string[]) => runCli(['strategies', ...args], { NIGHTDESK_STRATEGIES: folder });

const good =
  'id: STR-001\nname: Good\nhypothesis: y\nuniverse: [BTC/USDT]\ntimeframe: 1h\nparameters: { n: { default: 3, min: 1, max: 9 } }\nsignals:\n  enterLong: close > sma(close, n)\n';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightdesk-cli-strategies-'));
  await writeFile(join(folder, 'STR-001-good.yaml'), good);
  await writeFile(join(folder, 'bad.yaml'), good.replace('STR-001', 'STR-002').replace('sma(', 'smaa('));
});

describe('check', () => {
  test('prints each file and its mistakes, and ends with 2 where one is bad', async () => {
    const { code, stdout, stderr } = await nightdesk('check');
    expect(code).toBe(2);
    expect(stdout.replaceAll(folder, '…')).toBe(
      'ok   STR-001     …/STR-001-good.yaml\n' +
        'bad  STR-002     …/bad.yaml\n' +
        '     …/bad.yaml:8 signals.enterLong: unknown function smaa at position 9, expected a function of the language (did you mean sma?)\n',
    );
    expect(stderr).toBe('2 checked, 1 bad\n');
  });

  test('with --json is the document of the specification', async () => {
    const bad = join(folder, 'bad.yaml');
    const { code, stdout } = await nightdesk('check', bad, 'STR-001', 'none.yaml', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      files: [
        {
          file: bad,
          ok: false,
          strategyId: 'STR-002',
          errors: [
            {
              line: 8,
              path: 'signals.enterLong',
              message: 'unknown function smaa at position 9',
              expected: 'a function of the language',
              nearest: 'sma',
            },
          ],
        },
        { file: join(folder, 'STR-001-good.yaml'), ok: true, strategyId: 'STR-001', errors: [] },
        {
          file: 'none.yaml',
          ok: false,
          errors: [{ line: 1, path: '', message: 'there is no such file or folder', expected: 'a strategy file' }],
        },
      ],
    });
  });

  test('ends with 0 when all are good', async () => {
    expect(await nightdesk('check', 'STR-001')).toMatchObject({ code: 0, stderr: '1 checked, all good\n' });
  });
});

test('check --lookahead proves it on bars, and says on which', async () => {
  const shipped = join(projectFolder, 'strategies', 'STR-002-channel-breakout.yaml');
  const { code, stdout } = await nightdesk('check', shipped, '--lookahead', '--bars', '400', '--json');
  expect([code, JSON.parse(stdout).files[0]]).toEqual([
    0,
    expect.objectContaining({
      ok: true,
      lookahead: expect.objectContaining({ symbol: 'BTC/USDT:USDT', timeframe: '4h', bars: 400 }),
    }),
  ]);
});

test('list names the good ones and counts the bad ones', async () => {
  const { code, stdout, stderr } = await nightdesk('list');
  expect(code).toBe(0);
  expect(stdout).toMatch(/STR-001 +Good +1h +BTC\/USDT +long/);
  expect(stderr).toContain('1 bad, see nightdesk strategies check');
  const document = JSON.parse((await nightdesk('list', '--json')).stdout);
  expect(document).toMatchObject({
    strategies: [{ strategyId: 'STR-001', parameters: ['n'], signals: ['enterLong'] }],
  });
  expect(document.bad).toHaveLength(1);
});

test('show prints the strategy as it is understood', async () => {
  expect((await nightdesk('show', 'STR-001')).stdout).toContain('enterLong  close > sma(close, n)');
  expect(JSON.parse((await nightdesk('show', 'STR-001', '--json')).stdout)).toMatchObject({
    strategyId: 'STR-001',
    signals: { enterLong: 'close > sma(close, n)' },
    sweepPoints: 9,
    strategyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test.each([
  ['an id that is not there', ['show', 'STR-003'], /no strategy STR-003 \(did you mean STR-001\?\)/],
  ['a bad file', ['show', 'STR-002'], /bad\.yaml:8 signals\.enterLong: unknown function smaa/],
  ['new without a name and a terminal', ['new'], /expected --name <text> --hypothesis <text>/],
  [
    'new with a bad signal',
    ['new', '--name', 'a', '--hypothesis', 'b', '--enter-long', 'clsoe > 1'],
    /did you mean close\?/,
  ],
])('%s: exit code 2', async (_, args, message) => {
  const before = await readdir(folder);
  const { code, stderr } = await nightdesk(...args);
  expect([code, await readdir(folder)]).toEqual([2, before]);
  expect(stderr).toMatch(message);
});

test('new writes a file that check takes', async () => {
  const { stdout } = await nightdesk(
    'new',
    '--name',
    'My own',
    '--hypothesis',
    'z',
    '--universe',
    'eth-usdt-perp',
    '--json',
  );
  expect(JSON.parse(stdout)).toEqual({ file: join(folder, 'STR-003-my-own.yaml'), strategyId: 'STR-003' });
  expect((await nightdesk('check', 'STR-003')).code).toBe(0);
});

describe('questions', () => {
  const ask = (typed: string, ended: boolean) => {
    let printed = '';
    const input = new PassThrough();
    const output = new Writable({
      write(chunk, _encoding, done) {
        printed += String(chunk);
        done();
      },
    });
    input.write(typed);
    if (ended) input.end();
    return { questions: openQuestions(input, output), printed: () => printed };
  };
  const check = (answer: string) => (answer === 'no' ? 'not no' : undefined);

  test('are asked again until the answer will do; an empty answer is the fallback', async () => {
    const { questions, printed } = ask('no\n yes \n\n', false);
    expect(await questions.ask('First', { check })).toBe('yes');
    expect(await questions.ask('Second', { fallback: '1h', check })).toBe('1h');
    expect(printed()).toBe('First:   not no\nFirst: Second [1h]: ');
    questions.close();
  });

  test('that nobody answers are cancelled', async () => {
    const { questions } = ask('one\n', true);
    expect(await questions.ask('First', {})).toBe('one');
    await expect(questions.ask('Second', {})).rejects.toMatchObject({ code: 'Cancelled' });
  });
});
