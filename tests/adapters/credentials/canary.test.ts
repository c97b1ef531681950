import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-canary-'));
afterAll(() => rmSync(home, { recursive: true }));

/** Keys of the venues' forms that nothing else contains. */
const canaries = {
  CANARY_KEY: `canaryKey${randomBytes(32).toString('hex')}`.slice(0, 64),
  CANARY_SECRET: `canarySecret${randomBytes(32).toString('hex')}`.slice(0, 64),
  CANARY_KRAKEN_KEY: randomBytes(42).toString('base64'),
  CANARY_KRAKEN_SECRET: randomBytes(64).toString('base64'),
};

/** Every form in which a key could slip through: plain, in an address, packed, or a good part of it. */
const formsOf = (canary: string): readonly string[] => [
  canary,
  canary.slice(4, 28),
  encodeURIComponent(canary),
  Buffer.from(canary).toString('base64'),
  Buffer.from(canary).toString('hex'),
  Buffer.from(canary, 'base64').toString('hex'),
];

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

test('no key and no signature is in anything that is printed, thrown or written', async () => {
  const script = fileURLToPath(new URL('canary-run.ts', import.meta.url));
  const run = await new Promise<Readonly<{ code: unknown; stdout: string; stderr: string }>>((resolve) => {
    const options = { env: { ...process.env, ...canaries }, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [script, home], options, (error, stdout, stderr) => {
      resolve({ code: error?.code, stdout, stderr });
    });
  });
  // It went the whole way, through successes and failures, and died of the last one.
  for (const kind of ["kind: 'accepted'", "kind: 'failed'", "kind: 'unknown'", "kind: 'rejected'", 'VenueError']) {
    expect(run.stdout).toContain(kind);
  }
  expect(run.stderr).toContain('notReachable');
  expect(run.code).toBe(1);
  const written = filesBelow(home).map((file) => [file, readFileSync(file, 'latin1')] as const);
  expect(written.map(([file]) => file)).toContain(join(home, 'state', 'rate-budget.db'));
  for (const [place, text] of [['stdout', run.stdout], ['stderr', run.stderr], ...written] as const) {
    for (const [name, canary] of Object.entries(canaries)) {
      const found = formsOf(canary).filter((form) => text.includes(form));
      expect(found, `${name} in ${place}`).toEqual([]);
    }
    expect(text, `a signature in ${place}`).not.toMatch(/signature=[0-9a-f]{8}|api-sign/i);
  }
});
