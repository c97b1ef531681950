import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, boolean, double, integer, property } from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runFolder } from '../../../adapters/store/artifacts.ts';
import { createCheckpoint, forgetCheckpoints, newCheckpointFile } from '../../../adapters/validation/checkpoint.ts';
import { fillRows } from '../../../core/validation/loops.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-checkpoint-'));
const runId = 'run-1';
const subject = 'STR-101-L2';
const sweep = { name: 'sweep', count: 40, width: 3 } as const;
const later = { name: 'monteCarloBars', count: 10, width: 2 } as const;

beforeEach(() => void vi.stubEnv('NIGHTDESK_HOME', home));
afterEach(() => forgetCheckpoints(runId));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const valueAt = (row: number, column: number) => Math.sin(row * 31 + column) / 3;

const whole = ({ count, width }: { count: number; width: number }) =>
  Float64Array.from({ length: count * width }, (_, index) => valueAt(Math.floor(index / width), index % width));

type Try = Readonly<{ key?: string; dieAt?: number; everyMs?: number; file?: string }>;

/** One try of two loops: dies after `dieAt` rows of the first; says how many rows it computed. */
function attempt({ key = 'same', dieAt = Infinity, everyMs = 0, file = newCheckpointFile(runId, subject) }: Try = {}) {
  let computed = 0;
  const checkpoint = createCheckpoint({
    file,
    runId,
    subject,
    everyMs,
    keyOf: () => key,
    onReached(loop, done) {
      computed += 1;
      if (loop === 'sweep' && done >= dieAt) throw new Error('killed');
    },
  });
  const fill = (loop: typeof sweep | typeof later) =>
    fillRows(checkpoint, loop, (row, into) => into.forEach((_, column) => (into[column] = valueAt(row, column))));
  try {
    return { rows: [fill(sweep), fill(later)], computed, file };
  } catch {
    return { rows: [], computed, file };
  } finally {
    checkpoint.close();
  }
}

const expected = [whole(sweep), whole(later)];
const files = () => readdirSync(join(runFolder(runId), 'checkpoints'));

describe('a checkpoint', () => {
  test('gives a later try what earlier ones have written, and the same bytes at the end', () => {
    expect(attempt({ dieAt: 12 }).computed).toBe(12);
    expect(attempt({ dieAt: 30 }).computed).toBe(18);
    const last = attempt();
    expect(last.rows).toEqual(expected);
    expect(last.computed).toBe(10 + later.count);
    expect(files()).toHaveLength(3);
  });

  test('knows loops that were finished before', () => {
    attempt();
    const again = attempt();
    expect(again.rows).toEqual(expected);
    expect(again.computed).toBe(0);
  });

  test('wherever a file was cut or spoilt, what is taken over is right', () => {
    assert(
      property(
        integer({ min: 1, max: 39 }),
        double({ min: 0, max: 1, noNaN: true }),
        boolean(),
        (dieAt, share, cut) => {
          forgetCheckpoints(runId);
          const { file } = attempt({ dieAt });
          const bytes = readFileSync(file);
          const place = Math.min(bytes.length - 1, Math.floor(share * bytes.length));
          if (cut) truncateSync(file, place);
          else writeFileSync(file, bytes.with(place, bytes[place] ^ 0x01));
          const { rows, computed } = attempt();
          expect(rows).toEqual(expected);
          expect(computed).toBeGreaterThanOrEqual(sweep.count - dieAt + later.count);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('takes nothing over from other work', () => {
    attempt({ key: 'other bars', dieAt: 20 });
    expect(attempt().computed).toBe(sweep.count + later.count);
  });

  test('passes over a file that is none', () => {
    attempt({ dieAt: 5 });
    appendFileSync(newCheckpointFile(runId, subject), 'no header');
    writeFileSync(newCheckpointFile(runId, subject), '');
    expect(attempt().computed).toBe(sweep.count - 5 + later.count);
  });

  test('writes nothing for work that is soon done', () => {
    expect(attempt({ everyMs: 60_000 }).rows).toEqual(expected);
    expect(() => files()).toThrow('ENOENT');
  });

  test('that cannot be written does not hurt the work', () => {
    expect(attempt({ file: join('/dev/null', 'x.checkpoint') }).rows).toEqual(expected);
  });

  test('is removed for one subject or for all of them', () => {
    attempt();
    writeFileSync(newCheckpointFile(runId, 'STR-102-L2'), 'x');
    forgetCheckpoints(runId, subject);
    expect(files()).toEqual([expect.stringMatching(/^STR-102-L2\./)]);
    forgetCheckpoints(runId);
    expect(() => files()).toThrow('ENOENT');
  });
});
