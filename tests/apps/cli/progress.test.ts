import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createProgress, duration } from '../../../apps/cli/progress.ts';

type Stream = NonNullable<Parameters<typeof createProgress>[1]>['stream'];

function capture({ isTTY }: { isTTY: boolean }) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 60 });
  return { stream: stream as unknown as NonNullable<Stream>, text: () => String(stream.read() ?? '') };
}

describe('createProgress', () => {
  test('redraws one line on a terminal, with an estimate from the pace so far, and clears it at the end', () => {
    let now = 0;
    const { stream, text } = capture({ isTTY: true });
    const progress = createProgress('sweep', { stream, nowMs: () => now });
    now = 1_000;
    progress.update(25, 100, 'points');
    progress.update(26, 100); // within 100 ms: not drawn
    progress.finish();
    expect(text()).toBe('\r\u001B[2Ksweep 25/100 (25 %, 3.0 s left) points\r\u001B[2K');
  });

  test('elsewhere it prints a plain line every five seconds and no control characters', () => {
    let now = 0;
    const { stream, text } = capture({ isTTY: false });
    const progress = createProgress('import', { stream, nowMs: () => now });
    for (now = 1_000; now <= 11_000; now += 1_000) progress.update(now / 1_000, 20);
    progress.finish();
    expect(text()).toBe('import 5/20 (25 %, 15.0 s left)\nimport 10/20 (50 %, 10.0 s left)\n');
  });
});

test.each([
  [12.4, '12 ms'],
  [1_000, '1.0 s'],
  [59_949, '59.9 s'],
  [245_000, '4 min 5 s'],
])('duration of %d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
