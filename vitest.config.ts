import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // A developer's own desk is never a test's: what opens a store by default opens the file of its NIGHTDESK_HOME.
    env: { DATABASE_URL: '' },
    globalSetup: ['./tests/temporal-server.setup.ts'],
    reporters: ['default', './tests/closing-line.reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What other processes do is waited for, not timed: the default of a second fails on a busy machine.
    expect: { poll: { timeout: 30_000 } },
  },
});
