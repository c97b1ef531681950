import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowBundle } from '../../../adapters/temporal-worker/workflow-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bundle-'));
let code: string;
let codePath: string;

beforeAll(async () => {
  // Two processes that start at once build at once.
  const [one, two] = await Promise.all([workflowBundle(folder), workflowBundle(folder)]);
  if (one.codePath !== two.codePath) throw new Error('two builds of the same sources differ');
  codePath = one.codePath;
  code = readFileSync(codePath, 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('workflowBundle', () => {
  test('leaves one whole file, which the next start finds instead of building it again', async () => {
    expect(readdirSync(folder)).toHaveLength(1);
    const { ino } = statSync(codePath);
    expect(await workflowBundle(folder)).toEqual({ codePath });
    expect(statSync(codePath).ino).toBe(ino);
  });

  test('has both workflows', () => {
    expect(code).toContain('parallelValidation');
    expect(code).toContain('strategyValidation');
  });

  test.each(['adapters/', 'activities/', 'zod', 'mathjs', 'ccxt', '@stdlib', 'node:', 'yaml'])(
    'has no %s in it',
    (name) => {
      // Module names stand in webpack's own comments and keys.
      const modules = [...code.matchAll(/^\/\*{3}\/ "([^"]+)"/gm)].map(([, module]) => module);
      expect(modules.length).toBeGreaterThan(20);
      expect(modules.filter((module) => module?.includes(name))).toEqual([]);
    },
  );

  // Half of what it is with sources inside; a worker reads it at every start.
  test('is small', () => {
    // Four workflows are 0.26 MB of it, Temporal's own code and the source map the rest; a library more would show.
    expect(code.length).toBeLessThan(1_300_000);
  });
});
