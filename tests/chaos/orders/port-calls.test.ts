import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../adapters/temporal/fake-programs.ts';
import { createPortCalls, readStrike, strikeText } from './port-calls.ts';

const port = {
  traits: { venue: 'x' },
  add: (left: number, right: number) => Promise.resolve(left + right),
  name: () => 'n',
};

async function watched(strike: Parameters<typeof createPortCalls>[1]) {
  const file = join(await temporaryFolder(), 'calls');
  const signals: string[] = [];
  const calls = createPortCalls(file, strike, (name) => {
    signals.push(`${name} after ${readFileSync(file, 'utf8').trim().split('\n').length}`);
  });
  return { first: calls.watch('first', port), second: calls.watch('second', port), file, signals };
}

test('counts the calls of all ports together, and changes none of them', async () => {
  const { first, second, file } = await watched(undefined);
  expect([await first.add(1, 2), second.name(), await first.add(3, 4), first.traits]).toEqual([3, 'n', 7, port.traits]);
  expect(readFileSync(file, 'utf8')).toBe('1 first.add\n2 second.name\n3 first.add\n');
});

test.each([
  ['kill', 'SIGKILL after 2'],
  ['stop', 'SIGSTOP after 2'],
  ['killDuring', 'SIGKILL after 2'],
  ['killAfter', 'SIGKILL after 2'],
] as const)('%s strikes once, at its call', async (what, signal) => {
  const { first, second, signals } = await watched({ what, at: 2 });
  first.name();
  expect(signals).toEqual([]);
  second.name();
  await expect.poll(() => signals).toEqual([signal]);
  first.name();
  expect(signals).toEqual([signal]);
});

test('strikes at the first call of a name', async () => {
  const { first, second, signals, file } = await watched({ what: 'stop', at: 'second.add' });
  await first.add(1, 2);
  expect(signals).toEqual([]);
  await second.add(1, 2);
  await second.add(1, 2);
  expect(signals).toEqual(['SIGSTOP after 2']);
  expect(readFileSync(file, 'utf8')).toBe('1 first.add\n2 second.add stop\n3 second.add\n');
});

test('is written and read as text', () => {
  for (const at of [12, 'exchange.createOrder']) {
    expect(readStrike(strikeText({ what: 'killDuring', at }))).toEqual({ what: 'killDuring', at });
  }
  expect([undefined, '', 'kill', 'burn@3', 'kill@-1'].map(readStrike)).toEqual(Array.from({ length: 5 }));
});
