import { existsSync, mkdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../../../adapters/temporal/server/log-file.ts';
import { temporaryFolder } from '../fake-programs.ts';

const opened = (file: string, limitBytes: number, everyMs?: number) => {
  const log = openLog(file, limitBytes, everyMs);
  onTestFinished(() => log.close());
  return log;
};

test('a log goes on where it was, and starts anew above its limit with the older part beside it', async () => {
  const file = join(await temporaryFolder(), 'deep', 'server.log');
  writeSync(opened(file, 12).descriptor, 'one\ntwo\n');
  writeSync(opened(file, 12).descriptor, 'six\nten\n');
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\nsix\nten\n');
  writeSync(opened(file, 12).descriptor, 'end\n');
  expect(readFileSync(file, 'utf8')).toBe('end\n');
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('one\ntwo\nsix\nten\n');
});

test('the size is looked at while it is open, and whoever writes to it goes on at its new start', async () => {
  const file = join(await temporaryFolder(), 'server.log');
  const [writer, watcher] = [opened(file, 4), opened(file, 4, 5)];
  writeSync(writer.descriptor, 'above the limit\n');
  await expect.poll(() => readFileSync(file, 'utf8')).toBe('');
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('above the limit\n');
  writeSync(writer.descriptor, 'end\n');
  expect(readFileSync(file, 'utf8')).toBe('end\n');
  expect(watcher.tail()).toBe('end');
});

test('the tail is of what was written since the opening, and limited', async () => {
  const file = join(await temporaryFolder(), 'server.log');
  const first = opened(file, 10_000);
  writeSync(first.descriptor, `${'a long line\n'.repeat(500)}last words\n`);
  const second = opened(file, 10_000);
  expect(second.tail()).toBe('');
  writeSync(second.descriptor, 'of the second\n');
  expect(second.tail()).toBe('of the second');
  expect(first.tail()).toHaveLength(1_999); // without the line's end
  expect(first.tail()).toMatch(/last words\nof the second$/);
});

test('where the older part cannot be kept, it is lost and the limit holds', async () => {
  const file = join(await temporaryFolder(), 'server.log');
  mkdirSync(`${file}.1`);
  writeSync(opened(file, 4).descriptor, 'above the limit\n');
  writeSync(opened(file, 4).descriptor, 'end\n');
  expect(readFileSync(file, 'utf8')).toBe('end\n');
  expect(existsSync(join(`${file}.1`, 'server.log'))).toBe(false);
});
