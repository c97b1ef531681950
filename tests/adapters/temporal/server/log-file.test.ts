import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rotatingLog } from '../../../../adapters/temporal/server/log-file.ts';
import { temporaryFolder } from '../fake-programs.ts';

const written = async (file: string, lines: readonly string[], limitBytes: number) => {
  const log = rotatingLog(file, limitBytes);
  for (const line of lines) log.write(line);
  log.end();
  await once(log, 'close');
  return readFileSync(file, 'utf8');
};

test('a log goes on where it was, and starts anew at its limit with the older part beside it', async () => {
  const file = join(await temporaryFolder(), 'deep', 'server.log');
  expect(await written(file, ['one\n', 'two\n'], 12)).toBe('one\ntwo\n');
  expect(await written(file, ['six\n'], 12)).toBe('one\ntwo\nsix\n');
  expect(await written(file, ['ten\n', 'end\n'], 12)).toBe('ten\nend\n');
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('one\ntwo\nsix\n');
});

test('a line above the limit is written whole', async () => {
  const file = join(await temporaryFolder(), 'server.log');
  expect(await written(file, ['a line that is longer\n'], 5)).toBe('a line that is longer\n');
});

test('where the older part cannot be kept, lines are lost and nobody fails', async () => {
  const file = join(await temporaryFolder(), 'server.log');
  const log = rotatingLog(file, 4);
  mkdirSync(`${file}.1`);
  log.write('one\n');
  log.write('two\n');
  log.end();
  await once(log, 'close');
  expect(readFileSync(file, 'utf8')).toBe('one\n');
});
